package poolpage

import (
	"crypto/rand"
	_ "embed" // the page
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/seed62337844/workerpool"
)

//go:embed page.html
var pageHTML string

var pageTemplate = template.Must(template.New("page").Parse(pageHTML))

// A report has what the page and its JSON form show.
type report struct {
	Time     time.Time `json:"time"`
	Profiles string    `json:"profiles"`
	Pools    []state   `json:"pools"`
}

// A state is one pool in a report. A pool whose Stats panics has an error instead.
type state struct {
	Name    string            `json:"name"`
	Profile string            `json:"profile"` // the URL of its goroutines
	Error   string            `json:"error,omitempty"`
	Stats   *workerpool.Stats `json:"stats,omitempty"`
	Running int               `json:"running"` // tasks made by Entry.Task
	Slowest []task            `json:"slowest"` // of those
}

func (p *Page) report() report {
	r := report{Time: time.Now(), Profiles: p.Profiles, Pools: []state{}}
	if r.Profiles == "" {
		r.Profiles = "/debug/pprof/"
	}
	for _, e := range p.all() {
		s := state{Name: e.name, Profile: profile(r.Profiles, e.name)}
		stats, err := statsOf(e.pool)
		if err != nil {
			s.Error = err.Error()
		} else {
			s.Stats = &stats
		}
		s.Slowest, s.Running = e.running.slowest(r.Time)
		r.Pools = append(r.Pools, s)
	}
	return r
}

// ServeHTTP answers GET and HEAD with the page or, for ?format=json, with its figures
// as JSON. It calls Stats once for each pool.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		header.Set("Allow", "GET, HEAD")
		http.Error(w, "poolpage: the page can only be read", http.StatusMethodNotAllowed)
		return
	}
	switch format := r.URL.Query().Get("format"); format {
	case "json":
		header.Set("Content-Type", "application/json; charset=utf-8")
		_ = json.NewEncoder(w).Encode(p.report()) // a client that has gone needs no answer
	case "", "html":
		// Only scripts with the nonce are run, so no name can become a
		// script.
		nonce := rand.Text()
		header.Set("Content-Security-Policy", fmt.Sprintf("default-src 'none'; script-src 'nonce-%s'; style-src 'nonce-%[1]s'; "+
			"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", nonce))
		header.Set("Content-Type", "text/html; charset=utf-8")
		_ = pageTemplate.Execute(w, struct {
			report
			Nonce string
		}{p.report(), nonce})
	default:
		http.Error(w, "poolpage: format must be html or json", http.StatusBadRequest)
	}
}

// profile returns the URL of the goroutines of the pool called name. The part after :~:
// makes a browser scroll to the label, as package runtime/pprof prints it.
func profile(profiles, name string) string {
	label := url.PathEscape(fmt.Sprintf(`"pool":%q`, name))
	// These have a meaning in that part.
	label = strings.NewReplacer("-", "%2D", "&", "%26", ",", "%2C").Replace(label)
	return profiles + "goroutine?debug=1#:~:text=" + label
}
