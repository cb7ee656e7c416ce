package scenario

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"claimwright/adjudication/claims"
	"claimwright/adjudication/eligibility"
	"claimwright/adjudication/payments"
	"claimwright/adjudication/scenario/tree"
	"claimwright/fhir/bundle"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store"
	"claimwright/store/resources"
)

// play is one run of a scenario: the use cases over a store of its own.
type play struct {
	store       store.Store
	service     *resources.Service
	schemes     *claims.Schemes
	claims      *claims.Claims
	eligibility *eligibility.Eligibility
	now         time.Time
	// answers are the latest of each claim by its name; keys are what each name stands for, a Claim or a payment.
	answers map[string]*answer
	keys    map[string]store.Key
}

// longAgo is when the scheme is written: long before anything happens, so that every history is known from its beginning.
var longAgo = time.Date(2019, 1, 1, 9, 0, 0, 0, time.UTC)

func newPlay(st store.Store) *play {
	p := &play{store: st, schemes: claims.NewSchemes(st), now: longAgo, answers: map[string]*answer{}, keys: map[string]store.Key{}}
	p.service = resources.New(st, resources.Options{Clock: func() time.Time { return p.now }})
	p.claims = claims.New(p.service, p.schemes, claims.Options{})
	payments.New(p.service, p.claims, payments.Options{})
	p.eligibility = eligibility.New(p.service, p.schemes, eligibility.Options{})
	return p
}

func principal(organization string) resources.Principal {
	return resources.Principal{ID: "scenario", Request: "scenario", Organization: organization, Access: store.Everything("scenario")}
}

// prepare writes the world and compiles its scheme; a part that cannot be used is an error.
func (p *play) prepare(ctx context.Context, all []*tree.Object) error {
	plan, err := bundle.Read(bundleOf(all), codec.Limits{}, bundle.Options{})
	if err == nil {
		_, err = p.service.Transaction(ctx, principal(""), plan, resources.BundleOptions{})
	}
	if err != nil {
		return said(err)
	}
	if _, err := p.schemes.Latest(ctx); err != nil {
		return err
	}
	if issues := p.schemes.Issues(); len(issues) > 0 {
		return said(outcome.Rejected(issues))
	}
	return nil
}

func bundleOf(all []*tree.Object) []byte {
	var entries tree.List
	for _, r := range all {
		entries = append(entries, tree.New("resource", r, "request", tree.New("method", "PUT", "url", keyOf(r))))
	}
	return marshal(tree.New("resourceType", "Bundle", "type", "transaction", "entry", entries))
}

func marshal(v tree.Value) []byte { return tree.Marshal(v, nil) }

func keyOf(r *tree.Object) string {
	kind, _ := r.Get("resourceType").(tree.Text)
	id, _ := r.Get("id").(tree.Text)
	return string(kind) + "/" + string(id)
}

// replace puts in what names in braces stand for: {today}, a claim's id, or an attribute of its answer.
func (p *play) replace(text string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	return braced.ReplaceAllStringFunc(text, func(name string) string {
		name = strings.Trim(name, "{}")
		if name == "today" {
			return p.now.Format(time.DateOnly)
		}
		if of, ok := strings.CutSuffix(name, ".preAuthRef"); ok {
			if a := p.answers[of]; a != nil {
				return or(a.PreAuthRef, "none")
			}
			return "none"
		}
		if of, ok := strings.CutSuffix(name, ".response"); ok {
			return claims.Companion(p.keys[of].ID)
		}
		return or(p.keys[name].ID, "none")
	})
}

