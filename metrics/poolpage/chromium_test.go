package poolpage_test

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// A browser is a headless Chromium with one open page. The test controls it by the
// Chrome DevTools Protocol, through pipes: each message is JSON, and ends with a zero
// byte.
type browser struct {
	to       *os.File
	from     *bufio.Reader
	session  string
	requests int
}

// newBrowser starts a browser, or skips the test if there is none.
func newBrowser(t *testing.T) *browser {
	t.Helper()
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			program = path
			break
		}
	}
	if program == "" {
		t.Skip("there is no Chromium (on Debian: apt install chromium)")
	}
	fromTest, to, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	from, toTest, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(program, "--headless", "--remote-debugging-pipe", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--no-sandbox", // Chromium does not run as root with one; the pages are the test's own
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
		"--user-data-dir="+t.TempDir())
	command.ExtraFiles = []*os.File{fromTest, toTest} // 3 and 4, by the protocol
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	fromTest.Close()
	toTest.Close()
	b := &browser{to: to, from: bufio.NewReader(from)}
	watchdog := time.AfterFunc(2*time.Minute, func() { _ = command.Process.Kill() }) // then from ends
	t.Cleanup(func() {
		b.session = ""
		b.call(t, "Browser.close", nil, nil)
		_ = command.Wait()
		watchdog.Stop()
		to.Close()
		from.Close()
	})

	var target struct{ TargetID string }
	b.call(t, "Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.call(t, "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	b.call(t, "Page.enable", nil, nil)
	return b
}

// call sends a command and decodes its answer. It ignores the events that the
// browser sends before it.
func (b *browser) call(t *testing.T, method string, params, into any) {
	t.Helper()
	b.requests++
	message := map[string]any{"id": b.requests, "method": method}
	if params != nil {
		message["params"] = params
	}
	if b.session != "" {
		message["sessionId"] = b.session
	}
	text, err := json.Marshal(message)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.to.Write(append(text, 0)); err != nil {
		t.Fatal(err)
	}
	for {
		text, err := b.from.ReadBytes(0)
		if err != nil {
			t.Fatalf("%s: the browser has ended: %v", method, err)
		}
		var answer struct {
			ID     int
			Error  *struct{ Message string }
			Result json.RawMessage
		}
		if err := json.Unmarshal(text[:len(text)-1], &answer); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		if answer.ID != b.requests {
			continue
		}
		if answer.Error != nil {
			t.Fatalf("%s: %s", method, answer.Error.Message)
		}
		if into != nil {
			if err := json.Unmarshal(answer.Result, into); err != nil {
				t.Fatalf("%s: %v", method, err)
			}
		}
		return
	}
}

// open opens a page, on a screen of the given width, in light or dark.
func (b *browser) open(t *testing.T, url string, width, height int, scheme string) {
	t.Helper()
	b.call(t, "Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}, nil)
	b.call(t, "Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
	b.call(t, "Page.navigate", map[string]any{"url": url}, nil)
	b.await(t, `document.readyState === "complete" && document.querySelectorAll("article").length > 0 && document.getElementById("status").textContent.includes("pool")`)
}

// eval returns the value of a JavaScript expression. It waits for a promise.
func (b *browser) eval(t *testing.T, expression string) any {
	t.Helper()
	var answer struct {
		Result           struct{ Value any }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	b.call(t, "Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true, "awaitPromise": true}, &answer)
	if e := answer.ExceptionDetails; e != nil {
		t.Fatalf("%s: %s %s", expression, e.Text, e.Exception.Description)
	}
	return answer.Result.Value
}

// await waits until a JavaScript condition holds. The browser checks it at each
// frame.
func (b *browser) await(t *testing.T, condition string) {
	t.Helper()
	ok := b.eval(t, fmt.Sprintf(`new Promise(resolve => {
		const began = performance.now();
		(function look() {
			let holds = false;
			try { holds = %s } catch {}
			if (holds || performance.now() - began > 20000) resolve(holds); else setTimeout(look, 20);
		})();
	})`, condition))
	if ok != true {
		t.Fatalf("%s does not hold; the page says:\n%v", condition, b.eval(t, `document.body.innerText.slice(0, 2000)`))
	}
}

// press presses a key.
func (b *browser) press(t *testing.T, key, text string, code int) {
	t.Helper()
	down := map[string]any{"type": "keyDown", "key": key, "windowsVirtualKeyCode": code}
	if text != "" {
		down["text"] = text
	}
	b.call(t, "Input.dispatchKeyEvent", down, nil)
	b.call(t, "Input.dispatchKeyEvent", map[string]any{"type": "keyUp", "key": key, "windowsVirtualKeyCode": code}, nil)
}

// screenshot fails if the screen is blank. If POOLPAGE_SCREENSHOTS names a
// directory, it writes a picture there.
func (b *browser) screenshot(t *testing.T, name string) {
	t.Helper()
	var shot struct{ Data string }
	b.call(t, "Page.captureScreenshot", map[string]any{"format": "png"}, &shot)
	picture, err := base64.StdEncoding.DecodeString(shot.Data)
	if err != nil {
		t.Fatal(err)
	}
	if len(picture) < 5000 {
		t.Errorf("%s: a picture of %d bytes can't have much on it", name, len(picture))
	}
	if dir := os.Getenv("POOLPAGE_SCREENSHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name), picture, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
