package server

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRequestIDs(t *testing.T) {
	h := open(t, Options{})
	cases := []struct {
		name        string
		headers     []string
		id, related string // id "": one of the server's own
	}{
		{"C6 none", nil, "", ""},
		{"C6 echoed", []string{"X-Request-Id: r-1"}, "r-1", ""},
		{"C6 one that does not belong in a log", []string{"X-Request-Id: visit of Ada Obi"}, "", "visit of Ada Obi"},
		{"C6 a correlation of the client's own", []string{"X-Request-Id: r-1", "X-Correlation-Id: c 1"}, "r-1", "c 1"},
		{"C6 both odd", []string{"X-Request-Id: r 1", "X-Correlation-Id: c-1"}, "", "c-1"},
		{"C6 no text", []string{"X-Request-Id: r\x01"}, "", ""},
		{"C6 two", []string{"X-Request-Id: r-1", "X-Request-Id: r-2"}, "", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for _, path := range []string{"/fhir/Patient/nobody", "/fhir/Nothing"} {
				got := h.on(t).send("GET", path, "", c.headers...).Header
				require.NotEmpty(t, got.Get("X-Request-Id"))
				if c.id != "" {
					require.Equal(t, c.id, got.Get("X-Request-Id"))
				} else {
					require.NotContains(t, got.Get("X-Request-Id"), " ")
				}
				require.Equal(t, c.related, got.Get("X-Correlation-Id"))
			}
		})
	}
}
