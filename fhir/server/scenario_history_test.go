package server

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/store/resources"
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
		{"H2 since, its plus sign not escaped", "_since=2020-01-01T00:00:00+01:00", "", 200, 1},
		{"unknown parameters are ignored", "nonsense=1", "", 200, 1},
		{"unknown parameters, strictly", "nonsense=1", "handling=strict", 400, 0},
		{"since a day is no instant", "_since=2020-01-01", "", 400, 0},
		{"twice", "_count=1&_count=2", "", 400, 0},
		{"count zero", "_count=0", "", 400, 0},
		{"count text", "_count=x", "", 400, 0},
		{"H2 at a time before", "_at=2020-01-01", "", 200, 0},
		{"H2 at a year with the present", "_at=" + time.Now().UTC().Format("2006"), "", 200, 1},
		{"H2 at no time", "_at=yesterday", "", 400, 0},
		{"H2 at, twice", "_at=2020&_at=2021", "", 400, 0},
		{"H2 since, twice", "_since=2020-01-01T00:00:00Z&_since=2020-01-01T00:00:00Z", "", 400, 0},
		{"H2 not offered and not ignored", "_list=1", "", 400, 0},
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

// ticking is a clock that goes on by a second each time it is looked at.
func ticking() func() time.Time {
	var seconds atomic.Int64
	return func() time.Time { return time.Date(2026, 3, 4, 5, 0, int(seconds.Add(1)), 0, time.UTC) }
}

// versionsOf follows a history's pages and gives a line for each entry.
func (h *house) versionsOf(path string, between func()) (lines []string) {
	h.t.Helper()
	for path != "" {
		page := h.send(http.MethodGet, path, "").want(http.StatusOK).valid("Bundle")
		require.Equal(h.t, "history", page.at("type"))
		for i := range page.count("entry") {
			e := "entry." + strconv.Itoa(i)
			require.NotEmpty(h.t, page.at(e+".response.lastModified"))
			require.Equal(h.t, page.at(e+".request.method") == "DELETE", page.at(e+".resource") == "", "H1 only a delete has no resource")
			lines = append(lines, page.at(e+".request.method")+" "+page.at(e+".request.url")+" "+strings.Trim(page.at(e+".response.etag"), `W/"`))
		}
		if path = page.link("next"); between != nil {
			between()
		}
	}
	return lines
}

// TestHistoryOfTypeAndSystem: every version once, newest first, deletes included, however small the pages, and whatever is
// written meanwhile.
func TestHistoryOfTypeAndSystem(t *testing.T) {
	st := openStore(t)
	h := openOver(t, st, Options{Resources: resources.New(st, resources.Options{Clock: ticking()})})
	h.send(http.MethodPut, "/fhir/Patient/a", patientWithID("a", "A")).want(http.StatusCreated)
	h.send(http.MethodPut, "/fhir/Basic/b", `{"resourceType":"Basic","id":"b","code":{"text":"x"}}`).want(http.StatusCreated)
	h.send(http.MethodPut, byNumber+"7", numberedPatient("c", "7", "C")).want(http.StatusCreated)
	h.send(http.MethodPatch, "/fhir/Patient/a", familyTo("AA")).want(http.StatusOK)
	h.send(http.MethodDelete, byNumber+"A", "").want(http.StatusNoContent) // the number is the first family name
	h.send(http.MethodPut, "/fhir/Patient/c", numberedPatient("c", "8", "C")).want(http.StatusOK)
	ofAll := []string{"PUT Patient/c 2", "DELETE Patient/a 3", "PUT Patient/a 2", "POST Patient 1", "POST Basic 1", "POST Patient 1"}
	ofType := slices.DeleteFunc(slices.Clone(ofAll), func(line string) bool { return strings.Contains(line, "Basic") })
	for _, count := range []string{"1", "2", "100"} {
		t.Run("H1 of a type by "+count, func(t *testing.T) {
			require.Equal(t, ofType, h.on(t).versionsOf("/fhir/Patient/_history?_count="+count, nil))
		})
		t.Run("H1 of all by "+count, func(t *testing.T) {
			require.Equal(t, ofAll, h.on(t).versionsOf("/fhir/_history?_count="+count, nil))
		})
	}
	require.Empty(t, h.versionsOf("/fhir/Claim/_history", nil))
	require.Equal(t, []string{"DELETE Patient/a 3", "PUT Patient/a 2", "POST Patient 1"}, h.versionsOf("/fhir/Patient/a/_history", nil), "H1 of what is gone")
	require.Equal(t, "6", h.send(http.MethodGet, "/fhir/_history", "").at("total"), "H2 all is on one page")
	h.send(http.MethodGet, "/fhir/Patient/never/_history", "").wantOutcome(http.StatusNotFound, "not-found", "")
	h.send(http.MethodHead, "/fhir/_history", "").want(http.StatusOK)

	moment := func(id, version string) string {
		return h.send(http.MethodGet, "/fhir/Patient/"+id+"/_history/"+version, "").want(http.StatusOK).at("meta.lastUpdated")
	}
	beforeDelete, beforeLast := moment("a", "2"), moment("c", "1")
	for _, c := range []struct {
		name, query string
		want        []string
	}{
		{"since", "_since=" + beforeDelete, ofAll[:3]},
		{"at a moment", "_at=" + beforeDelete, ofAll[2:5]},
		{"at an earlier moment", "_at=" + beforeLast, []string{"POST Patient 1", "POST Basic 1", "POST Patient 1"}},
		{"at a day", "_at=2026-03-04", ofAll},
		{"at a minute after all", "_at=2027", []string{"PUT Patient/c 2", "POST Basic 1"}},
		{"at a year before", "_at=2025", nil},
		{"at and since", "_at=2027&_since=" + beforeDelete, []string{"PUT Patient/c 2"}},
	} {
		for _, count := range []string{"1", "100"} {
			t.Run("H2 "+c.name+" by "+count, func(t *testing.T) {
				require.Equal(t, c.want, h.on(t).versionsOf("/fhir/_history?"+c.query+"&_count="+count, nil))
			})
		}
	}
	t.Run("H2 pages survive writes", func(t *testing.T) {
		n := 0
		got := h.on(t).versionsOf("/fhir/_history?_count=1", func() {
			n++
			h.on(t).send(http.MethodPut, "/fhir/Patient/late", patientWithID("late", strconv.Itoa(n)))
			h.on(t).send(http.MethodPut, "/fhir/Patient/c", numberedPatient("c", strconv.Itoa(n), "C"))
		})
		require.Equal(t, ofAll, got)
	})
}
