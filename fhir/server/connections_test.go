package server

import (
	"net"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestConnectionsAreBounded(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	l := bound(inner, 1)
	dial := func() net.Conn {
		conn, err := net.Dial("tcp", l.Addr().String())
		require.NoError(t, err)
		t.Cleanup(func() { conn.Close() })
		return conn
	}
	dial()
	first, err := l.Accept()
	require.NoError(t, err)

	dial()
	second := make(chan net.Conn)
	go func() {
		conn, _ := l.Accept()
		second <- conn
	}()
	select {
	case <-second:
		t.Fatal("a second connection was accepted beside the first")
	default:
	}
	require.NoError(t, first.Close())
	_ = first.Close() // a place is given back once
	require.NoError(t, (<-second).Close())

	require.Empty(t, l.places)
	require.NoError(t, l.Close())
	l.places <- struct{}{}
	_, err = l.Accept()
	require.ErrorIs(t, err, net.ErrClosed)
}
