package pages

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/seed62337844/workerpool/benchmarks/internal/distance"
	"github.com/seed62337844/workerpool/benchmarks/internal/report"
	"github.com/seed62337844/workerpool/benchmarks/internal/runner"
	"github.com/seed62337844/workerpool/benchmarks/internal/samples"
)

const (
	root    = "../../.."
	results = "../../results"
)

// theWriter has read each run once for all tests; they do not run side by side.
var theWriter = NewWriter(results)

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.FromSlash(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// firstDifference shows where two texts begin to differ.
func firstDifference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d is\n\t%s\nand not\n\t%s", i+1, a[i], b[i])
		}
	}
	return fmt.Sprintf("it has %d lines and not %d", len(a), len(b))
}

func TestTheFiguresOfThePagesAreThoseOfTheRuns(t *testing.T) {
	w := theWriter
	for _, name := range Names() {
		got := read(t, root+"/"+name)
		want, err := w.Page(name, got)
		if err != nil {
			t.Error(err)
		} else if got != want {
			t.Errorf("%s: %s\n\"go run ./cmd/plot results/NAME\" in benchmarks writes it", name, firstDifference(got, want))
		}
	}
}

// What is shown of a run beside its raw file; the plots have a test in package plots.
func TestTheTablesOfARunAreThoseOfItsRawFile(t *testing.T) {
	raws, err := filepath.Glob(filepath.Join(results, "*", runner.RawFile))
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, raw := range raws {
		dir := filepath.Dir(raw)
		if strings.HasPrefix(filepath.Base(dir), "run-") { // not committed
			continue
		}
		set, err := samples.Read(raw)
		if err != nil {
			t.Fatal(err)
		}
		for name, table := range map[string]func(*samples.Set, io.Writer) error{
			"comparison.md": report.Comparison, "aims.md": report.Aims, "summary.md": report.Summary,
		} {
			got, err := os.ReadFile(filepath.Join(dir, name))
			if errors.Is(err, fs.ErrNotExist) { // of some runs only the raw file is kept
				continue
			} else if err != nil {
				t.Fatal(err)
			}
			var want strings.Builder
			if err := errors.Join(report.Head(set, &want), table(set, &want)); err != nil {
				t.Fatal(err)
			}
			compared++
			if string(got) != want.String() {
				t.Errorf("%s of %s: %s\n\"go run ./cmd/plot results/%[2]s\" writes it", name, filepath.Base(dir), firstDifference(string(got), want.String()))
			}
		}
	}
	if compared < 6 {
		t.Errorf("only %d tables were compared", compared)
	}
}

var digit = regexp.MustCompile(`[0-9]`)

func TestAChangedFigureOfAnyBlockIsSeen(t *testing.T) {
	w := theWriter
	for _, name := range Names() {
		text := read(t, root+"/"+name)
		changed := []byte(text)
		for _, at := range block.FindAllStringSubmatchIndex(text, -1) {
			body := text[at[6]:at[7]]
			figure := digit.FindStringIndex(body)
			if figure == nil {
				t.Errorf("%s: the block %s has no figure", name, text[at[4]:at[5]])
				continue
			}
			i := at[6] + figure[0]
			changed[i] = '0' + (text[i]-'0'+1)%10
		}
		if string(changed) == text {
			t.Errorf("%s has no blocks", name)
		}
		if again, err := w.Page(name, string(changed)); err != nil || again != text {
			t.Errorf("%s: a changed figure stays (%v): %s", name, err, firstDifference(again, text))
		}
	}
}

// slower copies a raw file into a directory of results, with ringpool a hundred times as slow.
func slower(t *testing.T, dir, run string) {
	t.Helper()
	ring := regexp.MustCompile(`(?m)^(Benchmark\S*impl=ring\S*\s+\d+\s+)([0-9.]+)( ns/op)`)
	writeRun(t, dir, run, ring.ReplaceAllStringFunc(rawFile(t, run), func(line string) string {
		m := ring.FindStringSubmatch(line)
		v, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(m[1], 100*v, m[3])
	}))
}

func rawFile(t *testing.T, run string) string { return read(t, results+"/"+run+"/"+runner.RawFile) }

// writeRun makes a run of this raw file in dir.
func writeRun(t *testing.T, dir, run, raw string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(dir, run), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, run, runner.RawFile), []byte(raw), 0o666); err != nil {
		t.Fatal(err)
	}
}

