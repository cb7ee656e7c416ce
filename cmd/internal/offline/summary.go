package offline

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/money"
	"claimwright/fhir/codec"
	"claimwright/store"
)

// Summary counts answers.
type Summary struct {
	// Decided are the claims that have a ClaimResponse; the next figures say how it came out. InError are those whose member,
	// insurer or provider is not known or that could not be computed.
	Decided, Approved, PartlyApproved, Rejected, AwaitingReview, Other, InError int64
	// Refused are lines, or claims in a Bundle of several, that could not be processed.
	Refused int64
	// Billed and Paid are sums by currency.
	Billed, Paid map[string]money.Decimal
}

var (
	nAmount         = codec.Intern("amount")
	nBusinessStatus = codec.Intern("businessStatus")
	nCategory       = codec.Intern("category")
	nCode           = codec.Intern("code")
	nCoding         = codec.Intern("coding")
	nCurrency       = codec.Intern("currency")
	nEntry          = codec.Intern("entry")
	nID             = codec.Intern("id")
	nOutcome        = codec.Intern("outcome")
	nResource       = codec.Intern("resource")
	nResourceType   = codec.Intern("resourceType")
	nTotal          = codec.Intern("total")
)

// count counts an answer, or each in a Bundle.
func (a *Adjudicator) count(ctx context.Context, s *Summary, v codec.Value) error {
	switch v.Get(nResourceType).Text() {
	case "Bundle":
		for e := range v.Get(nEntry).Each() {
			if err := a.count(ctx, s, e.Get(nResource)); err != nil {
				return err
			}
		}
	case "OperationOutcome":
		s.Refused++
	case "ClaimResponse":
		return a.countResponse(ctx, s, v)
	}
	return nil
}

func (a *Adjudicator) countResponse(ctx context.Context, s *Summary, v codec.Value) error {
	s.Decided++
	for t := range v.Get(nTotal).Each() {
		amount := t.Get(nAmount)
		switch t.Get(nCategory).Find(nCoding, nCode).Text() {
		case "submitted":
			if err := sum(&s.Billed, amount); err != nil {
				return err
			}
		case "benefit":
			if err := sum(&s.Paid, amount); err != nil {
				return err
			}
		}
	}
	if v.Get(nOutcome).Text() == string(engine.Failed) {
		s.InError++
		return nil
	}
	state, err := a.state(ctx, v.Get(nID).Text())
	if err != nil {
		return err
	}
	switch state {
	case engine.Approved:
		s.Approved++
	case engine.PartlyApproved:
		s.PartlyApproved++
	case engine.Rejected:
		s.Rejected++
	case engine.AwaitingReview:
		s.AwaitingReview++
	default:
		s.Other++
	}
	return nil
}

// state is the business state in the life-cycle Task of a decision, which has the id of the response.
func (a *Adjudicator) state(ctx context.Context, id string) (engine.State, error) {
	found, err := a.store.Get(ctx, store.System(), store.Key{Type: "Task", ID: id})
	if err != nil || found[0] == nil {
		return "", fmt.Errorf("ClaimResponse/%s: %w", id, errNoTask)
	}
	task, issues := codec.Parse(found[0].Body, codec.Limits{})
	if len(issues) > 0 {
		return "", fmt.Errorf("read Task/%s: %s", id, issues[0].Text)
	}
	return engine.State(task.Root().Find(nBusinessStatus, nCoding, nCode).Text()), nil
}

func sum(sums *map[string]money.Decimal, amount codec.Value) error {
	d, err := money.Parse(string(amount.Get(nValue).Raw()))
	if err != nil {
		return fmt.Errorf("read a total: %w", err)
	}
	if *sums == nil {
		*sums = map[string]money.Decimal{}
	}
	currency := strings.Clone(amount.Get(nCurrency).Text())
	(*sums)[currency] = (*sums)[currency].Add(d)
	return nil
}

// add adds the counts of another summary.
func (s *Summary) add(o *Summary) {
	for to, n := range map[*int64]int64{
		&s.Decided: o.Decided, &s.Approved: o.Approved, &s.PartlyApproved: o.PartlyApproved, &s.Rejected: o.Rejected,
		&s.AwaitingReview: o.AwaitingReview, &s.Other: o.Other, &s.InError: o.InError, &s.Refused: o.Refused,
	} {
		*to += n
	}
	addSums(&s.Billed, o.Billed)
	addSums(&s.Paid, o.Paid)
}

func addSums(to *map[string]money.Decimal, more map[string]money.Decimal) {
	if *to == nil && len(more) > 0 {
		*to = map[string]money.Decimal{}
	}
	for currency, amount := range more {
		(*to)[currency] = (*to)[currency].Add(amount)
	}
}

// Write writes the summary for a person; took is how long deciding took.
func (s *Summary) Write(w io.Writer, took time.Duration) error {
	rows := []struct {
		name   string
		n      int64
		always bool
	}{
		{"decided", s.Decided, true}, {"  approved", s.Approved, true}, {"  partly approved", s.PartlyApproved, true},
		{"  rejected", s.Rejected, true}, {"  awaiting review", s.AwaitingReview, true}, {"  otherwise", s.Other, false},
		{"  in error", s.InError, s.InError > 0}, {"refused", s.Refused, true},
	}
	for _, r := range rows {
		if !r.always && r.n == 0 {
			continue
		}
		if _, err := fmt.Fprintf(w, "%-18s%14d\n", r.name, r.n); err != nil {
			return err
		}
	}
	for _, currency := range slices.Sorted(maps.Keys(s.Billed)) {
		if _, err := fmt.Fprintf(w, "%-18s%14s %s\n%-18s%14s %s\n",
			"billed", s.Billed[currency], currency, "paid", s.Paid[currency], currency); err != nil {
			return err
		}
	}
	rate := float64(s.Decided+s.Refused) / max(took.Seconds(), 1e-6)
	_, err := fmt.Fprintf(w, "%-18s%14.0f (%s)\n", "claims a second", rate, took.Round(time.Millisecond))
	return err
}
