package simulation

import (
	"context"
	"net/http"
	"runtime"
	"time"

	"claimwright/adjudication/claims"
	"claimwright/adjudication/engine/rules"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store"
	"claimwright/store/resources"
)

// The bounds of a simulation that is asked of a server.
const (
	// MostResponses is how many responses are looked at.
	MostResponses = 500_000
	// longest is how long one may take; a deadline of the request that is nearer leaves time to answer.
	longest   = 20 * time.Second
	toAnswer  = 2 * time.Second
	comeAgain = 10 * time.Second
)

// Operations are PlanDefinition/$simulate and PlanDefinition/[id]/$shadow-report. One simulation runs at a time, on half of
// the processors: claims that come in go first.
type Operations struct {
	simulator *Simulator
	running   chan struct{}
}

// NewOperations makes the operations over a store.
func NewOperations(st store.Store, schemes *claims.Schemes) *Operations {
	s := New(st, schemes)
	s.Workers = max(1, runtime.GOMAXPROCS(0)/2)
	return &Operations{simulator: s, running: make(chan struct{}, 1)}
}

// Simulate tries the rules in Parameters on the claims that the principal may see.
func (o *Operations) Simulate(ctx context.Context, p resources.Principal, input *codec.Document) (*codec.Document, error) {
	return o.simulate(ctx, p, "", input)
}

// SimulateOne tries a stored rule, in use or not.
func (o *Operations) SimulateOne(ctx context.Context, p resources.Principal, id string, input *codec.Document) (*codec.Document, error) {
	return o.simulate(ctx, p, id, input)
}

func (o *Operations) simulate(ctx context.Context, p resources.Principal, id string, input *codec.Document) (*codec.Document, error) {
	in, err := readInput(input, id == "")
	if err != nil {
		return nil, err
	}
	docs := in.rules
	if id != "" {
		doc, err := o.stored(ctx, p, id)
		if err != nil {
			return nil, err
		}
		docs = append(docs, doc)
	}
	for _, doc := range docs {
		rule, err := o.simulator.schemes.Rule(ctx, doc)
		if err != nil {
			return nil, err
		}
		in.Rules = append(in.Rules, rule)
	}
	if len(in.Rules) == 0 && len(in.Without) == 0 {
		return nil, outcome.New(http.StatusBadRequest, outcome.Required, "Parameters.parameter", "Name a rule to try, or one to leave out.")
	}
	return o.run(ctx, p, in.Request)
}

// ShadowReport tells what a stored rule would have done while it only recorded.
func (o *Operations) ShadowReport(ctx context.Context, p resources.Principal, id string, input *codec.Document) (*codec.Document, error) {
	in, err := readInput(input, false)
	if err != nil {
		return nil, err
	}
	if _, err := o.stored(ctx, p, id); err != nil {
		return nil, err
	}
	r := Shadow("PlanDefinition/" + id)
	in.Request.Enforce, in.Request.Recorded = r.Enforce, r.Recorded
	return o.run(ctx, p, in.Request)
}

// Shadow asks what a rule would have done to the claims on which it recorded in shadow.
func Shadow(key string) Request {
	return Request{Enforce: []string{key}, Recorded: []string{`"shadow"`, `"` + key}}
}

func (o *Operations) stored(ctx context.Context, p resources.Principal, id string) (*codec.Document, error) {
	key := store.Key{Type: "PlanDefinition", ID: id}
	found, err := o.simulator.store.Get(ctx, p.Access, key)
	if err != nil {
		return nil, err
	}
	if found[0] == nil || found[0].Deleted {
		return nil, outcome.New(http.StatusNotFound, outcome.NotFound, "", "There is no %s.", key)
	}
	doc, issues := codec.Parse(found[0].Body, trusted)
	if len(issues) > 0 {
		return nil, outcome.Rejected(issues)
	}
	if !rules.Is(doc) {
		return nil, outcome.New(http.StatusUnprocessableEntity, outcome.BusinessRule, "PlanDefinition.type", "%s is no rule.", key)
	}
	return doc, nil
}

// run runs a simulation within its bounds, unless another one is running.
func (o *Operations) run(ctx context.Context, p resources.Principal, r Request) (*codec.Document, error) {
	select {
	case o.running <- struct{}{}:
		defer func() { <-o.running }()
	default:
		busy := outcome.New(http.StatusServiceUnavailable, outcome.Throttled, "", "Another simulation is running; try again when it is done.")
		busy.RetryAfter = comeAgain
		return nil, busy
	}
	if r.Most == 0 || r.Most > MostResponses {
		r.Most = MostResponses
	}
	patience := longest
	if deadline, bounded := ctx.Deadline(); bounded {
		patience = min(patience, time.Until(deadline)-toAnswer)
	}
	bounded, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	report, err := o.simulator.Run(bounded, p.Access, r, nil)
	if err != nil {
		return nil, err
	}
	doc, issues := codec.Parse(report.Parameters(), trusted)
	if len(issues) > 0 {
		return nil, outcome.New(http.StatusInternalServerError, outcome.Exception, "", "The report is not valid: %s", issues[0].Text)
	}
	return doc, nil
}