func TestAPageSaysIfTheMeasuredTreeHadChanges(t *testing.T) {
	const page = "<!-- figures x: see benchmarks/internal/pages -->\n<!-- end -->\n"
	const source = `{{define "x"}}commit {{(run "default").Commit}}.{{end}}`
	const clean = "commit: 0123456789ab"
	for commit, want := range map[string]string{
		clean:            "commit 0123456789ab.\n",
		clean + "-dirty": "commit 0123456789ab with changes that were not committed.\n",
	} {
		dir := t.TempDir()
		writeRun(t, dir, "default", regexp.MustCompile(`(?m)^commit: .*$`).ReplaceAllString(rawFile(t, "default"), commit))
		text, err := NewWriter(dir).page("README.md", page, source)
		if err != nil || !strings.Contains(text, want) {
			t.Errorf("with %s: %v, %s", commit, err, text)
		}
	}
}

func TestARunThatContradictsASentenceIsAnError(t *testing.T) {
	dir := t.TempDir()
	slower(t, dir, "default")
	const page = "<!-- figures costs: see benchmarks/internal/pages -->\nold\n<!-- end -->\n"
	source := `{{define "costs"}}{{$d := (run "default").First}}{{$s := $d.Share "Throughput/*/size=50/producers=4/task=0" "sec/op"}}` +
		`{{holds ($s.Less 1.0) "ringpool is faster"}}it is faster: {{$s}}{{end}}`
	was, err := theWriter.page("README.md", page, source)
	if err != nil || !strings.Contains(was, "it is faster: 0.") {
		t.Fatalf("before: %v, %s", err, was)
	}
	text, err := NewWriter(dir).page("README.md", page, source)
	if err == nil || !strings.Contains(err.Error(), "no longer holds, so write something else: ringpool is faster") {
		t.Errorf("the error is %v", err)
	}
	if text != page {
		t.Errorf("the page is %s", text)
	}
}

func TestACellThatWasNotMeasuredIsAnError(t *testing.T) {
	const page = "<!-- figures x: see benchmarks/internal/pages -->\n<!-- end -->\n"
	for source, want := range map[string]string{
		`{{(run "default").All.Time "ring" "Throughput/*/size=3"}}`:           "results/default has no sec/op of Throughput/impl=ring/size=3",
		`{{(run "default").All.Share "Throughput/*/size=3" "sec/op"}}`:        "cannot compare ring and chan",
		`{{(run "default").All.Any "Nothing/" "" "sec/op"}}`:                  "results/default has no sec/op of Nothing/",
		`{{(run "none").All.Time "ring" "Throughput/*/size=50/producers=4"}}`: "none",
		`{{(run "default").Head "weather"}}`:                                  `results/default has no "weather"`,
	} {
		_, err := theWriter.page("README.md", page, `{{define "x"}}`+source+`{{end}}`)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: the error is %v", source, err)
		}
	}
}

func TestATemplateWithoutABlockAndABlockWithoutATemplateAreErrors(t *testing.T) {
	const page = "<!-- figures x: see benchmarks/internal/pages -->\n<!-- end -->\n"
	if _, err := theWriter.page("a", page, `{{define "x"}}1{{end}}{{define "y"}}2{{end}}{{define "_z"}}3{{end}}`); err == nil || !strings.Contains(err.Error(), `no blocks ["y"]`) {
		t.Errorf("the error is %v", err)
	}
	if _, err := theWriter.page("a", page, `{{define "_z"}}3{{end}}`); err == nil {
		t.Error("no error for a block without a template")
	}
}

