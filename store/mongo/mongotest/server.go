package mongotest

import (
	"fmt"
	"net"
	"sync"
	"testing"
)

// Server is a running stand-in. It is safe for concurrent use.
type Server struct {
	listener net.Listener
	persona  persona
	engine   *engine

	// mu guards everything below; commands hold it for as long as they run.
	mu         sync.Mutex
	sessions   map[string]*session
	cursors    map[int64]*cursor
	lastCursor int64
	failPoints []*FailPoint
	ticks      uint32

	connections sync.WaitGroup
	open        map[net.Conn]struct{}
	closed      bool
}

// Option changes what the server says it is.
type Option func(*persona)

// persona is what hello presents.
type persona struct {
	setName     string
	mongos      bool
	wireVersion int32
	version     string
}

// AsStandalone makes the server a member of nothing, which has no transactions.
func AsStandalone() Option { return func(p *persona) { p.setName = "" } }

// AsMongos makes the server the router of a sharded cluster.
func AsMongos() Option { return func(p *persona) { p.setName, p.mongos = "", true } }

// WithWireVersion sets the highest wire version: 9 is MongoDB 4.4, 21 is 7.0.
func WithWireVersion(v int32) Option { return func(p *persona) { p.wireVersion = v } }

// Start runs a server until the test ends and returns the URI to connect to.
func Start(t testing.TB, opts ...Option) (uri string, s *Server) {
	t.Helper()
	s, err := Listen("127.0.0.1:0", opts...)
	if err != nil {
		t.Fatalf("start the MongoDB stand-in: %v", err)
	}
	t.Cleanup(s.Close)
	return s.URI(""), s
}

// Listen runs a server on address until Close.
func Listen(address string, opts ...Option) (*Server, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	s := &Server{
		listener: listener,
		persona:  persona{setName: "rs0", wireVersion: 21, version: "7.0.0"},
		engine:   newEngine(),
		sessions: make(map[string]*session),
		cursors:  make(map[int64]*cursor),
		open:     make(map[net.Conn]struct{}),
	}
	for _, opt := range opts {
		opt(&s.persona)
	}
	s.connections.Add(1)
	go s.accept()
	return s, nil
}

// URI is where to connect to; the database may be empty.
func (s *Server) URI(database string) string {
	uri := "mongodb://" + s.listener.Addr().String() + "/" + database
	if s.persona.setName != "" {
		uri += "?replicaSet=" + s.persona.setName
	}
	return uri
}

// Close drops all connections and forgets all data.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	for c := range s.open {
		_ = c.Close()
	}
	s.engine.broadcast()
	s.mu.Unlock()
	_ = s.listener.Close()
	s.connections.Wait()
}

func (s *Server) accept() {
	defer s.connections.Done()
	for {
		c, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		if s.closed {
			_ = c.Close()
		} else {
			s.open[c] = struct{}{}
			s.connections.Add(1)
			go s.serve(c)
		}
		s.mu.Unlock()
	}
}

// serve answers one connection until it breaks or a fail point closes it.
func (s *Server) serve(c net.Conn) {
	defer s.connections.Done()
	defer func() {
		s.mu.Lock()
		delete(s.open, c)
		s.mu.Unlock()
		_ = c.Close()
	}()
	for {
		m, err := readMessage(c)
		if err != nil {
			return
		}
		reply, hangUp := s.handle(m.command)
		if hangUp {
			return
		}
		if m.noReply {
			continue
		}
		if err := m.answer(c, reply); err != nil {
			return
		}
	}
}
