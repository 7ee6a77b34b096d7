package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/seed62337844/workerpool"
)

// A config has the values of the flags.
type config struct {
	public, private, otlp string
	rate                  int
}

// addresses has the addresses at which the service listens.
type addresses struct{ public, private string }

// shutdownTimeout is how long the service waits at its end for the accepted requests and
// tasks.
const shutdownTimeout = 10 * time.Second

// run runs the service until ctx ends, and then shuts it down. It calls ready
// when the service listens.
func run(ctx context.Context, c config, ready func(addresses)) (err error) {
	watch, err := newWatch(ctx, c.otlp)
	if err != nil {
		return err
	}
	pools, err := newPools(watch)
	if err != nil {
		return err
	}

	private, err := listen(c.private, watch.handler())
	if err != nil {
		return err
	}
	public, err := listen(c.public, pools.handler())
	if err != nil {
		return errors.Join(err, private.Close())
	}
	at := addresses{public.address, private.address}
	log.Printf("work:    POST http://%s/thumbnails and /mail", at.public)
	log.Printf("watch:   http://%s/metrics /debug/pools /debug/vars /debug/pprof/", at.private)
	ready(at)

	load := startLoad(ctx, c.rate, "http://"+at.public)
	<-ctx.Done()
	log.Print("ending: no more load")
	load.Wait()

	// Each step ends something that the later ones do not need. The pools are
	// still shown while their last tasks run.
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	log.Print("ending: no more requests")
	err = public.Shutdown(end)
	log.Print("ending: no more tasks")
	err = errors.Join(err, pools.shutdown(end))
	log.Print("ending: nothing more to watch")
	err = errors.Join(err, watch.shutdown(end), private.Shutdown(end))
	log.Print("ended")
	return err
}

// A listener is a server, and the address that it has got.
type listener struct {
	http.Server
	address string
}

func listen(address string, handler http.Handler) (*listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	s := &listener{address: l.Addr().String()}
	s.Handler = handler
	s.ReadHeaderTimeout = 5 * time.Second
	go func() {
		if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			log.Print(err)
		}
	}()
	return s, nil
}

// shutdown shuts a pool down. If ctx ends first, the tasks that have not begun are
// given up, and counted.
func shutdown(ctx context.Context, p workerpool.Pool) error {
	if err := p.ShutdownContext(ctx); err != nil {
		now, cancel := context.WithCancel(ctx)
		cancel()
		tasks, _ := p.ShutdownNow(now)
		return fmt.Errorf("pool %s: %w, %d tasks given up", cmp.Or(p.Name(), "without a name"), err, len(tasks))
	}
	return nil
}