func TestNumbersAreShownWithAsManyDigitsAsTheirIntervalAllows(t *testing.T) {
	for _, c := range []struct {
		n    Number
		want string
	}{
		{Number{Value: 27.27e-9, Unit: "sec/op"}, "27 ns"},
		{Number{Value: 8.357e-9, Unit: "sec/op"}, "8.4 ns"},
		{Number{Value: 149.1e-9, Unit: "sec/op"}, "150 ns"},
		{Number{Value: 996e-9, Unit: "sec/op"}, "1.0 µs"},
		{Number{Value: 99.6e-6, Unit: "p50-sec"}, "100 µs"},
		{Number{Value: 51.4e-3, Unit: "p99-sec"}, "51 ms"},
		{Number{Value: 2.04, Unit: "sec/op"}, "2.0 s"},
		{Number{Value: 27.27e-9, Lo: 27.2e-9, Hi: 27.3e-9, Bounded: true, Unit: "sec/op"}, "27.3 ns"},
		{Number{Value: 27.27e-9, Lo: 26e-9, Hi: 28e-9, Bounded: true, Unit: "sec/op"}, "27 ns"},
		{Number{Value: 42.27e-3, Unit: "cpu-sec/Mtask"}, "42 ns"},
		{Number{Value: 0, Unit: "sec/op"}, "0 ns"},
		{Number{Value: 399.4e6, Unit: "peak-B"}, "399 MB"},
		{Number{Value: 0.3514, Unit: "min/median"}, "35 %"},
		{Number{Value: 100.6, Unit: "goodput-%"}, "101 %"},
		{Number{Value: 366, Unit: "peak-goroutines"}, "366"},
		{Number{Value: 5, Unit: "peak-goroutines"}, "5.0"},
	} {
		if got := c.n.String(); got != c.want {
			t.Errorf("%+v is shown as %q, want %q", c.n, got, c.want)
		}
	}
	for _, c := range []struct {
		r    report.Ratio
		want string
	}{
		{report.Ratio{Figure: 0.3312, Lo: 0.306, Hi: 0.372}, "0.33 [0.31, 0.37]"},
		{report.Ratio{Figure: 1.004, Lo: 0.987, Hi: 1.08}, "1.00 [0.99, 1.08]"},
		{report.Ratio{Figure: 0.9312, Lo: 0.93, Hi: 0.933}, "0.931 [0.930, 0.933]"},
		{report.Ratio{Figure: 1.0449, Lo: 1.0051, Hi: 1.21}, "1.04 [1.01, 1.21]"},
		{report.Ratio{Figure: 1.97, Lo: 0.994, Hi: 2.04}, "1.97 [0.99, 2.0]"},
	} {
		if got := (Share{c.r}).String(); got != c.want {
			t.Errorf("%+v is shown as %q, want %q", c.r, got, c.want)
		}
	}
}

// Figures on a page that no block makes: a number with a unit of what is measured. Their
// section says where they come from, and here is how.
var (
	figures = regexp.MustCompile(`\d[\d.,]*\s?(?:ns|µs|ms|s|MB|kB|GB|KiB|MiB|M/s|%|times|points|seconds|minutes?|hours?)(?:[^\w]|$)|\[\d[\d.]*, \d|± ?\d`)
	fenced  = regexp.MustCompile("(?s)```.*?```")
	inline  = regexp.MustCompile("`[^`]*`")
)

// A source says where the figures of a section come from.
type source struct {
	page, section string

	// Either the command that repeats them, which stands in the section,
	command string

	// or these are all there are, and nothing that was measured here.
	conditions, why string
}

var sources = []source{
	{page: "README.md", section: "What size, and how long a queue", conditions: "50 ms, 125 ms, 100 ms", why: "arithmetic"},
	{page: "README.md", section: "What is promised", conditions: "64 times", why: "the bypass limit, which a case of the suite checks"},
	{page: "README.md", section: "Memory", command: "go test -v -run TestMemoryOfANewPool ./ringpool"},
	{page: "CONTRIBUTING.md", section: "What runs when", conditions: "2 minutes, 10 minutes", why: "how long a script takes"},
	{page: "adapters/poolnats/README.md", section: "Benchmark", command: "go run ./bench -rounds 3 -plot ../bench.svg"},
	{page: "adapters/poolnats/README.md", section: "When one stream is not enough", conditions: "10 ms, 100 ms", why: "arithmetic"},
	{page: "adapters/poolnats/README.md", section: "Tests", command: "go test -short -race ./..."},
	{page: "benchmarks/README.md", section: "The figures that were to be reached", conditions: "5 %", why: "the margin of a rule"},
	{page: "benchmarks/README.md", section: "Overload", conditions: "125 ms, 1 MB, 50 ms, 5 ms, 101 %", why: "what the service is, and how goodput is counted"},
	{page: "benchmarks/README.md", section: "Tasks as services have them", conditions: "4 kB, 16 KiB, 1 MiB, 5 ms", why: "what the tasks are"},
	{page: "benchmarks/README.md", section: "Who takes part", conditions: "5 %", why: "an option of ants, measured by hand; the page says when, and with how many samples"},
	{page: "benchmarks/README.md", section: "Who cannot be measured here", conditions: "599 ns, 1,045 ns", why: "what others say of themselves"},
	{page: "benchmarks/README.md", section: "How it is measured", conditions: "250 ns, 5,000 ns, 200 ns, 100 ms, 95 %, 5 %, 1 µs, 10 µs", why: "the rules of the comparison"},
	{page: "benchmarks/README.md", section: "Where the time goes", command: "-benchtime 3s -cpuprofile cpu.prof ."},
	{page: "docs/design.md", section: "The cost of a task", command: "go test -run '^$' -bench PushPop ./internal/mpmc"},
	{page: "docs/design.md", section: "On more cores", conditions: "1 µs, 10 µs, 16 M/s, 64 M/s, 192 M/s, 1.6 M/s, 6.4 M/s, 19 M/s", why: "arithmetic"},
	{page: "docs/design.md", section: "Measured and rejected", command: "go test -run '^$' -bench 'Throughput|Wake|Burst|OneProcessor|Fairness|Rejection' ."},
	{page: "docs/design.md", section: "What is left with one and two workers", command: "BenchmarkByHand"},
	{page: "docs/design.md", section: "Three changes of the ring", command: "BenchmarkThroughput"},
	{page: "docs/design.md", section: "The rewrite, before and after", command: "-test.benchtime 50ms"},
	{page: "docs/design.md", section: "Memory", command: "go test -v -run TestMemoryOfANewPool ./ringpool"},
	{page: "docs/machines.md", section: "Machines", command: "scripts/machines.sh --write"},
}

