package eligibility

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

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

// Balance is Coverage/[id]/$balance: what remains of every limit of a cover's plan on a day, by the heads as they are now.
// It writes nothing. The input may be nil or Parameters with `date`; the answer is Parameters, see writeBalances. Errors
// are outcome.Errors: 404 and 410 for the Coverage, 400 and 422 for what cannot be answered.
func (e *Eligibility) Balance(ctx context.Context, p resources.Principal, coverageID string, input *codec.Document) (*codec.Document, error) {
	in, err := readBalanceInput(input, "date")
	if err != nil {
		return nil, err
	}
	return e.balances(ctx, p, func(ctx context.Context, u *resources.Unit) (*balanceQuestion, error) {
		record, err := u.Reads().Read(ctx, p, store.Key{Type: "Coverage", ID: coverageID})
		if err != nil {
			return nil, err
		}
		doc, issues := codec.Parse(record.Body, codec.Limits{MaxBytes: len(record.Body)})
		if len(issues) > 0 {
			return nil, outcome.Rejected(issues)
		}
		item := intake.Alone(doc, e.options.Base)
		patient, err := parties.New(item).Patient(ctx, u, doc.Root().Get(nBeneficiary))
		if err != nil {
			return nil, err
		}
		if patient == "" {
			return nil, unanswerable("Coverage.beneficiary", "The beneficiary of the cover is not known.")
		}
		return &balanceQuestion{date: in.date, patient: patient, cover: coverageID}, nil
	})
}

// Balances is Coverage/$balance: the same for every cover of a patient, who is named by `patient`, a reference or
// "system|value" of an identifier.
func (e *Eligibility) Balances(ctx context.Context, p resources.Principal, input *codec.Document) (*codec.Document, error) {
	in, err := readBalanceInput(input, "date", "patient")
	if err != nil {
		return nil, err
	}
	if in.patient == "" {
		return nil, outcome.New(http.StatusBadRequest, outcome.Required, "Parameters.parameter", "The parameter patient is missing.")
	}
	return e.balances(ctx, p, func(ctx context.Context, u *resources.Unit) (*balanceQuestion, error) {
		patient, err := findPatient(ctx, u, in.patient)
		if err != nil {
			return nil, err
		}
		if _, err := u.Reads().Read(ctx, p, store.Key{Type: "Patient", ID: patient}); err != nil {
			return nil, err
		}
		return &balanceQuestion{date: in.date, patient: patient}, nil
	})
}

// balanceQuestion asks for the balances of one cover of a patient, or of all.
type balanceQuestion struct {
	patient, cover string
	// date is 0 for today.
	date   day.Date
	scheme *scheme.Scheme
	member heads.Member
	now    time.Time
}

// balances reads what the answer rests on: as with a decision, the scheme's epoch comes with the member's head.
func (e *Eligibility) balances(ctx context.Context, p resources.Principal, ask func(context.Context, *resources.Unit) (*balanceQuestion, error)) (*codec.Document, error) {
	var body []byte
	err := e.service.Do(ctx, p, nil, func(ctx context.Context, u *resources.Unit) error {
		q, err := ask(ctx, u)
		if err != nil {
			return err
		}
		q.now = u.Now()
		err = e.schemes.Settle(ctx, u, func(sch *scheme.Scheme) (err error) {
			if err := e.schemes.Prefetch(ctx, u, q.patient); err != nil {
				return err
			}
			q.scheme = sch
			q.member, err = heads.ReadMember(ctx, u, q.patient)
			return err
		})
		if err != nil {
			return err
		}
		body, err = q.answer(ctx, u)
		return err
	})
	if err != nil {
		return nil, err
	}
	doc, issues := codec.Parse(body, codec.Limits{MaxBytes: len(body)})
	if len(issues) > 0 {
		return nil, outcome.Rejected(issues)
	}
	return doc, nil
}

func (q *balanceQuestion) answer(ctx context.Context, u *resources.Unit) ([]byte, error) {
	if !q.member.Known() {
		return nil, unanswerable("", "The patient is not a known member.")
	}
	var inquiries []engine.Inquiry
	var ids []string
	for i := range q.member.Covers {
		cover := &q.member.Covers[i]
		if q.cover != "" && cover.ID != q.cover {
			continue
		}
		inquiry := q.inquiry(cover)
		inquiries, ids = append(inquiries, inquiry), append(ids, inquiry.Heads()...)
	}
	if len(inquiries) == 0 && q.cover != "" {
		return nil, unanswerable("Coverage", "The cover is none of the beneficiary's that claims are decided by.")
	}
	slices.Sort(ids)
	policies, err := heads.ReadPolicies(ctx, u, slices.Compact(ids)...)
	if err != nil {
		return nil, err
	}
	var standings []balanceOf
	for i := range inquiries {
		inquiry := &inquiries[i]
		for _, p := range policies {
			inquiry.Policies = append(inquiry.Policies, p.Policy)
		}
		standings = append(standings, balanceOf{engine.Standings(inquiry)[0], inquiry.At})
	}
	return writeBalances(standings), nil
}

// balanceOf is how a cover stands on a day.
type balanceOf struct {
	engine.Standing
	at day.Date
}

// inquiry asks about one cover alone, on the day in the time zone of its insurer.
func (q *balanceQuestion) inquiry(cover *ledger.Cover) engine.Inquiry {
	alone := *q.member.Member
	alone.Covers = []ledger.Cover{*cover}
	zone := time.UTC
	if insurer := q.scheme.Insurer(cover.Insurer); insurer != nil {
		zone = insurer.Zone
	}
	today := day.In(q.now, zone)
	at := q.date
	if at == 0 {
		at = today
	}
	return engine.Inquiry{Scheme: q.scheme, Member: &alone, At: at, Today: today}
}

func unanswerable(at, text string) error {
	return outcome.New(http.StatusUnprocessableEntity, outcome.BusinessRule, at, "%s", text)
}

// findPatient finds a patient by a reference or an identifier.
func findPatient(ctx context.Context, u *resources.Unit, named string) (string, error) {
	if id, ok := strings.CutPrefix(named, "Patient/"); ok {
		return id, nil
	}
	if system, value, ok := strings.Cut(named, "|"); ok && value != "" {
		holders, err := u.Holders(ctx, "Patient", system, value)
		if err == nil && len(holders) == 1 {
			return holders[0].ID, nil
		}
	}
	refused := outcome.New(http.StatusUnprocessableEntity, outcome.BusinessRule, "Parameters.parameter", "The patient is not known.")
	refused.Issues[0].Expected = "Patient/id, or system|value of an identifier that one alone carries"
	return "", refused
}
