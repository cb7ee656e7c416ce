package eligibility

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"claimwright/adjudication/claims"
	"claimwright/adjudication/claims/heads"
	"claimwright/adjudication/claims/intake"
	"claimwright/adjudication/claims/parties"
	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store"
	"claimwright/store/resources"
)

// question is a request as the engine is asked.
type question struct {
	// doc is the request as it will be stored.
	doc      *codec.Document
	known    intake.Known
	scheme   *scheme.Scheme
	insurer  *scheme.Insurer // nil when it is not known
	facility string          // "Organization/x", empty when it is not known
	member   heads.Member
	// named are the covers that the request names, by the index of its insurance; nil where it is none of the member's.
	named    []*ledger.Cover
	purposes purposes
	inquiry  engine.Inquiry
	// trials are the dry runs of a claim, one for each cover asked about.
	trials []trial
}

// purposes are CoverageEligibilityRequest.purpose.
type purposes struct{ validation, benefits, authorization, discovery bool }

func purposesOf(request codec.Value) (p purposes) {
	for v := range request.Get(nPurpose).Each() {
		switch v.Text() {
		case "validation":
			p.validation = true
		case "benefits":
			p.benefits = true
		case "auth-requirements":
			p.authorization = true
		case "discovery":
			p.discovery = true
		}
	}
	return p
}

// answer answers a request and stages both resources.
func (e *Eligibility) answer(ctx context.Context, u *resources.Unit, it *intake.Item, key store.Key, how resources.Interaction) (*answered, error) {
	q, err := e.ask(ctx, u, it)
	if err != nil {
		return nil, err
	}
	to := responseKey(key.ID)
	if err := vacant(ctx, u, key, to); err != nil {
		return nil, err
	}
	body := write(q, to.ID, key.String(), u.Now())
	response, issues := codec.Parse(body, codec.Limits{MaxBytes: len(body)})
	if len(issues) > 0 {
		return nil, fmt.Errorf("the response that was made is not valid: %s: %s", issues[0].Expression, issues[0].Text)
	}
	request, err := u.Put(ctx, key, q.doc, how)
	if err != nil {
		return nil, err
	}
	stored, err := u.Put(ctx, to, response, how)
	if err != nil {
		return nil, err
	}
	return &answered{request: request, response: stored.Doc, known: q.known}, nil
}

func responseKey(requestID string) store.Key {
	return store.Key{Type: responseType, ID: claims.Companion(requestID)}
}

// vacant makes sure that the response does not overwrite one that answers something else. A request under an id of the
// server's own is new, and so is its response.
func vacant(ctx context.Context, u *resources.Unit, request, response store.Key) error {
	if request.ID == response.ID {
		return nil
	}
	found, err := u.Get(ctx, store.System(), response)
	if err != nil {
		return fmt.Errorf("read %s: %w", response, err)
	}
	if found[0] == nil || found[0].Deleted {
		return nil
	}
	doc, issues := codec.Parse(found[0].Body, codec.Limits{MaxBytes: len(found[0].Body)})
	if len(issues) > 0 || doc.Root().Get(nRequest).Get(nReference).Text() != request.String() {
		return outcome.New(http.StatusConflict, outcome.Conflict, requestType+".id",
			"%s exists already and would have to belong to this request; give the request another id.", response)
	}
	return nil
}

// ask reads what the answer rests on: as with claims, the scheme's epoch comes with the member's head.
func (e *Eligibility) ask(ctx context.Context, u *resources.Unit, it *intake.Item) (q *question, err error) {
	err = e.schemes.Settle(ctx, u, func(sch *scheme.Scheme) (err error) {
		q, err = e.askWith(ctx, u, it, sch)
		return err
	})
	if err != nil {
		return nil, err
	}
	return q, q.readPolicies(ctx, u)
}

func (e *Eligibility) askWith(ctx context.Context, u *resources.Unit, it *intake.Item, sch *scheme.Scheme) (*question, error) {
	root := it.Doc.Root()
	who := parties.New(it)
	q := &question{scheme: sch, purposes: purposesOf(root)}
	q.insurer = sch.Insurer(who.Insurer(root.Get(nInsurer), sch))
	q.facility = who.Provider(root.Get(nProvider), sch)
	patient, err := who.Patient(ctx, u, root.Get(nPatient))
	if err != nil {
		return nil, err
	}
	if err := e.schemes.Prefetch(ctx, u, patient, resources.Guards(it.Doc)...); err != nil {
		return nil, err
	}
	if patient != "" {
		if q.member, err = heads.ReadMember(ctx, u, patient); err != nil {
			return nil, err
		}
	}
	if q.member.Known() {
		who.Covers(root, q.member.Member)
		for in := range root.Get(nInsurance).Each() {
			q.named = append(q.named, who.Cover(in.Get(nCoverage), q.member.Member))
		}
	}
	q.known = who.Known
	doc, issues := it.Settle(q.known)
	if len(issues) > 0 {
		return nil, outcome.Rejected(issues)
	}
	q.doc = doc
	return q, nil
}

// readPolicies reads the policies of the covers asked for and completes the inquiry.
func (q *question) readPolicies(ctx context.Context, u *resources.Unit) error {
	if !q.answerable() {
		return nil
	}
	q.inquiry = engine.Inquiry{Scheme: q.scheme, Member: q.member.Member}
	if !q.purposes.discovery {
		q.inquiry.Insurer = q.insurer.Key
	}
	q.inquiry.Today = day.In(u.Now(), q.insurer.Zone)
	q.inquiry.At, q.inquiry.Until = servicedDays(q.doc.Root(), q.insurer.Zone, u.Now())
	if err := q.prepareTrials(u.Now()); err != nil {
		return err
	}
	ids := append(q.inquiry.Heads(), q.trialHeads()...)
	slices.Sort(ids)
	policies, err := heads.ReadPolicies(ctx, u, slices.Compact(ids)...)
	if err != nil {
		return err
	}
	for _, p := range policies {
		q.inquiry.Policies = append(q.inquiry.Policies, p.Policy)
	}
	q.decideTrials(u.Now())
	return nil
}

func (q *question) answerable() bool { return q.member.Known() && q.insurer != nil }

// servicedDays are the days asked for: serviced[x], or today.
func servicedDays(request codec.Value, zone *time.Location, now time.Time) (at, until day.Date) {
	days := servicedSpan(request).In(zone)
	switch {
	case days.From == 0 && days.To == 0:
		return day.In(now, zone), 0
	case days.From == 0:
		return days.To, 0
	}
	return days.From, days.To
}

// servicedSpan is serviced[x] as it was sent, nothing where it is absent.
func servicedSpan(request codec.Value) (span day.Span) {
	if single := request.Get(nServicedDate); single.Exists() {
		span.Start, _ = day.ParseMoment(single.Text())
		span.End = span.Start
		return span
	}
	period := request.Get(nServicedPeriod)
	span.Start, _ = day.ParseMoment(period.Get(nStart).Text())
	span.End, _ = day.ParseMoment(period.Get(nEnd).Text())
	return span
}
