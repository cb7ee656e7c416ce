package server

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/store/resources"
)

const byNumber = "/fhir/Patient?identifier=http://example.org/members%7C"

// numberedPatient is a Patient that conditions find by its number, with an id where one is given.
func numberedPatient(id, number, family string) string {
	body := `{"resourceType":"Patient","identifier":[{"system":"http://example.org/members","value":"` + number + `"}],"name":[{"family":"` + family + `"}]}`
	if id != "" {
		body = strings.Replace(body, `"Patient"`, `"Patient","id":"`+id+`"`, 1)
	}
	return body
}

func TestConditionalUpdate(t *testing.T) {
	h := open(t, Options{})
	h.send(http.MethodPut, "/fhir/Patient/known", numberedPatient("known", "1", "A")).want(http.StatusCreated)
	for _, id := range []string{"two-a", "two-b"} {
		h.send(http.MethodPut, "/fhir/Patient/"+id, numberedPatient(id, "2", "A")).want(http.StatusCreated)
	}
	cases := []struct {
		name, query, body string
		headers           []string
		status            int
		code, location    string // location without the version; "new" for an id of the server's
	}{
		{"U4 no match, no id", "3", numberedPatient("", "3", "B"), nil, 201, "", "new"},
		{"U4 no match, an id", "4", numberedPatient("four", "4", "B"), nil, 201, "", "Patient/four"},
		{"U4 no match, the id of another", "5", numberedPatient("known", "5", "B"), nil, 409, "conflict", ""},
		{"U4 one match, no id", "1", numberedPatient("", "1", "B"), nil, 200, "", "Patient/known"},
		{"U4 one match, the same id", "1", numberedPatient("known", "1", "C"), nil, 200, "", "Patient/known"},
		{"U4 one match, another id", "1", numberedPatient("other", "1", "D"), nil, 400, "value", ""},
		{"U4 several matches", "2", numberedPatient("", "2", "B"), nil, 412, "multiple-matches", ""},
		{"U4 several matches, the id of one", "2", numberedPatient("two-a", "2", "B"), nil, 412, "multiple-matches", ""},
		{"U5 one match, the same content", "1", numberedPatient("", "1", "C"), nil, 200, "", "Patient/known"},
		{"U3 one match, another version", "1", numberedPatient("", "1", "E"), []string{`If-Match: W/"1"`}, 412, "conflict", ""},
		{"U3 no match, any version", "6", numberedPatient("", "6", "E"), []string{"If-Match: *"}, 412, "conflict", ""},
		{"U3 one match, its version", "1", numberedPatient("", "1", "E"), []string{`If-Match: "3"`}, 200, "", "Patient/known"},
		{"the type of the body is another", "1", `{"resourceType":"Basic","code":{"text":"x"}}`, nil, 400, "structure", ""},
		{"the form of the answer is no condition", "1&_format=json&_pretty=true", numberedPatient("", "1", "F"), nil, 200, "", "Patient/known"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := h.on(t).send(http.MethodPut, byNumber+c.query, c.body, c.headers...)
			if c.code != "" {
				got.wantOutcome(c.status, c.code, "")
				return
			}
			got.want(c.status).valid("Patient")
			where := "Patient/" + got.at("id")
			if c.location != "new" {
				require.Equal(t, c.location, where)
			}
			require.Equal(t, base+"/"+where+"/_history/"+got.at("meta.versionId"), got.Header.Get("Location"))
			require.Equal(t, `W/"`+got.at("meta.versionId")+`"`, got.Header.Get("ETag"))
		})
	}
	require.Equal(t, "5", h.send(http.MethodGet, "/fhir/Patient/known", "").at("meta.versionId"), "U5 unchanged content is no version")
}

func TestConditionalUpdateWithoutUpdateCreate(t *testing.T) {
	st := openStore(t)
	h := openOver(t, st, Options{Resources: resources.New(st, resources.Options{NoUpdateCreate: true})})
	h.send(http.MethodPut, byNumber+"1", numberedPatient("", "1", "A")).want(http.StatusCreated)
	h.send(http.MethodPut, byNumber+"2", numberedPatient("mine", "2", "A")).wantOutcome(http.StatusMethodNotAllowed, "not-supported", "")
}

func TestConditionalDelete(t *testing.T) {
	h := open(t, Options{})
	for _, id := range []string{"two-a", "two-b"} {
		h.send(http.MethodPut, "/fhir/Patient/"+id, numberedPatient(id, "2", "A")).want(http.StatusCreated)
	}
	h.send(http.MethodPut, "/fhir/Patient/one", numberedPatient("one", "1", "A")).want(http.StatusCreated)
	t.Run("D3 no match", func(t *testing.T) {
		require.Empty(t, h.on(t).send(http.MethodDelete, byNumber+"9", "").want(http.StatusNoContent).Body)
	})
	t.Run("D3 no match, any version", func(t *testing.T) {
		h.on(t).send(http.MethodDelete, byNumber+"9", "", "If-Match: *").wantOutcome(http.StatusPreconditionFailed, "conflict", "")
	})
	t.Run("D3 several matches", func(t *testing.T) {
		h.on(t).send(http.MethodDelete, byNumber+"2", "").wantOutcome(http.StatusPreconditionFailed, "multiple-matches", "")
		require.Equal(t, "2", h.on(t).send(http.MethodGet, byNumber+"2", "").at("total"))
	})
	t.Run("D3 one match, another version", func(t *testing.T) {
		h.on(t).send(http.MethodDelete, byNumber+"1", "", `If-Match: W/"2"`).wantOutcome(http.StatusPreconditionFailed, "conflict", "")
	})
	t.Run("D3 one match", func(t *testing.T) {
		got := h.on(t).send(http.MethodDelete, byNumber+"1", "", "Prefer: return=OperationOutcome").want(http.StatusOK).valid("OperationOutcome")
		require.Equal(t, `W/"2"`, got.Header.Get("ETag"))
		h.on(t).send(http.MethodGet, "/fhir/Patient/one", "").want(http.StatusGone)
		h.on(t).send(http.MethodDelete, byNumber+"1", "").want(http.StatusNoContent)
	})
}

