package natstest

import (
	"io"
	"net"

	"github.com/nats-io/nats.go"
)

// ServeUnix lets other processes connect through a socket in the file system, until
// the returned listener is closed. It opens no port.
func (s *Server) ServeUnix(path string) (net.Listener, error) {
	listener, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return // the listener is closed
			}
			server, err := s.InProcessConn()
			if err != nil { // the server is stopped: the client tries again
				_ = client.Close()
				continue
			}
			go forward(client, server)
			go forward(server, client)
		}
	}()
	return listener, nil
}

// forward copies from one connection to the other, and closes both when one has
// ended.
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