// sections cuts a page at its headings.
func sections(text string) map[string]string {
	list := map[string]string{}
	heading := ""
	text = fenced.ReplaceAllStringFunc(text, func(code string) string { return strings.ReplaceAll(code, "\n#", "\n #") })
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") {
			heading = strings.TrimSpace(strings.TrimLeft(line, "#"))
		}
		list[heading] += line
	}
	return list
}

func TestFiguresThatNoBlockMakesSayWhereTheyComeFrom(t *testing.T) {
	used := map[int]bool{}
	pages := 0
	for _, pattern := range []string{"*.md", "docs/*.md", "*/*/README.md", "metrics/README.md", "benchmarks/README.md"} {
		names, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			page, err := filepath.Rel(root, name)
			if err != nil {
				t.Fatal(err)
			}
			page = filepath.ToSlash(page)
			if page == "internal/mutants/README.md" { // a script writes its table
				continue
			}
			pages++
			for heading, text := range sections(Outside(read(t, name))) {
				account(t, page, heading, text, used)
			}
		}
	}
	if pages < 10 {
		t.Errorf("only %d pages were read", pages)
	}
	for i, s := range sources {
		if !used[i] {
			t.Errorf("%s has no figures in %q, or no such section", s.page, s.section)
		}
	}
}

func account(t *testing.T, page, heading, text string, used map[int]bool) {
	found := figures.FindAllString(inline.ReplaceAllString(fenced.ReplaceAllString(text, ""), "code"), -1)
	for i, s := range sources {
		if s.page != page || s.section != heading || len(found) == 0 {
			continue
		}
		used[i] = true
		flat := strings.Join(strings.Fields(text), " ")
		switch {
		case s.command != "" && !strings.Contains(flat, s.command):
			t.Errorf("%s, %q: the command of its figures is missing: %s", page, heading, s.command)
		case s.command == "":
			for _, f := range found {
				f = strings.TrimSpace(strings.ReplaceAll(strings.TrimRight(f, " \n.,;:)|]"), "\n", " "))
				if !strings.Contains(", "+s.conditions+",", ", "+f+",") {
					t.Errorf("%s, %q: where does %q come from? Not: %s (%s)", page, heading, f, s.conditions, s.why)
				}
			}
		}
		return
	}
	if len(found) > 0 {
		t.Errorf("%s, %q: where do these figures come from? %q\nLet a block make them (see package pages), or say it in the list of this test", page, heading, found)
	}
}

func TestTheRuleForTheDistanceIsThatOfThePage(t *testing.T) {
	flat := strings.Join(strings.Fields(read(t, root+"/benchmarks/README.md")), " ")
	for _, words := range []string{
		fmt.Sprintf("took less than %d ns", distance.NearBelow),
		fmt.Sprintf("took %d to %s ns", distance.FarAbove, thousands(distance.FarBelow)),
	} {
		if !strings.Contains(flat, words) {
			t.Errorf("the page does not say %q", words)
		}
	}
}
