package server

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCutPage(t *testing.T) {
	cases := []struct{ raw, rest, page string }{
		{"", "", ""},
		{"a=1&b=2", "a=1&b=2", ""},
		{"_page=x", "", "x"},
		{"a=1&_page=x&b=2", "a=1&b=2", "x"},
		{"a=1&_page=", "a=1", ""},
		{"a=_page=x", "a=_page=x", ""},
	}
	for _, c := range cases {
		t.Run(c.raw, func(t *testing.T) {
			rest, page := cutPage(c.raw)
			require.Equal(t, c.rest, rest)
			require.Equal(t, c.page, page)
		})
	}
	rest, page := cutPage(withPage("a=1", "x"))
	require.Equal(t, []string{"a=1", "x"}, []string{rest, page})
}

func TestPlainID(t *testing.T) {
	for id, want := range map[string]bool{
		"abc-123":                true,
		"urn:uuid:1/2_3.4+5=":    true,
		"":                       false,
		"two words":              false,
		"line\nbreak":            false,
		`"quoted"`:               false,
		"é":                      false,
		strings.Repeat("a", 128): true,
		strings.Repeat("a", 129): false,
	} {
		t.Run(id, func(t *testing.T) { require.Equal(t, want, plainID(id)) })
	}
}

func TestIdentify(t *testing.T) {
	ids := newRequestIDs()
	answer := http.Header{}
	require.Equal(t, "mine", ids.identify(http.Header{headerRequestID: {"mine"}, headerCorrelationID: {"c-1"}}, answer))
	require.Equal(t, http.Header{headerRequestID: {"mine"}, headerCorrelationID: {"c-1"}}, answer)

	answer = http.Header{}
	own := ids.identify(http.Header{headerRequestID: {"not mine"}, headerCorrelationID: {"a\tb"}}, answer)
	require.True(t, plainID(own))
	require.Equal(t, http.Header{headerRequestID: {own}, headerCorrelationID: {"not mine"}}, answer)
	require.NotEqual(t, own, ids.next())
}
