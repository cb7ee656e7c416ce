package server

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
	"claimwright/store/resources"
)

// echoing answers a submission with what was submitted, and remembers who submitted.
func echoing(who *resources.Principal) submitter {
	return func(_ context.Context, p resources.Principal, input *codec.Document) (*codec.Document, error) {
		*who = p
		return input, nil
	}
}

func TestSubmitHandsOverWhatWasSent(t *testing.T) {
	var claims, eligibility resources.Principal
	h := open(t, Options{Claims: echoing(&claims), Eligibility: echoing(&eligibility)})
	for _, body := range []string{
		patient("x"),
		`{"resourceType":"Parameters","parameter":[{"name":"resource","resource":` + patient("x") + `}]}`,
		bundleOf("collection", `{"resource":`+patient("x")+`}`),
	} {
		got := h.send(http.MethodPost, "/fhir/Claim/$submit", body, "X-Request-Id: r-7").want(http.StatusOK)
		require.Equal(t, body, got.Body, "the answer's bytes are the use case's")
		require.Empty(t, got.Header.Get("Location"), "what is not stored has no address")
		require.Equal(t, "r-7", claims.Request)
		require.Equal(t, "anonymous", claims.ID)
	}
	require.Empty(t, eligibility.ID)
	h.send(http.MethodPost, "/fhir/CoverageEligibilityRequest/$submit?_pretty=true", patient("x"), "X-Request-Id: r-8").want(http.StatusOK)
	require.Equal(t, "r-8", eligibility.Request)
}

func TestSubmitSaysWhereTheAnswerIsStored(t *testing.T) {
	h := open(t, Options{Claims: submitter(func(_ context.Context, _ resources.Principal, input *codec.Document) (*codec.Document, error) {
		return input.WithMeta("abc", 1, time.Unix(0, 0)), nil
	})})
	got := h.send(http.MethodPost, "/fhir/Claim/$submit", patient("x")).want(http.StatusOK)
	require.Equal(t, base+"/Patient/abc/_history/1", got.Header.Get("Location"))
	require.Equal(t, base+"/Patient/abc/_history/1", got.Header.Get("Content-Location"))
}

func TestIdempotencyKey(t *testing.T) {
	var seen context.Context
	h := open(t, Options{Claims: submitter(func(ctx context.Context, _ resources.Principal, input *codec.Document) (*codec.Document, error) {
		seen = ctx
		return input, nil
	})})
	h.send(http.MethodPost, "/fhir/Claim/$submit", patient("x")).want(http.StatusOK)
	plain := seen
	h.send(http.MethodPost, "/fhir/Claim/$submit", patient("x"), "X-Idempotency-Key: k-1").want(http.StatusOK)
	require.NotEqual(t, plain, seen, "the key goes along with the context")
	h.send(http.MethodPost, "/fhir/Claim/$submit", patient("x"), "X-Idempotency-Key: two words").wantOutcome(http.StatusBadRequest, "value", "")
	h.send(http.MethodPost, "/fhir/Claim/$submit", patient("x"), "X-Idempotency-Key: a", "X-Idempotency-Key: b").
		wantOutcome(http.StatusBadRequest, "value", "")
}

// acting is an operation on one resource.
type acting func(ctx context.Context, p resources.Principal, id string, input *codec.Document) (*codec.Document, error)

func (f acting) Review(ctx context.Context, p resources.Principal, id string, input *codec.Document) (*codec.Document, error) {
	return f(ctx, p, id, input)
}

func TestOperationsOnOneResource(t *testing.T) {
	var on, who string
	h := open(t, Options{Reviews: acting(func(_ context.Context, p resources.Principal, id string, input *codec.Document) (*codec.Document, error) {
		on, who = id, p.Request
		return input, nil
	})})
	const body = `{"resourceType":"Parameters","parameter":[{"name":"text","valueString":"seen"}]}`
	got := h.send(http.MethodPost, "/fhir/Claim/c-1/$review", body, "X-Request-Id: r-9").want(http.StatusOK)
	require.JSONEq(t, body, got.Body)
	require.Equal(t, []string{"c-1", "r-9"}, []string{on, who})

	got = h.send(http.MethodGet, "/fhir/Claim/c-1/$review", "")
	got.wantOutcome(http.StatusMethodNotAllowed, "not-supported", "")
	require.Equal(t, "OPTIONS, POST", got.Header.Get("Allow"))
	h.send(http.MethodPost, "/fhir/Claim/$review", body).wantOutcome(http.StatusNotFound, "not-supported", "")
	h.send(http.MethodPost, "/fhir/Patient/1/$review", body).wantOutcome(http.StatusNotFound, "not-supported", "")
	h.send(http.MethodPost, "/fhir/Claim/not_an_id/$review", body).wantOutcome(http.StatusNotFound, "not-found", "Claim.id")
	h.send(http.MethodPost, "/fhir/Claim/c-1/$review", "{").wantOutcome(http.StatusBadRequest, "structure", "")
	h.send(http.MethodGet, "/fhir/Claim/c-1", "").wantOutcome(http.StatusNotFound, "not-found", "")
	h.send(http.MethodGet, "/fhir/Claim/c-1/_history", "").wantOutcome(http.StatusNotFound, "not-found", "")

	entry := func(url string) string {
		return bundleOf("batch", `{"resource":`+body+`,"request":{"method":"POST","url":"`+url+`"}}`)
	}
	require.Contains(t, h.send(http.MethodPost, "/fhir", entry("Claim/c-2/$review")).want(http.StatusOK).Body, `"status":"200 OK"`)
	require.Equal(t, "c-2", on)
	require.Contains(t, h.send(http.MethodPost, "/fhir", entry("Claim/$review")).want(http.StatusOK).Body, `"status":"400 Bad Request"`)
}

