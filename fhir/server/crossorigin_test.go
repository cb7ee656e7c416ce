package server

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	allowOrigin = "Access-Control-Allow-Origin"
	page        = "https://app.example.org"
)

func TestCrossOrigin(t *testing.T) {
	t.Run("C6 every page", func(t *testing.T) {
		h := open(t, Options{Origins: []string{"*"}})
		got := h.send("GET", "/fhir/metadata", "", "Origin: "+page).want(http.StatusOK)
		require.Equal(t, "*", got.Header.Get(allowOrigin))
		require.Contains(t, got.Header.Get("Access-Control-Expose-Headers"), "ETag")
		require.Empty(t, got.Header.Get("Access-Control-Allow-Credentials"))
		require.Equal(t, "true", got.at("rest.0.security.cors"))

		refused := h.send("GET", "/fhir/Patient/nobody", "", "Origin: "+page).wantOutcome(http.StatusNotFound, "not-found", "")
		require.Equal(t, "*", refused.Header.Get(allowOrigin), "a page must be able to read the refusal")
		nowhere := h.send("GET", "/fhir/Nothing", "", "Origin: "+page).wantOutcome(http.StatusNotFound, "not-supported", "")
		require.Equal(t, "*", nowhere.Header.Get(allowOrigin))
	})
	t.Run("C6 a preflight", func(t *testing.T) {
		h := open(t, Options{Origins: []string{"https://other.example.org", page}})
		got := h.send("OPTIONS", "/fhir/Patient/1", "", "Origin: "+page, "Access-Control-Request-Method: PUT",
			"Access-Control-Request-Headers: if-match,content-type,prefer").want(http.StatusNoContent)
		require.Equal(t, page, got.Header.Get(allowOrigin))
		require.Contains(t, got.Header.Get("Access-Control-Allow-Methods"), "PUT")
		require.Equal(t, "if-match,content-type,prefer", got.Header.Get("Access-Control-Allow-Headers"))
		require.Equal(t, "600", got.Header.Get("Access-Control-Max-Age"))
		require.Contains(t, got.Header.Values("Vary"), "Origin")
	})
	t.Run("C6 a page that is not listed", func(t *testing.T) {
		h := open(t, Options{Origins: []string{page}})
		for _, origin := range []string{"https://evil.example.org", "http://app.example.org", "https://app.example.org.evil.example", "null"} {
			require.Empty(t, h.send("GET", "/fhir/metadata", "", "Origin: "+origin).Header.Get(allowOrigin))
			require.Empty(t, h.send("OPTIONS", "/fhir/Patient/1", "", "Origin: "+origin, "Access-Control-Request-Method: PUT").Header.Get(allowOrigin))
		}
	})
	t.Run("C6 switched off", func(t *testing.T) {
		h := open(t, Options{})
		got := h.send("GET", "/fhir/metadata", "", "Origin: "+page).want(http.StatusOK)
		require.Empty(t, got.Header.Get(allowOrigin))
		require.Equal(t, "false", got.at("rest.0.security.cors"))
	})
}
