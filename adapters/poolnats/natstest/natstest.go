// Package natstest runs a NATS server with JetStream in this process, for the tests,
// the example and the benchmark of package poolnats. It is a module of its own, so
// that importers of package poolnats do not get the server.
package natstest

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// startTimeout is how long a server may take until it accepts connections.
const startTimeout = 30 * time.Second

// A Server is a NATS server that can be stopped and started again with the same
// files. It listens on no port: connections are made within the process.
type Server struct {
	dir string

	mu      sync.Mutex // guards running
	running *server.Server
}

// Start starts a server that keeps its streams in dir.
func Start(dir string) (*Server, error) {
	s := &Server{dir: dir}
	return s, s.Restart()
}

// Restart stops the server, if it runs, and starts one with the same files.
// Connections made by [Server.Connect] reconnect by themselves.
func (s *Server) Restart() error {
	s.Stop()
	started, err := server.NewServer(&server.Options{
		ServerName: "natstest", DontListen: true, NoLog: true, NoSigs: true,
		JetStream: true, StoreDir: s.dir,
	})
	if err != nil {
		return fmt.Errorf("natstest: cannot make a server: %w", err)
	}
	started.Start()
	if !started.ReadyForConnections(startTimeout) {
		started.Shutdown()
		return fmt.Errorf("natstest: server is not ready after %v", startTimeout)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = started
	return nil
}

// Stop stops the server, and ends all connections to it. It does nothing if the
// server has been stopped.
func (s *Server) Stop() {
	s.mu.Lock()
	running := s.running
	s.running = nil
	s.mu.Unlock()
	if running != nil {
		running.Shutdown()
		running.WaitForShutdown()
	}
}

// InProcessConn returns a connection to the server. The client calls it, also to
// reconnect.
func (s *Server) InProcessConn() (net.Conn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running == nil {
		return nil, errors.New("natstest: server is stopped")
	}
	return s.running.InProcessConn()
}

// Connect returns a client of the server. It tries to reconnect forever.
func (s *Server) Connect(opts ...nats.Option) (*nats.Conn, error) {
	return nats.Connect("", append([]nats.Option{
		nats.InProcessServer(s), nats.MaxReconnects(-1), nats.ReconnectWait(20 * time.Millisecond),
	}, opts...)...)
}