// questions are the use case of $balance.
type questions func(id string, input *codec.Document) (*codec.Document, error)

func (f questions) Balance(_ context.Context, _ resources.Principal, id string, input *codec.Document) (*codec.Document, error) {
	return f(id, input)
}

func (f questions) Balances(_ context.Context, _ resources.Principal, input *codec.Document) (*codec.Document, error) {
	return f("", input)
}

func TestOperationsThatOnlyAsk(t *testing.T) {
	var on string
	var given *codec.Document
	answer, issues := codec.Parse([]byte(`{"resourceType":"Parameters"}`), codec.Limits{})
	require.Empty(t, issues)
	h := open(t, Options{Balances: questions(func(id string, input *codec.Document) (*codec.Document, error) {
		on, given = id, input
		return answer, nil
	})})
	for _, c := range []struct{ method, path, body, id, input string }{
		{http.MethodGet, "/fhir/Coverage/c-1/$balance", "", "c-1", ""},
		{http.MethodGet, "/fhir/Coverage/c-1/$balance?_pretty=false", "", "c-1", ""},
		{http.MethodGet, "/fhir/Coverage/c-1/$balance?date=2026-05-01", "", "c-1", `{"resourceType":"Parameters","parameter":[{"name":"date","valueString":"2026-05-01"}]}`},
		{http.MethodGet, "/fhir/Coverage/$balance?patient=urn%3Ax%7Cy", "", "", `{"resourceType":"Parameters","parameter":[{"name":"patient","valueString":"urn:x|y"}]}`},
		{http.MethodPost, "/fhir/Coverage/c-2/$balance", "", "c-2", ""},
		{http.MethodPost, "/fhir/Coverage/c-2/$balance", `{"resourceType":"Parameters"}`, "c-2", `{"resourceType":"Parameters"}`},
	} {
		t.Run(c.method+" "+c.path, func(t *testing.T) {
			on, given = "-", nil
			h.on(t).send(c.method, c.path, c.body).want(http.StatusOK)
			require.Equal(t, c.id, on)
			if c.input == "" {
				require.Nil(t, given)
				return
			}
			require.Equal(t, c.input, string(given.Bytes()))
		})
	}
	h.send(http.MethodGet, "/fhir/Coverage/c-1/$balance?date=%zz", "").wantOutcome(http.StatusBadRequest, "value", "")
	got := h.send(http.MethodDelete, "/fhir/Coverage/c-1/$balance", "")
	got.wantOutcome(http.StatusMethodNotAllowed, "not-supported", "")
	require.Equal(t, "GET, HEAD, OPTIONS, POST", got.Header.Get("Allow"))
}

// simulations are the use case of the operations on rules: they say which was asked, about which rule and with what.
type simulations func(what, id string, input *codec.Document) (*codec.Document, error)

// listing is the use case of $checklist.
type listing func(input *codec.Document) (*codec.Document, error)

func (f listing) Checklist(_ context.Context, _ resources.Principal, input *codec.Document) (*codec.Document, error) {
	return f(input)
}

func (f simulations) Simulate(_ context.Context, _ resources.Principal, input *codec.Document) (*codec.Document, error) {
	return f("simulate", "", input)
}

func (f simulations) SimulateOne(_ context.Context, _ resources.Principal, id string, input *codec.Document) (*codec.Document, error) {
	return f("simulate", id, input)
}

func (f simulations) ShadowReport(_ context.Context, _ resources.Principal, id string, input *codec.Document) (*codec.Document, error) {
	return f("shadow-report", id, input)
}

func TestRulesAreSimulatedOnTypeAndInstance(t *testing.T) {
	var asked string
	h := open(t, Options{Simulations: simulations(func(what, id string, input *codec.Document) (*codec.Document, error) {
		asked = what + "/" + id
		doc, issues := codec.Parse([]byte(`{"resourceType":"Parameters"}`), codec.Limits{})
		require.Empty(t, issues)
		return doc, nil
	})})
	for _, c := range []struct{ method, path, body, want string }{
		{http.MethodPost, "/fhir/PlanDefinition/$simulate", `{"resourceType":"Parameters"}`, "simulate/"},
		{http.MethodGet, "/fhir/PlanDefinition/r-1/$simulate?since=2026-10-01", "", "simulate/r-1"},
		{http.MethodPost, "/fhir/PlanDefinition/r-1/$simulate", "", "simulate/r-1"},
		{http.MethodGet, "/fhir/PlanDefinition/r-1/$shadow-report", "", "shadow-report/r-1"},
	} {
		h.send(c.method, c.path, c.body).want(http.StatusOK)
		require.Equal(t, c.want, asked)
	}
}
