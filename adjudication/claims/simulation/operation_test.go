package simulation_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/claims/simulation"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store"
	"claimwright/store/resources"
)

// parameter are the values of a parameter by its name, as JSON.
func parameter(doc *codec.Document, name string) (values []string) {
	for p := range doc.Root().Field("parameter").Each() {
		if p.Field("name").Text() != name {
			continue
		}
		for key, v := range p.Members() {
			if key.String() != "name" {
				values = append(values, string(v.Raw()))
			}
		}
	}
	return values
}

func TestSimulateIsAnOperation(t *testing.T) {
	w := newWorld(t)
	w.claim("p-2001-01", "2026-05-05", line{"S-CONS", "800.00"}, line{"S-CBC", "300.00"})
	stats, err := w.store.Stats(t.Context())
	require.NoError(t, err)
	o := simulation.NewOperations(w.store, w.schemes)
	rule := ruleJSON("sent", "draft", `line.code == "S-CONS"`, does("reject"), "")
	answer, err := o.Simulate(t.Context(), everyone, w.parse(fmt.Appendf(nil, `{"resourceType":"Parameters","parameter":[{"name":"rule","resource":%s},
		{"name":"since","valueDate":"2026-10-01"},{"name":"insurer","valueString":"Organization/umoja"}]}`, rule)))
	require.NoError(t, err)
	require.Equal(t, []string{"1"}, parameter(answer, "linesDenied"))
	require.Equal(t, []string{"true"}, parameter(answer, "complete"))
	require.Contains(t, parameter(answer, "report")[0], "1 S-CONS 640.00 -> 0.00 (rejected-by-rule)")
	require.Contains(t, parameter(answer, "caveat")[0], "knock-on effects on ledgers are not modelled")
	require.Len(t, parameter(answer, "largest"), 1)
	require.Len(t, parameter(answer, "group"), 4)
	bare, err := o.Simulate(t.Context(), everyone, w.parse([]byte(rule)))
	require.NoError(t, err)
	require.Equal(t, parameter(answer, "paid"), parameter(bare, "paid"))
	after, err := w.store.Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, stats, after, "nothing is written")

	nameless, err := o.Simulate(t.Context(), everyone, w.parse([]byte(strings.Replace(rule, `"id":"sent",`, "", 1))))
	require.NoError(t, err)
	require.Equal(t, parameter(answer, "largest"), parameter(nameless, "largest"))
	_, err = o.Simulate(t.Context(), everyone, w.parse(fmt.Appendf(nil, `{"resourceType":"Parameters","parameter":[{"name":"rule","resource":%s},
		{"name":"rule","resource":%[1]s}]}`, rule)))
	requireRefused(t, err, 422, "Two rules to try are both PlanDefinition/sent")

	w.put(rule)
	stored, err := o.SimulateOne(t.Context(), everyone, "sent", nil)
	require.NoError(t, err)
	require.Equal(t, parameter(answer, "largest"), parameter(stored, "largest"))
	blind := resources.Principal{ID: "stranger", Access: store.Nothing("stranger")}
	none, err := o.Simulate(t.Context(), blind, w.parse([]byte(rule)))
	require.NoError(t, err)
	require.Equal(t, []string{"0"}, parameter(none, "claims"))
	_, err = o.SimulateOne(t.Context(), blind, "sent", nil)
	requireRefused(t, err, 404, "There is no PlanDefinition/sent")
}

func requireRefused(t *testing.T, err error, status int, text string) {
	var refused *outcome.Error
	require.ErrorAs(t, err, &refused)
	require.Equal(t, status, refused.Status)
	require.Contains(t, refused.Issues[0].Text, text)
}

func TestWhatCannotBeSimulatedIsRefused(t *testing.T) {
	w := newWorld(t)
	o := simulation.NewOperations(w.store, w.schemes)
	parameters := func(list string) *codec.Document {
		return w.parse([]byte(`{"resourceType":"Parameters","parameter":[` + list + `]}`))
	}
	for list, c := range map[string]struct {
		status int
		text   string
	}{
		`{"name":"since","valueDate":"2026-10-01"}`:                                                             {400, "Name a rule to try"},
		`{"name":"since","valueString":"2026-10"}`:                                                              {400, "The date cannot be used"},
		`{"name":"by","valueCode":"moon"}`:                                                                      {400, "The value is not known"},
		`{"name":"colour","valueCode":"blue"}`:                                                                  {400, "The parameter is not known"},
		`{"name":"without","valueString":"Patient/1"}`:                                                          {400, "The rule to leave out is not named"},
		`{"name":"most","valueInteger":0}`:                                                                      {400, "The number cannot be used"},
		`{"name":"rule","valueString":"x"}`:                                                                     {400, "The rule is missing"},
		`{"name":"rule","resource":{"resourceType":"Basic","code":{"text":"x"}}}`:                               {422, "The resource is no rule"},
		`{"name":"rule","resource":` + ruleJSON("broken", "draft", `member.agee > 3`, does("reject"), "") + `}`: {422, `there is no fact "agee"`},
	} {
		_, err := o.Simulate(t.Context(), everyone, parameters(list))
		requireRefused(t, err, c.status, c.text)
	}
	_, err := o.SimulateOne(t.Context(), everyone, "nobody", nil)
	requireRefused(t, err, 404, "There is no PlanDefinition/nobody")
}

// stuck is a store in which claims cannot be read before the reader loses patience.
type stuck struct{ store.Store }

func (s stuck) Get(ctx context.Context, a store.Access, keys ...store.Key) ([]*store.Record, error) {
	if len(keys) == 0 || keys[0].Type != "Claim" {
		return s.Store.Get(ctx, a, keys...)
	}
	<-ctx.Done()
	return nil, ctx.Err()
}

// TestTheTimeIsBounded: what was looked at until the time is up is the answer, and says so.
func TestTheTimeIsBounded(t *testing.T) {
	w := newWorld(t)
	w.claim("p-2001-01", "2026-05-05", line{"S-CONS", "800.00"})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	sim := simulation.New(stuck{w.store}, w.schemes)
	report, err := sim.Run(ctx, store.System(), simulation.Request{Without: []string{"PlanDefinition/x"}}, nil)
	require.NoError(t, err)
	require.Equal(t, "the time was up", report.Cut)
	require.Contains(t, string(report.Parameters()), `"name":"complete","valueBoolean":false`)
	require.Contains(t, text(t, report), "cut short: the time was up")

	gone, leave := context.WithCancel(t.Context())
	leave()
	_, err = sim.Run(gone, store.System(), simulation.Request{Without: []string{"PlanDefinition/x"}}, nil)
	require.ErrorIs(t, err, context.Canceled)
}
