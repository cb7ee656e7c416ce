package server

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The first bytes of a PNG, none of which is text.
const png = "\x89PNG\r\n\x1a\n\x00\xff"

// keepBinary stores a Binary as a resource.
func (h *house) keepBinary(id, contentType, data, more string) {
	h.t.Helper()
	h.send(http.MethodPut, "/fhir/Binary/"+id, `{"resourceType":"Binary","id":"`+id+`","contentType":"`+contentType+`"`+more+
		`,"data":"`+base64.StdEncoding.EncodeToString([]byte(data))+`"}`).want(http.StatusCreated)
}

func TestBinaryContentOrResource(t *testing.T) {
	h := open(t, Options{})
	h.keepBinary("png", "image/png", png, "")
	h.keepBinary("json", "application/json", `{"a":1}`, "")
	h.keepBinary("cda", "application/hl7-v3+xml; charset=UTF-8", "<ClinicalDocument/>", "")
	h.keepBinary("html", "text/html", "<script>1</script>", "")
	h.keepBinary("fhir", "application/fhir+json", `{"resourceType":"Patient"}`, "")
	h.keepBinary("odd", "image", png, "")
	const page = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	for _, c := range []struct{ name, id, accept, query, want string }{
		{"no Accept", "png", "", "", "application/fhir+json; charset=utf-8"},
		{"anything", "png", "*/*", "", "application/fhir+json; charset=utf-8"},
		{"FHIR JSON", "png", "application/fhir+json", "", "application/fhir+json; charset=utf-8"},
		{"FHIR XML", "png", "application/fhir+xml", "", "application/fhir+xml; charset=utf-8"},
		{"general JSON of something else", "png", "application/json", "", "application/json; charset=utf-8"},
		{"a browser's page", "png", page, "", "application/json; charset=utf-8"},
		{"a browser's page of HTML", "html", page, "", "application/json; charset=utf-8"},
		{"its type", "png", "image/png", "", "image/png"},
		{"its type in capitals", "png", "IMAGE/PNG", "", "image/png"},
		{"its kind", "png", "image/*", "", "image/png"},
		{"its type or anything", "png", "*/*, image/png", "", "image/png"},
		{"as an image of a page", "png", "image/avif,image/webp,image/png,image/*;q=0.8,*/*;q=0.5", "", "image/png"},
		{"rather FHIR", "png", "image/png;q=0.5, application/fhir+json", "", "application/fhir+json; charset=utf-8"},
		{"rather its type", "png", "application/fhir+json;q=0.5, image/png", "", "image/png"},
		{"equal, FHIR first", "png", "application/fhir+json, image/png", "", "application/fhir+json; charset=utf-8"},
		{"not its type", "png", "image/png;q=0, image/*, */*;q=0.1", "", "application/fhir+json; charset=utf-8"},
		{"another type", "png", "image/jpeg", "", ""},
		{"another type or anything", "png", "image/jpeg, */*;q=0.1", "", "application/fhir+json; charset=utf-8"},
		{"another version of FHIR", "png", "application/fhir+json; fhirVersion=5.0", "", ""},
		{"general JSON of its own", "json", "application/json", "", "application/json"},
		{"FHIR JSON of JSON", "json", "application/fhir+json", "", "application/fhir+json; charset=utf-8"},
		{"FHIR JSON of FHIR JSON", "fhir", "application/fhir+json", "", "application/fhir+json; charset=utf-8"},
		{"with a parameter", "cda", "application/hl7-v3+xml", "", "application/hl7-v3+xml; charset=UTF-8"},
		{"HTML for a program", "html", "text/html", "", "text/html"},
		{"_format before Accept", "png", "image/png", "?_format=json", "application/fhir+json; charset=utf-8"},
		{"_format with its type", "png", "application/fhir+json", "?_format=image/png", "image/png"},
		{"_format with another type", "png", "image/png", "?_format=image/jpeg", ""},
		{"a part of the resource", "png", "image/png", "?_summary=true", ""},
		{"a contentType that is none", "odd", "image", "", ""},
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			t.Run("Binary "+c.name+" "+method, func(t *testing.T) {
				headers := []string{"Accept: " + c.accept}
				if c.accept == "" {
					headers = nil
				}
				got := h.on(t).send(method, "/fhir/Binary/"+c.id+c.query, "", headers...)
				if c.want == "" {
					got.want(http.StatusNotAcceptable)
					require.Empty(t, got.Header.Get("ETag"))
					return
				}
				got.want(http.StatusOK)
				require.Equal(t, c.want, got.Header.Get("Content-Type"))
				require.Equal(t, `W/"1"`, got.Header.Get("ETag"))
				require.NotEmpty(t, got.Header.Get("Last-Modified"))
				require.Equal(t, "Accept", got.Header.Get("Vary"))
			})
		}
	}
}

