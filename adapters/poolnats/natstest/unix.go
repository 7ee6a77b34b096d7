package natstest

import (
	"io"
	"net"

	"github.com/nats-io/nats.go"
)

// ServeUnix lets other processes connect through a socket in the file system, until
// the listener that it returns is closed. No port is opened.
func (s *Server) ServeUnix(path string) (net.Listener, error) {
	listener, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return // it was closed
			}
			server, err := s.InProcessConn()
			if err != nil { // stopped: the client tries again
				_ = client.Close()
				continue
			}
			go forward(client, server)
			go forward(server, client)
		}
	}()
	return listener, nil
}

// forward copies what comes from one connection to the other, and ends both when
// one has ended.
func forward(from, to net.Conn) {
	_, _ = io.Copy(to, from) // the clients see the end, and need no reason
	_ = from.Close()
	_ = to.Close()
}

// UnixDialer returns an option with which a client connects to the server behind a
// socket, whatever its URL says.
func UnixDialer(path string) nats.Option { return nats.SetCustomDialer(unixDialer(path)) }

type unixDialer string

func (d unixDialer) Dial(_, _ string) (net.Conn, error) { return net.Dial("unix", string(d)) }
