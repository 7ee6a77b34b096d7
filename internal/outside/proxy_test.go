package outside

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

// publish makes a directory that a go command can use as a module proxy, with the
// modules in it, packed as a proxy packs a tag. It returns the URL.
func (modules tree) publish(t *testing.T) string {
	t.Helper()
	proxy := t.TempDir()
	for path, m := range modules {
		escaped, err := module.EscapePath(path)
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(proxy, escaped, "@v")
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		write := func(name string, text []byte) {
			t.Helper()
			if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		info, err := json.Marshal(map[string]any{"Version": m.version, "Time": time.Unix(0, 0).UTC()})
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join(m.dir, "go.mod"))
		if err != nil {
			t.Fatal(err)
		}
		write("list", []byte(m.version+"\n"))
		write(m.version+".info", info)
		write(m.version+".mod", text)
		packed, err := os.Create(filepath.Join(dir, m.version+".zip"))
		if err != nil {
			t.Fatal(err)
		}
		if err := zip.CreateFromDir(packed, module.Version{Path: path, Version: m.version}, m.dir); err != nil {
			t.Fatalf("%s cannot be packed: %v", path, err)
		}
		if err := packed.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return fileURL(proxy)
}

func fileURL(path string) string {
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(path)}).String()
}
