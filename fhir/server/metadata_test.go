package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/registry"
	"claimwright/fhir/search"
)

// statement is what the tests read of a CapabilityStatement.
type statement struct {
	Status, Date, Kind, FhirVersion string
	Format, PatchFormat             []string
	Software                        struct{ Name, Version string }
	Implementation                  struct{ Description, URL string }
	Rest                            []struct {
		Mode        string
		Interaction []struct{ Code string }
		Compartment []string
		SearchParam []struct{ Name, Definition, Type string }
		Resource    []resourceStatement
	}
}

type resourceStatement struct {
	Type, Profile, Versioning                    string
	Interaction                                  []struct{ Code string }
	ReadHistory, UpdateCreate, ConditionalCreate bool
	ConditionalUpdate                            *bool
	ConditionalRead, ConditionalDelete           string
	SearchParam                                  []struct{ Name, Definition, Type string }
	Operation                                    []struct{ Name, Definition string }
}

func metadataOf(t *testing.T, h *house) statement {
	t.Helper()
	var s statement
	require.NoError(t, json.Unmarshal([]byte(h.send(http.MethodGet, "/fhir/metadata", "").want(200).valid("CapabilityStatement").Body), &s))
	return s
}

func TestMetadata(t *testing.T) {
	h := open(t, Options{Claims: submitter(nil), Reviews: acting(nil), Balances: questions(nil), Simulations: simulations(nil), Checklist: listing(nil), Eligibility: submitter(nil),
		Software: Software{Name: "Claimwright", Version: "1.2.3", Released: time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)}})
	s := metadataOf(t, h)
	require.Equal(t, []string{"active", "2026-03-04", "instance", "4.0.1"}, []string{s.Status, s.Date, s.Kind, s.FhirVersion})
	require.Equal(t, []string{"json", "application/fhir+json", "xml", "application/fhir+xml"}, s.Format)
	require.Equal(t, patchFormats, s.PatchFormat)
	require.Equal(t, "1.2.3", s.Software.Version)
	require.Equal(t, base, s.Implementation.URL)
	require.NotEmpty(t, s.Implementation.Description)
	require.Len(t, s.Rest, 1)
	require.Equal(t, "server", s.Rest[0].Mode)
	require.Equal(t, []struct{ Code string }{{"transaction"}, {"batch"}, {"history-system"}, {"search-system"}}, s.Rest[0].Interaction)
	require.Contains(t, s.Rest[0].Compartment, "http://hl7.org/fhir/CompartmentDefinition/relatedPerson")
	require.Len(t, s.Rest[0].Compartment, 5)
	var common []string
	for _, p := range s.Rest[0].SearchParam {
		common = append(common, p.Name)
	}
	require.Equal(t, []string{"_filter", "_id", "_lastUpdated", "_profile", "_security", "_source", "_tag"}, common)
	require.Len(t, s.Rest[0].Resource, len(registry.Types()))

	operations := map[string]string{}
	for _, r := range s.Rest[0].Resource {
		require.Equal(t, "http://hl7.org/fhir/StructureDefinition/"+r.Type, r.Profile)
		require.Equal(t, "versioned", r.Versioning)
		require.True(t, r.ReadHistory && r.UpdateCreate && r.ConditionalCreate)
		require.Equal(t, []string{"full-support", "single"}, []string{r.ConditionalRead, r.ConditionalDelete})
		require.True(t, *r.ConditionalUpdate)
		var codes []string
		for _, i := range r.Interaction {
			codes = append(codes, i.Code)
		}
		require.ElementsMatch(t, []string{"read", "vread", "update", "patch", "delete", "history-instance", "history-type", "create", "search-type"}, codes)
		for _, op := range r.Operation {
			if !generic[op.Name] {
				operations[r.Type+"/"+op.Name] = op.Definition
			}
		}
	}
	require.Equal(t, map[string]string{
		"Coverage/balance":                  "https://claimwright.org/fhir/OperationDefinition/Coverage-balance",
		"PlanDefinition/checklist":          "https://claimwright.org/fhir/OperationDefinition/PlanDefinition-checklist",
		"PlanDefinition/simulate":           "https://claimwright.org/fhir/OperationDefinition/PlanDefinition-simulate",
		"PlanDefinition/shadow-report":      "https://claimwright.org/fhir/OperationDefinition/PlanDefinition-shadow-report",
		"Claim/review":                      "https://claimwright.org/fhir/OperationDefinition/Claim-review",
		"Claim/submit":                      "http://hl7.org/fhir/OperationDefinition/Claim-submit",
		"CoverageEligibilityRequest/submit": "http://hl7.org/fhir/OperationDefinition/CoverageEligibilityRequest-submit",
	}, operations)
}

