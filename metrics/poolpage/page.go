package poolpage

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"unicode/utf8"

	"github.com/seed62337844/workerpool"
)

// A Pool is what a [Page] needs of a pool. The types ringpool.Pool and chanpool.Pool
// implement it.
type Pool interface {
	Stats() workerpool.Stats
}

// A Page shows pools. It is an [net/http.Handler]. The zero Page is ready for use. A
// Page is safe for concurrent use, and must not be copied after first use.
type Page struct {
	// Profiles is the URL of net/http/pprof's index, to which the page links. If it
	// is empty, the page uses "/debug/pprof/". It must not be changed once the page
	// is served.
	Profiles string

	mu      sync.Mutex // guards entries
	entries map[string]*Entry
}

// An Entry is one pool on a page.
type Entry struct {
	page    *Page
	name    string
	pool    Pool
	running running
}

// Add shows pool on the page, under name, and calls its Stats once. The page keeps the
// pool in memory until [Entry.Remove].
//
// Add returns nil and an error if name is empty, not valid UTF-8 or in use on this
// page, if pool is nil or a nil pointer, and if the pool's Stats panics, as in a pool
// that was not made by New.
func (p *Page) Add(name string, pool Pool) (*Entry, error) {
	if name == "" {
		return nil, errors.New("poolpage: Page.Add: name is empty")
	}
	if !utf8.ValidString(name) {
		return nil, fmt.Errorf("poolpage: Page.Add: name is %q, must be valid UTF-8", name)
	}
	if err := check(pool); err != nil {
		return nil, fmt.Errorf("poolpage: Page.Add: name %q: %w", name, err)
	}
	e := &Entry{page: p, name: name, pool: pool}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.entries[name] != nil {
		return nil, fmt.Errorf("poolpage: Page.Add: name %q is on the page already", name)
	}
	if p.entries == nil {
		p.entries = map[string]*Entry{}
	}
	p.entries[name] = e
	return e, nil
}

// Remove removes the pool from its page, and frees its name. A second call does
// nothing, even if another pool has the name by then.
func (e *Entry) Remove() {
	e.page.mu.Lock()
	defer e.page.mu.Unlock()
	if e.page.entries[e.name] == e {
		delete(e.page.entries, e.name)
	}
}

// all returns the entries, sorted by name.
func (p *Page) all() []*Entry {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := make([]*Entry, 0, len(p.entries))
	for _, e := range p.entries {
		all = append(all, e)
	}
	slices.SortFunc(all, func(a, b *Entry) int { return cmp.Compare(a.name, b.name) })
	return all
}

// check returns an error if pool is nil or its Stats panics. An interface with a
// nil pointer in it is not equal to nil.
func check(pool Pool) error {
	if pool == nil {
		return errors.New("pool is nil")
	}
	switch v := reflect.ValueOf(pool); v.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Func, reflect.Chan:
		if v.IsNil() {
			return fmt.Errorf("pool is a nil %T", pool)
		}
	}
	_, err := statsOf(pool)
	return err
}

// statsOf calls the pool's Stats, and returns a panic as an error.
func statsOf(pool Pool) (s workerpool.Stats, err error) {
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("pool is a %T whose Stats panics: %v", pool, value)
		}
	}()
	return pool.Stats(), nil
}