func TestBinaryContent(t *testing.T) {
	h := open(t, Options{})
	h.keepBinary("png", "image/png", png, `,"securityContext":{"reference":"Patient/p"}`)
	h.send(http.MethodPut, "/fhir/Binary/none", `{"resourceType":"Binary","id":"none","contentType":"image/png"}`).want(http.StatusCreated)
	h.send(http.MethodPut, "/fhir/Binary/lines", `{"resourceType":"Binary","id":"lines","contentType":"text/plain","data":"aGVs bG8h\nIQ=="}`).want(http.StatusCreated)
	const wantsPNG = "Accept: image/png"
	t.Run("Binary bytes and headers", func(t *testing.T) {
		for _, path := range []string{"/fhir/Binary/png", "/fhir/Binary/png/_history/1"} {
			got := h.on(t).send(http.MethodGet, path, "", wantsPNG).want(http.StatusOK)
			require.Equal(t, png, got.Body)
			for name, want := range map[string]string{
				"Content-Type": "image/png", "Content-Length": "10", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox",
				"Cache-Control": "private, no-cache", "X-Security-Context": "Patient/p",
			} {
				require.Equal(t, want, got.Header.Get(name), name)
			}
			head := h.on(t).send(http.MethodHead, path, "", wantsPNG).want(http.StatusOK)
			require.Equal(t, got.Header.Get("Content-Length"), head.Header.Get("Content-Length"))
			require.Empty(t, head.Body)
		}
	})
	t.Run("Binary not modified", func(t *testing.T) {
		got := h.on(t).send(http.MethodGet, "/fhir/Binary/png", "", wantsPNG, `If-None-Match: W/"1"`).want(http.StatusNotModified)
		require.Empty(t, got.Body)
		h.on(t).send(http.MethodGet, "/fhir/Binary/png", "", wantsPNG, `If-None-Match: W/"2"`).want(http.StatusOK)
	})
	t.Run("Binary without data, and in lines", func(t *testing.T) {
		require.Empty(t, h.on(t).send(http.MethodGet, "/fhir/Binary/none", "", wantsPNG).want(http.StatusOK).Body)
		require.Equal(t, "hello!!", h.on(t).send(http.MethodGet, "/fhir/Binary/lines", "", "Accept: text/plain").want(http.StatusOK).Body)
	})
	t.Run("Binary that fits nothing says what would fit", func(t *testing.T) {
		got := h.on(t).send(http.MethodGet, "/fhir/Binary/png", "", "Accept: image/gif").wantOutcome(http.StatusNotAcceptable, "not-supported", "")
		require.Contains(t, got.Body, "the content's own image/png")
	})
	t.Run("Binary that is not there", func(t *testing.T) {
		h.on(t).send(http.MethodGet, "/fhir/Binary/other", "", wantsPNG).wantOutcome(http.StatusNotFound, "not-found", "")
	})
	t.Run("other types have no content", func(t *testing.T) {
		h.on(t).send(http.MethodGet, "/fhir/Patient/p", "", wantsPNG).wantOutcome(http.StatusNotAcceptable, "not-supported", "")
		h.on(t).send(http.MethodGet, "/fhir/Binary", "", wantsPNG).wantOutcome(http.StatusNotAcceptable, "not-supported", "")
		h.on(t).send(http.MethodPost, "/fhir/Patient", png, "Content-Type: image/png").wantOutcome(http.StatusUnsupportedMediaType, "not-supported", "")
	})
}

