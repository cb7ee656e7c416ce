package server

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/store"
	"claimwright/store/resources"
)

// metaInput is the input of $meta-add and $meta-delete.
func metaInput(meta string) string {
	return `{"resourceType":"Parameters","parameter":[{"name":"meta","valueMeta":` + meta + `}]}`
}

func TestMeta(t *testing.T) {
	h := open(t, Options{})
	h.send(http.MethodPut, "/fhir/Patient/p", `{"resourceType":"Patient","id":"p","meta":{"source":"urn:s","tag":[{"system":"urn:t","code":"a"}]}}`).want(http.StatusCreated)

	got := h.send(http.MethodPost, "/fhir/Patient/p/$meta-add", metaInput(`{"profile":["http://x/p"],"security":[{"system":"urn:sec","code":"R"}],
		"tag":[{"system":"urn:t","code":"a","display":"again"},{"system":"urn:t","code":"b"},{"code":"a"}]}`)).want(http.StatusOK).valid("Parameters")
	require.Equal(t, "return", got.at("parameter.0.name"))
	meta := "parameter.0.valueMeta."
	require.Equal(t, "2", got.at(meta+"versionId"))
	require.Equal(t, "urn:s", got.at(meta+"source"), "what is no set stays")
	require.JSONEq(t, `[{"system":"urn:t","code":"a"},{"system":"urn:t","code":"b"},{"code":"a"}]`, got.at(meta+"tag"), "system and code tell tags apart")
	require.JSONEq(t, `["http://x/p"]`, got.at(meta+"profile"))

	require.Equal(t, "2", h.send(http.MethodPost, "/fhir/Patient/p/$meta-add", metaInput(`{"tag":[{"system":"urn:t","code":"b"}]}`)).want(200).at(meta+"versionId"), "nothing new, no version")
	require.Equal(t, "1", h.send(http.MethodGet, "/fhir/Patient?_tag=urn:t|b", "").at("total"), "found by its new tag")

	got = h.send(http.MethodPost, "/fhir/Patient/p/$meta-delete", metaInput(`{"tag":[{"system":"urn:t","code":"a"},{"system":"urn:none","code":"a"}],"profile":["http://x/p"]}`)).want(200).valid("Parameters")
	require.JSONEq(t, `[{"system":"urn:t","code":"b"},{"code":"a"}]`, got.at(meta+"tag"))
	require.Empty(t, got.at(meta+"profile"))
	require.Equal(t, "3", got.at(meta+"versionId"))
	require.Equal(t, "0", h.send(http.MethodGet, "/fhir/Patient?_profile=http://x/p", "").at("total"))

	for path, version := range map[string]string{"/fhir/Patient/p/$meta": "3", "/fhir/Patient/p/_history/2/$meta": "2"} {
		require.Equal(t, version, h.send(http.MethodGet, path, "").want(200).valid("Parameters").at(meta+"versionId"))
		require.Equal(t, version, h.send(http.MethodPost, path, "").want(200).at(meta+"versionId"))
	}
}

func TestMetaOfTypeAndSystem(t *testing.T) {
	h := open(t, Options{})
	h.create(`{"resourceType":"Patient","meta":{"tag":[{"system":"urn:t","code":"a"}],"profile":["http://x/p"]}}`)
	h.create(`{"resourceType":"Patient","meta":{"tag":[{"system":"urn:t","code":"a"},{"system":"urn:t","code":"b"}]}}`)
	h.create(`{"resourceType":"Basic","code":{"text":"x"},"meta":{"security":[{"system":"urn:sec","code":"R"}]}}`)
	got := h.send(http.MethodGet, "/fhir/Patient/$meta", "").want(200).valid("Parameters")
	require.JSONEq(t, `{"profile":["http://x/p"],"tag":[{"system":"urn:t","code":"a"},{"system":"urn:t","code":"b"}]}`, got.at("parameter.0.valueMeta"))
	got = h.send(http.MethodGet, "/fhir/$meta", "").want(200).valid("Parameters")
	require.JSONEq(t, `[{"system":"urn:sec","code":"R"}]`, got.at("parameter.0.valueMeta.security"))
	require.Equal(t, 2, got.count("parameter.0.valueMeta.tag"))
	h.send(http.MethodGet, "/fhir/Claim/$meta", "").want(200)

	blind := openOver(t, h.store, Options{Resources: h.service, Principal: func(*http.Request) resources.Principal {
		return resources.Principal{ID: "nobody", Access: store.Nothing("nobody")}
	}})
	require.NotContains(t, blind.send(http.MethodGet, "/fhir/$meta", "").want(200).Body, "urn:")
	blind.send(http.MethodGet, "/fhir/Patient/p/$meta", "").want(http.StatusNotFound)
}