// TestConditionalDeleteOfSeveral: a server that is set to it deletes all that a condition finds, alone and in Bundles, and says
// so.
func TestConditionalDeleteOfSeveral(t *testing.T) {
	st := openStore(t)
	h := openOver(t, st, Options{Resources: resources.New(st, resources.Options{DeleteSeveral: true})})
	fill := func(t *testing.T) *house {
		for _, id := range []string{"several-a", "several-b"} {
			status := h.on(t).send(http.MethodPut, "/fhir/Patient/"+id, numberedPatient(id, "2", "A")).Status
			require.Contains(t, []int{http.StatusCreated, http.StatusOK}, status)
		}
		return h.on(t)
	}
	gone := func(t *testing.T) {
		require.Equal(t, "0", h.on(t).send(http.MethodGet, byNumber+"2", "").at("total"))
	}
	where := "Patient?identifier=http://example.org/members%7C2"
	t.Run("D3 several are deleted", func(t *testing.T) {
		got := fill(t).send(http.MethodDelete, byNumber+"2", "").want(http.StatusNoContent)
		require.Empty(t, got.Header.Get("ETag"), "there is no version of both")
		gone(t)
	})
	t.Run("D3 several, and how many", func(t *testing.T) {
		got := fill(t).send(http.MethodDelete, byNumber+"2", "", "Prefer: return=OperationOutcome").want(http.StatusOK).valid("OperationOutcome")
		require.Equal(t, "deleted 2 resources", got.at("issue.0.details.text"))
		gone(t)
	})
	t.Run("D3 several, of one version", func(t *testing.T) {
		fill(t).send(http.MethodDelete, byNumber+"2", "", `If-Match: W/"1"`).wantOutcome(http.StatusPreconditionFailed, "multiple-matches", "")
	})
	t.Run("D3 one", func(t *testing.T) {
		fill(t).send(http.MethodDelete, "/fhir/Patient?_id=several-a", "", "If-Match: *").want(http.StatusNoContent)
		require.Equal(t, "1", h.on(t).send(http.MethodGet, byNumber+"2", "").at("total"))
	})
	for _, kind := range []string{"batch", "transaction"} {
		t.Run("D3 several in a "+kind, func(t *testing.T) {
			got := fill(t).send(http.MethodPost, "/fhir", bundleOf(kind, entry("", "DELETE", where, "", ""), entry("", "GET", where, "", ""))).want(http.StatusOK).valid("Bundle")
			require.Equal(t, "204 No Content", got.at("entry.0.response.status"))
			require.Empty(t, got.at("entry.0.response.etag"))
			require.Equal(t, "0", got.at("entry.1.resource.total"))
			require.Equal(t, 2, got.count("entry"))
			gone(t)
		})
	}
	t.Run("D3 one of several is another entry's", func(t *testing.T) {
		fill(t).send(http.MethodPost, "/fhir", bundleOf("transaction", entry("", "DELETE", where, "", ""), entry("", "DELETE", "Patient/several-b", "", ""))).
			wantOutcome(http.StatusBadRequest, "duplicate", "")
		require.Equal(t, "2", h.on(t).send(http.MethodGet, byNumber+"2", "").at("total"))
	})
	t.Run("D3 declared", func(t *testing.T) {
		require.Equal(t, "multiple", metadataOf(t, h.on(t)).Rest[0].Resource[0].ConditionalDelete)
	})
}

// TestConditionsThatSayNothing: a condition of which nothing would be left must not become one that everything meets.
func TestConditionsThatSayNothing(t *testing.T) {
	h := open(t, Options{})
	h.send(http.MethodPut, "/fhir/Patient/only", numberedPatient("only", "1", "A")).want(http.StatusCreated)
	for _, query := range []string{
		"", "?", "?_format=json", "?_count=1", "?_sort=_id", "?_summary=true", "?nonsense=1", "?identifier=", "?identifier=&name=A",
		"?identifier=http://example.org/members%7C1&nonsense=1", "?identifier:nonsense=1", "?birthdate=never", "?identifier=%zz",
	} {
		for _, method := range []string{http.MethodPut, http.MethodDelete} {
			t.Run(method+" "+query, func(t *testing.T) {
				h.on(t).send(method, "/fhir/Patient"+query, numberedPatient("", "1", "B")).want(http.StatusBadRequest).valid("OperationOutcome")
			})
		}
	}
	require.Equal(t, "1", h.send(http.MethodGet, "/fhir/Patient/only", "").want(http.StatusOK).at("meta.versionId"))
}