// TestMetadataPromisesWhatIsServed asks for everything that is declared, of every type, and wants none of it refused as
// unknown.
func TestMetadataPromisesWhatIsServed(t *testing.T) {
	h := open(t, Options{})
	for _, r := range metadataOf(t, h).Rest[0].Resource {
		seen := map[string]bool{}
		for _, p := range r.SearchParam {
			require.False(t, seen[p.Name], "cpb-12: %s.%s twice", r.Type, p.Name)
			seen[p.Name] = true
			require.NotEmpty(t, p.Definition)
			require.NotEmpty(t, p.Type)
			_, warnings, err := search.Parse(r.Type, p.Name+"=", search.Options{Strict: true})
			require.NoError(t, err, "%s.%s", r.Type, p.Name)
			require.Empty(t, warnings)
		}
		require.True(t, seen["_id"], "%s: _id is compulsory", r.Type)
		require.False(t, seen["_query"])
		for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodDelete} {
			got := h.send(method, "/fhir/"+r.Type+"/x", "{}")
			require.NotContains(t, got.Body, "not-supported", "%s %s", method, r.Type)
		}
	}
}

func TestMetadataLeavesOutWhatIsNotThere(t *testing.T) {
	h := open(t, Options{})
	for _, r := range metadataOf(t, h).Rest[0].Resource {
		for _, op := range r.Operation {
			require.True(t, generic[op.Name], "%s has $%s", r.Type, op.Name)
		}
	}
	h.send(http.MethodPost, "/fhir/Claim/$submit", "{}").wantOutcome(http.StatusNotFound, "not-supported", "")
}

func TestMetadataHeaders(t *testing.T) {
	h := open(t, Options{})
	first := h.send(http.MethodGet, "/fhir/metadata", "").want(200)
	tag := first.Header.Get("ETag")
	require.NotEmpty(t, tag)
	h.send(http.MethodGet, "/fhir/metadata", "", "If-None-Match: "+tag).want(http.StatusNotModified)
	head := h.send(http.MethodHead, "/fhir/metadata", "").want(200)
	require.Equal(t, tag, head.Header.Get("ETag"))
	require.Equal(t, tag, h.send(http.MethodGet, "/fhir/metadata?mode=full", "").want(200).Header.Get("ETag"))
	other := open(t, Options{Claims: submitter(nil)}).send(http.MethodGet, "/fhir/metadata", "").Header.Get("ETag")
	require.NotEqual(t, tag, other, "another content has another tag")
	h.send(http.MethodGet, "/fhir/metadata", "", "Accept: text/turtle").wantOutcome(406, "not-supported", "")
}

func TestBaseURLFollowsTheHostUnlessConfigured(t *testing.T) {
	h := open(t, Options{})
	h.server.base = ""
	r := h.request(http.MethodPost, "/fhir/Patient", strings.NewReader(patient("x")))
	r.Host = "10.1.2.3:8080"
	require.True(t, strings.HasPrefix(h.sendRequest(r).want(201).Header.Get("Location"), "http://10.1.2.3:8080/fhir/Patient/"))
	r = h.request(http.MethodGet, "https://secure.example.org/fhir/metadata", nil)
	require.Equal(t, "https://secure.example.org/fhir", h.sendRequest(r).want(200).at("implementation.url"))
}

// generic are the operations that every server offers, whatever use cases it was given.
var generic = map[string]bool{"meta": true, "meta-add": true, "meta-delete": true, "everything": true, "match": true, "validate": true, "export": true}

// The capabilities can be asked for in a Bundle like everything else that a GET asks.
func TestB8MetadataInABundle(t *testing.T) {
	h := open(t, Options{})
	for _, kind := range []string{"batch", "transaction"} {
		t.Run("B8 "+kind, func(t *testing.T) {
			got := h.on(t).send(http.MethodPost, "/fhir", fmt.Sprintf(`{"resourceType":"Bundle","type":%q,"entry":[
				{"request":{"method":"GET","url":"metadata"}},{"request":{"method":"GET","url":"metadata?_elements=fhirVersion"}}]}`, kind)).want(http.StatusOK).valid("Bundle")
			require.JSONEq(t, h.on(t).send(http.MethodGet, "/fhir/metadata", "").Body, got.at("entry.0.resource"))
			require.Equal(t, "4.0.1", got.at("entry.1.resource.fhirVersion"))
			require.Empty(t, got.at("entry.1.resource.rest"))
		})
	}
}