func TestMetaIsRefused(t *testing.T) {
	h := open(t, Options{})
	h.send(http.MethodPut, "/fhir/Patient/p", `{"resourceType":"Patient","id":"p"}`).want(http.StatusCreated)
	h.send(http.MethodPut, "/fhir/Patient/gone", `{"resourceType":"Patient","id":"gone"}`).want(http.StatusCreated)
	h.send(http.MethodDelete, "/fhir/Patient/gone", "").want(http.StatusNoContent)
	tag := metaInput(`{"tag":[{"code":"a"}]}`)
	h.send(http.MethodPost, "/fhir/Patient/none/$meta-add", tag).wantOutcome(http.StatusNotFound, "not-found", "")
	h.send(http.MethodPost, "/fhir/Patient/gone/$meta-add", tag).wantOutcome(http.StatusGone, "deleted", "")
	h.send(http.MethodGet, "/fhir/Patient/none/$meta", "").wantOutcome(http.StatusNotFound, "not-found", "")
	h.send(http.MethodPost, "/fhir/Patient/p/$meta-add", tag, `If-Match: W/"7"`).wantOutcome(http.StatusPreconditionFailed, "conflict", "")
	h.send(http.MethodPost, "/fhir/Patient/p/$meta-add", `{"resourceType":"Parameters"}`).wantOutcome(http.StatusBadRequest, "required", "")
	h.send(http.MethodPost, "/fhir/Patient/p/$meta-add", `{"resourceType":"Patient"}`).wantOutcome(http.StatusBadRequest, "required", "")
	got := h.send(http.MethodGet, "/fhir/Patient/p/$meta-add", "")
	got.wantOutcome(http.StatusMethodNotAllowed, "not-supported", "")
	require.Equal(t, "OPTIONS, POST", got.Header.Get("Allow"))
	h.send(http.MethodPost, "/fhir/Patient/p/_history/1/$meta-add", tag).want(http.StatusNotFound)
	require.Equal(t, "1", h.send(http.MethodGet, "/fhir/Patient/p", "").at("meta.versionId"))
	require.Equal(t, "2", h.send(http.MethodPost, "/fhir/Patient/p/$meta-add", tag, `If-Match: W/"1"`).want(200).at("parameter.0.valueMeta.versionId"))
}

func TestMetaInTransaction(t *testing.T) {
	h := open(t, Options{})
	h.send(http.MethodPut, "/fhir/Patient/p", `{"resourceType":"Patient","id":"p"}`).want(http.StatusCreated)
	add := `{"resource":` + metaInput(`{"tag":[{"code":"a"}]}`) + `,"request":{"method":"POST","url":"Patient/p/$meta-add"}}`
	ask := `{"request":{"method":"GET","url":"Patient/p/$meta"}}`
	got := h.send(http.MethodPost, "/fhir", bundleOf("transaction", add, ask)).want(http.StatusOK).valid("Bundle")
	require.Equal(t, "a", got.at("entry.0.resource.parameter.0.valueMeta.tag.0.code"))
	require.Equal(t, "a", got.at("entry.1.resource.parameter.0.valueMeta.tag.0.code"), "reads see what was staged")
	h.send(http.MethodPost, "/fhir", bundleOf("transaction", add, `{"request":{"method":"GET","url":"Patient/none"}}`)).want(http.StatusNotFound)
	require.Equal(t, "2", h.send(http.MethodGet, "/fhir/Patient/p", "").at("meta.versionId"))
}
