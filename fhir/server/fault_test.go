package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store"
	"claimwright/store/resources"
)

// failingWith is a server whose claims fail with this error.
func failingWith(t *testing.T, log *strings.Builder, fail func() error) *house {
	return open(t, Options{Logger: logTo(log),
		Claims: submitter(func(context.Context, resources.Principal, *codec.Document) (*codec.Document, error) {
			return nil, fail()
		})})
}

func TestEveryErrorBecomesAnOutcome(t *testing.T) {
	cases := []struct {
		name   string
		err    error
		status int
		code   string
		retry  string
	}{
		{"made for the client", outcome.New(422, outcome.BusinessRule, "Claim.status", "no"), 422, "business-rule", ""},
		{"the same, wrapped", fmt.Errorf("submit: %w", outcome.New(409, outcome.Duplicate, "", "no")), 409, "duplicate", ""},
		{"busy", &outcome.Error{Status: 503, RetryAfter: 1500e6, Issues: []outcome.Issue{{Code: outcome.LockError, Text: "busy"}}}, 503, "lock-error", "2"},
		{"conflict", fmt.Errorf("commit: %w", store.ErrConflict), 503, "lock-error", "1"},
		{"unknown outcome", store.ErrUnknown, 503, "no-store", "1"},
		{"too costly", store.ErrTooCostly, 422, "too-costly", ""},
		{"lost cursor", store.ErrCursorLost, 400, "value", ""},
		{"foreign page", store.ErrBadSeal, 400, "value", ""},
		{"denied", store.ErrDenied, 403, "forbidden", ""},
		{"closed", store.ErrClosed, 503, "no-store", "5"},
		{"deadline", fmt.Errorf("search: %w", context.DeadlineExceeded), 503, "timeout", "1"},
		{"client went away", context.Canceled, 503, "timeout", "1"},
		{"anything else", errors.New("UNIQUE constraint failed: member Adaeze Obi"), 500, "exception", ""},
		{"an outcome without a status", &outcome.Error{Issues: []outcome.Issue{{Code: outcome.Exception, Text: "odd"}}}, 500, "exception", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var log strings.Builder
			got := failingWith(t, &log, func() error { return c.err }).
				send(http.MethodPost, "/fhir/Claim/$submit", patient("x")).wantOutcome(c.status, c.code, "")
			require.Equal(t, c.retry, got.Header.Get("Retry-After"))
			require.NotContains(t, got.Body, "Adaeze")
			require.Equal(t, c.status >= 500, strings.Contains(log.String(), `"msg":"request failed"`))
		})
	}
}

func TestPanicsAreAnsweredAndLoggedWithoutTheirValue(t *testing.T) {
	cases := []struct {
		name  string
		cause func()
		said  string
	}{
		{"a value", func() { panic("member Adaeze Obi") }, "string"},
		{"an error", func() { panic(fmt.Errorf("member Adaeze Obi: %w", store.ErrClosed)) }, "store is closed"},
		{"a fault", func() { _ = strings.Split("Adaeze", "")[len("Adaeze")] }, "out of range"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var log strings.Builder
			h := failingWith(t, &log, func() error { c.cause(); return nil })
			got := h.on(t).send(http.MethodPost, "/fhir/Claim/$submit", patient("x")).wantOutcome(http.StatusInternalServerError, "exception", "")
			for _, text := range []string{got.Body, log.String()} {
				require.NotContains(t, text, "Adaeze")
			}
			require.NotContains(t, got.Body, ".go:")
			require.Contains(t, log.String(), c.said)
			require.Contains(t, log.String(), got.Header.Get("X-Request-Id"))
			require.Contains(t, log.String(), "TestPanicsAreAnsweredAndLoggedWithoutTheirValue", "the log says where")
			require.Zero(t, h.server.working.Load())
			h.on(t).send(http.MethodGet, "/fhir/Patient", "").want(http.StatusOK)
		})
	}
}

func TestCausesSayWhatIsHarmless(t *testing.T) {
	chain := fmt.Errorf("read Patient/1: %w", errors.Join(store.ErrClosed, errors.New("row of Adaeze"), codedError{7}))
	require.Equal(t, []string{"store is closed", "*errors.errorString", "server.codedError 7"}, causes(chain))
	require.Equal(t, []string{"bad"}, causes(fmt.Errorf("x: %w", outcome.New(500, outcome.Exception, "", "bad"))))
}

type codedError struct{ code int }

func (codedError) Error() string { return "secret" }
func (c codedError) Code() int   { return c.code }

func TestAccessLogHoldsNothingOfAPatient(t *testing.T) {
	var log strings.Builder
	h := open(t, Options{Logger: logTo(&log)})
	h.send(http.MethodPut, "/fhir/Patient/NIN-12345678", patientWithID("NIN-12345678", "Secretname")).want(http.StatusCreated)
	h.send(http.MethodGet, "/fhir/Patient/NIN-12345678", "", "X-Request-Id: r-1").want(http.StatusOK)
	h.send(http.MethodGet, "/fhir/Patient?family=Secretname", "").want(http.StatusOK)
	h.send(http.MethodGet, "/fhir/Patient?birthdate=Secretname", "").want(http.StatusBadRequest)
	h.send(http.MethodPost, "/fhir/Patient/_search", "family=Secretname", "Content-Type: application/x-www-form-urlencoded")
	h.send(http.MethodPost, "/fhir/Patient", `{"resourceType":"Patient","gender":"Secretname"}`)
	h.send(http.MethodGet, "/fhir/Secretname/NIN-12345678/nothing/there", "", "X-Request-Id: Secret name").want(404)
	h.send("SECRETNAME", "/fhir/Patient", "").want(405)

	require.NotContains(t, strings.ToLower(log.String()), "secretname")
	require.NotContains(t, log.String(), "12345678")
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	var line map[string]any
	require.NoError(t, json.Unmarshal([]byte(lines[1]), &line))
	for key, want := range map[string]any{"msg": "request", "level": "INFO", "request_id": "r-1", "method": "GET", "route": "/:type/:id",
		"type": "Patient", "status": 200.0, "principal": "anonymous"} {
		require.Equal(t, want, line[key], key)
	}
}
