package server

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v4"
)

// discard is a ResponseWriter that costs nothing, so that a benchmark measures the handler.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(int)             {}

func serveOften(b *testing.B, h http.Handler, path string) {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept", "application/fhir+json")
	w := &discard{header: http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		clear(w.header)
		h.ServeHTTP(w, r)
	}
}

// BenchmarkRead measures a read from routing to the stored bytes; BenchmarkBareEcho is the same answer without FHIR.
func BenchmarkRead(b *testing.B) {
	h := openOver(b, openStore(b), Options{})
	serveOften(b, h.handler, "/fhir/Patient/"+h.create(patient("Bench")))
}

func BenchmarkSearch(b *testing.B) {
	h := openOver(b, openStore(b), Options{})
	h.create(patient("Bench"))
	serveOften(b, h.handler, "/fhir/Patient?identifier=http://example.org/members|Bench")
}

func BenchmarkBareEcho(b *testing.B) {
	e := echo.New()
	body := []byte(patient("Bench"))
	e.GET("/fhir/:type/:id", func(c echo.Context) error { return c.Blob(http.StatusOK, "application/fhir+json", body) })
	serveOften(b, e, "/fhir/Patient/1")
}

func BenchmarkMetadata(b *testing.B) {
	h := openOver(b, openStore(b), Options{})
	serveOften(b, h.handler, "/fhir/metadata")
}