// act does what a step says; the answer is nil for a step that only sets the clock.
func (p *play) act(ctx context.Context, s *step) (*answer, error) {
	p.wind(s)
	switch s.kind {
	case "submit":
		return p.submit(ctx, s, func(ctx context.Context, doc *codec.Document) (*codec.Document, error) {
			return p.claims.Submit(ctx, principal(s.request.Provider), doc)
		})
	case "create":
		return p.submit(ctx, s, func(ctx context.Context, doc *codec.Document) (*codec.Document, error) {
			stored, err := p.service.Create(ctx, principal(s.request.Provider), doc, resources.CreateOptions{})
			return result(stored, err)
		})
	case "eligibility":
		return p.request(ctx, s, func(ctx context.Context, doc *codec.Document) (*codec.Document, error) {
			return p.eligibility.Submit(ctx, principal(s.request.Provider), doc)
		})
	case "write", "pay", "task":
		return p.request(ctx, s, func(ctx context.Context, doc *codec.Document) (*codec.Document, error) {
			return p.write(ctx, s.name, doc)
		})
	case "balance":
		return p.balance(ctx, s)
	case "cancel":
		return p.cancel(ctx, s.of)
	case "review":
		return p.submit(ctx, s, func(ctx context.Context, doc *codec.Document) (*codec.Document, error) {
			return p.claims.Review(ctx, principal(""), p.keys[s.of].ID, doc)
		})
	}
	return nil, nil
}

// wind sets the clock: to what the step says, else forward to the day that the request is about. It never goes back by
// itself.
func (p *play) wind(s *step) {
	if !s.clock.IsZero() {
		p.now = s.clock
		return
	}
	if s.request == nil {
		return
	}
	if day, err := time.Parse(time.DateOnly, s.request.Day); err == nil && p.now.Before(morning(day)) {
		p.now = morning(day)
	}
}

// request sends the step's resource.
func (p *play) request(ctx context.Context, s *step, send func(context.Context, *codec.Document) (*codec.Document, error)) (*answer, error) {
	doc, issues := codec.Parse(tree.Marshal(s.request.Resource, p.replace), codec.Limits{})
	if len(issues) > 0 {
		return nil, outcome.Rejected(issues)
	}
	got, err := send(ctx, doc)
	if err != nil {
		return nil, err
	}
	return p.read(got)
}

func (p *play) balance(ctx context.Context, s *step) (*answer, error) {
	doc, issues := codec.Parse(tree.Marshal(s.parameters, p.replace), codec.Limits{})
	if len(issues) > 0 {
		return nil, outcome.Rejected(issues)
	}
	got, err := p.eligibility.Balance(ctx, principal(""), s.cover, doc)
	if err != nil {
		return nil, err
	}
	return p.read(got)
}

func (p *play) read(doc *codec.Document) (*answer, error) {
	a, err := readAnswer(doc)
	if err != nil {
		return nil, err
	}
	a.replace, a.earlier = p.replace, p.answers
	return a, nil
}

func (p *play) submit(ctx context.Context, s *step, send func(context.Context, *codec.Document) (*codec.Document, error)) (*answer, error) {
	ctx = claims.WithIdempotencyKey(ctx, s.request.IdempotencyKey)
	a, err := p.request(ctx, s, send)
	if err != nil {
		return nil, err
	}
	if a.billed = s.request.Billed; a.billed == nil && p.answers[s.of] != nil {
		a.billed = p.answers[s.of].billed
	}
	return a, p.remember(ctx, s.name, a)
}

// remember notes the answer to a claim under its name, with the state of its Task.
func (p *play) remember(ctx context.Context, name string, a *answer) error {
	if a.ResourceType != "ClaimResponse" {
		return nil
	}
	a.earlier = map[string]*answer{}
	for name, earlier := range p.answers {
		a.earlier[name] = earlier
	}
	_, claimID, _ := strings.Cut(a.Request.Reference, "/")
	p.keys[name], p.answers[name] = store.Key{Type: "Claim", ID: claimID}, a
	found, err := p.store.Get(ctx, store.System(), store.Key{Type: "Task", ID: claims.Companion(claimID)})
	if err != nil || found[0] == nil {
		return err
	}
	var task struct {
		BusinessStatus struct{ Coding []struct{ Code string } }
	}
	if err := json.Unmarshal(found[0].Body, &task); err != nil {
		return fmt.Errorf("read the claim's task: %w", err)
	}
	for _, c := range task.BusinessStatus.Coding {
		a.state = c.Code
	}
	return nil
}

func decode(body []byte) (any, error) {
	var v any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("read what is stored: %w", err)
	}
	return v, nil
}