func TestBinaryIsStoredFromItsContent(t *testing.T) {
	h := open(t, Options{})
	t.Run("Binary POST", func(t *testing.T) {
		h := h.on(t)
		made := h.send(http.MethodPost, "/fhir/Binary", png, "Content-Type: image/png", "X-Security-Context: Patient/p").want(http.StatusCreated).valid("Binary")
		require.Equal(t, "image/png", made.at("contentType"))
		require.Equal(t, "Patient/p", made.at("securityContext.reference"))
		require.Equal(t, base64.StdEncoding.EncodeToString([]byte(png)), made.at("data"))
		require.Equal(t, png, h.send(http.MethodGet, path(made.Header.Get("Location")), "", "Accept: image/png").want(http.StatusOK).Body)
	})
	t.Run("Binary PUT", func(t *testing.T) {
		h := h.on(t)
		made := h.send(http.MethodPut, "/fhir/Binary/b", "a,b\n", "Content-Type: text/csv; header=absent").want(http.StatusCreated).valid("Binary")
		require.Equal(t, "b", made.at("id"))
		require.Equal(t, "text/csv; header=absent", made.at("contentType"))
		require.Empty(t, made.at("securityContext"))
		h.send(http.MethodPut, "/fhir/Binary/b", "c\n", "Content-Type: text/csv", `If-Match: W/"1"`).want(http.StatusOK)
		h.send(http.MethodPut, "/fhir/Binary/b", "d\n", "Content-Type: text/csv", `If-Match: W/"1"`).want(http.StatusPreconditionFailed)
		require.Equal(t, "c\n", h.send(http.MethodGet, "/fhir/Binary/b", "", "Accept: text/csv").want(http.StatusOK).Body)
	})
	t.Run("Binary of nothing", func(t *testing.T) {
		made := h.on(t).send(http.MethodPost, "/fhir/Binary", "", "Content-Type: image/png").want(http.StatusCreated).valid("Binary")
		require.Empty(t, made.at("data"))
	})
	t.Run("Binary as a resource, in FHIR's types", func(t *testing.T) {
		h := h.on(t)
		h.send(http.MethodPost, "/fhir/Binary", `{"resourceType":"Binary","contentType":"image/png"}`).want(http.StatusCreated)
		h.send(http.MethodPost, "/fhir/Binary", patient("x")).want(http.StatusBadRequest)
		h.send(http.MethodPost, "/fhir/Binary", png, "Content-Type: application/fhir+json; fhirVersion=5.0").want(http.StatusUnsupportedMediaType)
	})
	t.Run("Binary without a type that can be told", func(t *testing.T) {
		for _, given := range []string{"none", "image", "image/png; a", "image/\xff"} {
			h.on(t).send(http.MethodPost, "/fhir/Binary", png, "Content-Type: "+given).wantOutcome(http.StatusUnsupportedMediaType, "not-supported", "")
		}
	})
	t.Run("Binary with a security context that is no reference", func(t *testing.T) {
		h.on(t).send(http.MethodPost, "/fhir/Binary", png, "Content-Type: image/png", "X-Security-Context: no reference").want(http.StatusBadRequest)
	})
	t.Run("Binary is content for reads and writes of one alone", func(t *testing.T) {
		h.on(t).send(http.MethodPost, "/fhir/Binary/$validate", png, "Content-Type: image/png").want(http.StatusUnsupportedMediaType)
		h.on(t).send(http.MethodPut, "/fhir/Binary?_id=b", png, "Content-Type: image/png").want(http.StatusUnsupportedMediaType)
	})
}

func TestBinaryKeepsToTheLimitOfBodies(t *testing.T) {
	h := open(t, Options{Limits: Limits{Body: 4 << 20}})
	large := bytes.Repeat([]byte(png), 250_000) // 2.5 MB, 3.3 in base64
	made := h.send(http.MethodPost, "/fhir/Binary", string(large), "Content-Type: image/png").want(http.StatusCreated)
	got := h.send(http.MethodGet, "/fhir/Binary/"+made.at("id"), "", "Accept: image/png").want(http.StatusOK)
	require.Equal(t, sha256.Sum256(large), sha256.Sum256([]byte(got.Body)))
	require.Zero(t, h.server.bodies.held.Load())
	h.send(http.MethodPost, "/fhir/Binary", strings.Repeat(png, 350_000), "Content-Type: image/png").wantOutcome(http.StatusRequestEntityTooLarge, "too-long", "")
	h.send(http.MethodPost, "/fhir/Binary", strings.Repeat(png, 450_000), "Content-Type: image/png").wantOutcome(http.StatusRequestEntityTooLarge, "too-long", "")
}
