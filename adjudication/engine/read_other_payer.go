package engine

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// answers checks which insurances may come with an answer: those before the focal one, each with its own.
func (r *claimReader) answers(c *Claim) {
	focal := c.Focal()
	for i := range c.Insurance {
		in := &c.Insurance[i]
		if !in.Answer.Given() || in.Focal {
			continue
		}
		if focal != nil && in.Sequence > focal.Sequence {
			r.add(outcome.BusinessRule, in.Answer.at, "Only an insurance before the focal one can have answered already",
				"sequence "+strconv.FormatInt(in.Sequence, 10), "a sequence before "+strconv.FormatInt(focal.Sequence, 10))
		}
		for _, other := range c.Insurance[:i] {
			if in.Answer.Key != "" && other.Answer.Key == in.Answer.Key {
				r.add(outcome.BusinessRule, in.Answer.at, "Another insurance has the same answer", in.Answer.Key, "each insurance's own answer")
			}
		}
	}
}

// ReadOtherPayment reads from another payer's ClaimResponse, which one of the claim's insurances names, what he has paid:
// the benefit of each line, and what his total benefit has beyond them. Issues say why the response cannot count: it is
// not active, decides nothing, or is about another patient, use, cover or bill.
func ReadOtherPayment(doc *codec.Document, c *Claim, in *Insurance) (OtherPayment, []outcome.Issue) {
	r := &otherReader{root: doc.Root(), at: in.Answer.at}
	o := OtherPayment{
		Response: "ClaimResponse/" + strings.Clone(doc.ID()), Version: strings.Clone(doc.VersionID()), Expression: in.Answer.Path(),
	}
	r.same(c, in)
	r.paid(c, &o)
	return o, r.issues
}

// otherReader reports everything at the claim's own element: the response is not the submitter's document.
type otherReader struct {
	problems
	root codec.Value
	at   codec.Value
}

func (r *otherReader) refuse(text, found, expected string) {
	r.add(outcome.BusinessRule, r.at, text, found, expected)
}

// same checks that the response answers the same bill.
func (r *otherReader) same(c *Claim, in *Insurance) {
	if status := r.root.Get(nStatus).Text(); status != "active" {
		r.refuse("The other payer's answer does not stand", "status "+status, "active")
	}
	if decided := r.root.Get(nOutcome).Text(); decided != string(Complete) && decided != string(Partial) {
		r.refuse("The other payer has not decided", "outcome "+decided, "complete or partial")
	}
	if use := r.root.Get(nUse).Text(); use != string(c.Use) {
		r.refuse("The other payer was asked for something else", "use "+use, string(c.Use))
	}
	patient := readReference(r.root, r.root.Get(nPatient))
	if !sameParty(&patient, &c.Patient) {
		r.refuse("The other payer's answer is about another patient", cmp.Or(patient.Key, "another one"), cmp.Or(c.Patient.Key, "the claim's"))
	}
	for v := range r.root.Get(nInsurance).Each() {
		cover := readReference(r.root, v.Get(nCoverage))
		if v.Get(nFocal).Bool() && cover.Key != "" && in.Coverage.Key != "" && cover.Key != in.Coverage.Key {
			r.refuse("The other payer's answer is about another cover", cover.Key, in.Coverage.Key)
		}
	}
}

// sameParty compares by the server's own resource, else by identifier.
func sameParty(a, b *Reference) bool {
	if a.Key != "" && b.Key != "" {
		return a.Key == b.Key
	}
	for _, id := range a.Identifiers {
		if slices.Contains(b.Identifiers, id) {
			return true
		}
	}
	return false
}

// paid reads the benefits of the lines and what the total has beyond them.
func (r *otherReader) paid(c *Claim, o *OtherPayment) {
	var sum money.Decimal
	for item := range r.root.Get(nItem).Each() {
		sequence, _ := item.Get(nItemSequence).Int()
		if !slices.ContainsFunc(c.Lines, func(l ClaimLine) bool { return l.Sequence == sequence }) {
			r.refuse("The other payer's answer is about another claim", "line "+strconv.FormatInt(sequence, 10), "lines of this claim only")
			return
		}
		if amount := r.benefit(item.Get(nAdjudication), o); !amount.IsZero() {
			o.Lines = append(o.Lines, LineAmount{Sequence: sequence, Amount: amount})
			sum = sum.Add(amount)
		}
	}
	slices.SortStableFunc(o.Lines, func(a, b LineAmount) int { return cmp.Compare(a.Sequence, b.Sequence) })
	o.Unassigned = r.benefit(r.root.Get(nTotal), o).Sub(sum).Floor0()
	if !sum.Valid() || !o.Unassigned.Valid() {
		r.refuse("What the other payer paid is too large to be computed", "", "amounts of at most 18 digits")
	}
}

// benefit sums the rows of R4's category benefit.
func (r *otherReader) benefit(rows codec.Value, o *OtherPayment) money.Decimal {
	var sum money.Decimal
	for row := range rows.Each() {
		if !isBenefit(row.Get(nCategory)) {
			continue
		}
		amount := row.Get(nAmount)
		d, err := money.Parse(amount.Get(nValue).Text())
		currency := amount.Get(nCurrency).Text()
		switch {
		case !amount.Exists():
		case err != nil || d.Sign() < 0:
			r.refuse("What the other payer paid cannot be used", amount.Get(nValue).Text(), "0 or more, with at most 18 digits")
		case o.Currency != "" && currency != o.Currency:
			r.refuse("The other payer's answer is in two currencies", currency, o.Currency)
		case !d.IsZero():
			o.Currency = strings.Clone(currency)
			sum = sum.Add(d)
		}
	}
	return sum
}

func isBenefit(category codec.Value) bool {
	for coding := range category.Get(nCoding).Each() {
		if code(coding, nCode) == (scheme.Code{System: R4AdjudicationSystem, Value: "benefit"}) {
			return true
		}
	}
	return false
}
