package server

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/store"
	"claimwright/store/resources"
)

// TestDenyAllSeesNothing puts a principal who may see nothing in front of a full store, and asks in every way there is.
func TestDenyAllSeesNothing(t *testing.T) {
	st := openStore(t)
	full := openOver(t, st, Options{})
	full.send(http.MethodPut, "/fhir/Patient/p", patientWithID("p", "Yakubu")).want(http.StatusCreated)
	full.send(http.MethodPut, "/fhir/Patient/p", patientWithID("p", "Zubairu")).want(http.StatusOK)
	full.send(http.MethodPut, "/fhir/Patient/gone", patientWithID("gone", "Yakubu")).want(http.StatusCreated)
	full.send(http.MethodDelete, "/fhir/Patient/gone", "").want(http.StatusNoContent)

	deny := openOver(t, st, Options{Principal: func(*http.Request) resources.Principal {
		return resources.Principal{ID: "nobody", Access: store.Nothing("nobody")}
	}})
	for _, path := range []string{
		"/fhir/Patient/p", "/fhir/Patient/gone", "/fhir/Patient/p/_history/1", "/fhir/Patient/gone/_history/2",
		"/fhir/Patient/p/_history", "/fhir/Patient/gone/_history",
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			t.Run(method+" "+path, func(t *testing.T) {
				got := deny.on(t).send(method, path, "").want(http.StatusNotFound)
				require.NotContains(t, got.Body, "Yakubu")
				unknown := deny.on(t).send(method, "/fhir/Patient/unknown", "").want(http.StatusNotFound)
				require.Len(t, got.Header, len(unknown.Header), "nothing tells it from what never was")
			})
		}
	}
	for _, query := range []string{"", "_id=p", "family=Zubairu", "_summary=count", "_total=accurate", "_count=1&_sort=_id", "family:not=x"} {
		t.Run("search "+query, func(t *testing.T) {
			got := deny.on(t).send(http.MethodGet, "/fhir/Patient?"+query, "")
			if got.Status == http.StatusBadRequest { // a modifier that is not offered
				return
			}
			got.want(http.StatusOK)
			require.Equal(t, "0", got.at("total"))
			require.Zero(t, got.count("entry"))
		})
	}
	full.send(http.MethodPut, "/fhir/List/l", `{"resourceType":"List","id":"l","status":"current","mode":"working","entry":[{"item":{"reference":"Patient/p"}}]}`).want(http.StatusCreated)
	for _, path := range []string{"/fhir", "/fhir?_type=Patient,List", "/fhir?_sort=-_lastUpdated", "/fhir/Patient/p/*", "/fhir/Patient/p/Patient", "/fhir/Patient?_list=l", "/fhir?_total=accurate&_count=1"} {
		t.Run("GET "+path, func(t *testing.T) {
			got := deny.on(t).send(http.MethodGet, path, "").want(http.StatusOK)
			require.Equal(t, "0", got.at("total"))
			require.Zero(t, got.count("entry"))
		})
	}
	for _, path := range []string{"/fhir/Patient/_history", "/fhir/_history", "/fhir/_history?_at=2999"} {
		t.Run("GET "+path, func(t *testing.T) {
			require.Zero(t, deny.on(t).send(http.MethodGet, path, "").want(http.StatusOK).count("entry"))
		})
	}
	for _, write := range []struct{ method, path, body string }{
		{http.MethodPut, "/fhir/Patient/p", patientWithID("p", "Overwritten")},
		{http.MethodPut, "/fhir/Patient/new", patientWithID("new", "New")},
		{http.MethodPost, "/fhir/Patient", patient("New")},
		{http.MethodDelete, "/fhir/Patient/p", ""},
		{http.MethodPatch, "/fhir/Patient/p", familyTo("Patched")},
		{http.MethodPatch, "/fhir/Patient?family=Zubairu", familyTo("Patched")},
		{http.MethodPut, "/fhir/Patient?family=Zubairu", patient("Overwritten")},
		{http.MethodDelete, "/fhir/Patient?family=Zubairu", ""},
	} {
		t.Run(write.method+" "+write.path, func(t *testing.T) {
			require.NotContains(t, deny.on(t).send(write.method, write.path, write.body).Body, "Zubairu")
			require.Equal(t, "Zubairu", full.on(t).send(http.MethodGet, "/fhir/Patient/p", "").want(200).at("name.0.family"))
			require.Equal(t, "1", full.on(t).send(http.MethodGet, "/fhir/Patient", "").at("total"))
		})
	}
}

// TestPageLinksAreBoundToTheirReader gives one reader's page link to another.
func TestPageLinksAreBoundToTheirReader(t *testing.T) {
	st := openStore(t)
	h := openOver(t, st, Options{})
	h.create(patient("A"))
	h.create(patient("B"))
	next := h.send(http.MethodGet, "/fhir/Patient?_count=1", "").want(http.StatusOK).link("next")
	h.send(http.MethodGet, next, "").want(http.StatusOK)
	other := openOver(t, st, Options{Principal: func(*http.Request) resources.Principal {
		return resources.Principal{ID: "other", Access: store.Everything("other")}
	}})
	other.send(http.MethodGet, next, "").wantOutcome(http.StatusBadRequest, "value", "")
}
