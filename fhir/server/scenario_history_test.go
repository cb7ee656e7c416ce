package server

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestInstanceHistory(t *testing.T) {
	h := open(t, Options{})
	id := h.create(patient("Uche"))
	path := "/fhir/Patient/" + id
	h.send(http.MethodPut, path, patientWithID(id, "Vandi")).want(http.StatusOK)
	h.send(http.MethodDelete, path, "").want(http.StatusNoContent)
	h.send(http.MethodPut, path, patientWithID(id, "Wada")).want(http.StatusCreated)

	got := h.send(http.MethodGet, path+"/_history", "").want(http.StatusOK).valid("Bundle")
	require.Equal(t, "history", got.at("type"))
	require.Equal(t, "4", got.at("total"))
	want := []struct{ method, url, status, family string }{
		{"PUT", "Patient/" + id, "201 Created", "Wada"},
		{"DELETE", "Patient/" + id, "204 No Content", ""},
		{"PUT", "Patient/" + id, "200 OK", "Vandi"},
		{"POST", "Patient", "201 Created", "Uche"},
	}
	require.Equal(t, len(want), got.count("entry"))
	for i, w := range want {
		entry := "entry." + string(rune('0'+i))
		require.Equal(t, base+"/Patient/"+id, got.at(entry+".fullUrl"))
		require.Equal(t, w.method, got.at(entry+".request.method"))
		require.Equal(t, w.url, got.at(entry+".request.url"))
		require.Equal(t, w.status, got.at(entry+".response.status"))
		require.Equal(t, etag(int64(4-i)), got.at(entry+".response.etag"))
		require.NotEmpty(t, got.at(entry+".response.lastModified"))
		require.Equal(t, w.family, got.at(entry+".resource.name.0.family"))
	}
	h.send(http.MethodHead, path+"/_history", "").want(http.StatusOK)
}

func TestHistoryPages(t *testing.T) {
	h := open(t, Options{})
	for _, family := range []string{"A", "B", "C", "D", "E"} {
		h.send(http.MethodPut, "/fhir/Patient/p", patientWithID("p", family))
	}
	var versions []string
	for path := "/fhir/Patient/p/_history?_count=2&_format=json"; path != ""; {
		page := h.send(http.MethodGet, path, "").want(http.StatusOK).valid("Bundle")
		for _, entry := range []string{"entry.0", "entry.1"} {
			if v := page.at(entry + ".resource.meta.versionId"); v != "" {
				versions = append(versions, v)
			}
		}
		path = page.link("next")
	}
	require.Equal(t, []string{"5", "4", "3", "2", "1"}, versions)
}

func TestHistoryParameters(t *testing.T) {
	h := open(t, Options{})
	h.send(http.MethodPut, "/fhir/Patient/p", patientWithID("p", "A")).want(http.StatusCreated)
	cases := []struct {
		name, query, prefer string
		status, entries     int
	}{
		{"since long ago", "_since=2020-01-01T00:00:00Z", "", 200, 1},
		{"since the future", "_since=" + url.QueryEscape("2999-01-01T00:00:00+01:00"), "", 200, 0},
		{"unknown parameters are ignored", "nonsense=1", "", 200, 1},
		{"unknown parameters, strictly", "nonsense=1", "handling=strict", 400, 0},
		{"since a day is no instant", "_since=2020-01-01", "", 400, 0},
		{"twice", "_count=1&_count=2", "", 400, 0},
		{"count zero", "_count=0", "", 400, 0},
		{"count text", "_count=x", "", 400, 0},
		{"not offered and not ignored", "_at=2020-01-01", "", 400, 0},
		{"broken escape", "_count=%zz", "", 400, 0},
		{"a page that nobody sealed", "_page=xx", "", 400, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := h.on(t).send(http.MethodGet, "/fhir/Patient/p/_history?"+c.query, "", "Prefer: "+c.prefer).want(c.status)
			if c.status == 200 {
				require.Equal(t, c.entries, got.valid("Bundle").count("entry"))
			} else {
				got.valid("OperationOutcome")
			}
		})
	}
}
