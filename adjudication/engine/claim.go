package engine

import (
	"cmp"
	"fmt"
	"strconv"
	"time"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
)

// Use is Claim.use (R4 claim-use).
type Use string

// The uses.
const (
	UseClaim            Use = "claim"
	UsePreauthorization Use = "preauthorization"
	UsePredetermination Use = "predetermination"
)

// Claim is what the engine reads of a Claim resource. Its strings share the document's memory.
type Claim struct {
	Use Use
	// Type is the first code of Claim.type, such as "institutional".
	Type string
	// Patient, Insurer and Provider are as the claim names them. The use case sets their Key to the server's own resource
	// where it found one, before it decides.
	Patient, Insurer, Provider Reference
	// Insurance is in the order of its sequence.
	Insurance []Insurance
	Billable  day.Span
	Created   day.Moment
	// Diagnoses are those that have a code.
	Diagnoses []Diagnosis
	Visit     scheme.VisitType
	// Reimburses says that the member has paid and is to be paid: the payee is the subscriber. Receipt says that the claim
	// brings evidence of it.
	Reimburses, Receipt bool
	// Event is the illness, accident or visit that limits per event count together.
	Event Event
	// Documents are the kinds of what is attached: the codes of each supportingInfo that carries something, or its category.
	Documents []string
	// Final says that no other claim will come on the authorizations that this one names.
	Final bool
	// Unreserved says that a preauthorization is to set no funds aside.
	Unreserved bool
	// Lines are what is decided, each on its own: an item, or, where it has details, each of these, or their sub-details.
	// They are sorted by their numbers.
	Lines []ClaimLine
	// total is the claim's, where only the exchange rates tell whether it is the sum of the lines.
	total claimed
	// Wholes are the items and details that have parts, an item before its details.
	Wholes []Whole
}

// Reference is how a claim names another resource.
type Reference struct {
	at codec.Value
	// Key is "Organization/x": the literal reference without its server and version, empty for contained and logical
	// references.
	Key string
	// Identifiers are the logical reference's and, of a contained resource, that resource's own.
	Identifiers []scheme.Code
}

// Path is the FHIRPath of the element, for messages; empty when the claim has no such element.
func (r *Reference) Path() string {
	if !r.at.Exists() {
		return ""
	}
	return r.at.Path()
}

// Given tells whether the claim has the element at all.
func (r *Reference) Given() bool { return r.at.Exists() || r.Key != "" || len(r.Identifiers) > 0 }

// Insurance is Claim.insurance.
type Insurance struct {
	Sequence int64
	Focal    bool
	Coverage Reference
	// Authorizations are the numbers of authorizations (preAuthRef) that the claim is to be counted against.
	Authorizations []string
	// Answer is the ClaimResponse of a payer who was asked before; only insurances before the focal one may have it.
	Answer Reference
}

// Focal is the insurance to be used for adjudication, nil if the claim has none.
func (c *Claim) Focal() *Insurance {
	for i := range c.Insurance {
		if c.Insurance[i].Focal {
			return &c.Insurance[i]
		}
	}
	return nil
}

// ClaimLine is one Claim.item, item.detail or item.detail.subDetail. Details have the dates of their item.
type ClaimLine struct {
	// Sequence is the item's, Detail that of the detail, SubDetail that of the sub-detail; 0 where the line is none.
	Sequence, Detail, SubDetail int64
	// Index is its place in Claim.item, the others are the places in the lists beneath.
	Index, detailIndex, subDetailIndex int
	// diagnosisSequence are the item's pointers to Diagnosis.Sequence, absent when it has none.
	diagnosisSequence codec.Value
	// Codes are the codings of productOrService, in order.
	Codes []scheme.Code
	// Modifiers are the codings of each modifier, in order.
	Modifiers [][]scheme.Code
	// Serviced is servicedPeriod, or servicedDate as both ends with Day set.
	Serviced day.Span
	Day      bool
	// Quantity and Factor are 1 when absent.
	Quantity, Factor money.Decimal
	// Unit is unitPrice when HasUnit; Net is net when HasNet.
	Unit, Net       money.Decimal
	HasUnit, HasNet bool
	// Override is why the price may be above the agreed one; empty where the line does not ask for that.
	Override string
	// Currency is that of unitPrice or net, empty when neither names one.
	Currency string
}

// billedUnit is the unit price with its factor; ok is false for a line that was billed as a net amount only.
func (l *ClaimLine) billedUnit() (unit money.Decimal, ok bool) {
	if !l.HasUnit || l.Factor.Equal(money.Whole(1)) {
		return l.Unit, l.HasUnit
	}
	_, digits := l.Unit.Parts()
	_, more := l.Factor.Parts()
	unit = l.Unit.Times(l.Factor, min(digits+more, money.MaxScale))
	return unit, unit.Valid()
}

// Path is the line's FHIRPath.
func (l *ClaimLine) Path() string {
	path := fmt.Sprintf("Claim.item[%d]", l.Index)
	if l.Detail != 0 {
		path += fmt.Sprintf(".detail[%d]", l.detailIndex)
	}
	if l.SubDetail != 0 {
		path += fmt.Sprintf(".subDetail[%d]", l.subDetailIndex)
	}
	return path
}

// Number is how people call the line: "2", or "2.1" and "2.1.3" for a detail and a sub-detail of item 2.
func (l *ClaimLine) Number() string {
	number := strconv.FormatInt(l.Sequence, 10)
	for _, n := range [...]int64{l.Detail, l.SubDetail} {
		if n != 0 {
			number += "." + strconv.FormatInt(n, 10)
		}
	}
	return number
}

// compare orders lines by their numbers; a whole comes before its parts.
func (l *ClaimLine) compare(other *ClaimLine) int {
	return cmp.Or(cmp.Compare(l.Sequence, other.Sequence), cmp.Compare(l.Detail, other.Detail), cmp.Compare(l.SubDetail, other.SubDetail))
}

// Whole is an item or a detail that has parts. What it states itself is in its ClaimLine; its net is the sum of the parts
// where it states no price and the parts do.
type Whole struct {
	ClaimLine
	// First and Count tell which of Claim.Lines are its parts, or parts of these.
	First, Count int
	// Undivided says that the whole has a price and no part of it has one: the parts only say what the price is for.
	Undivided bool
}

// Target is the line's target date in a time zone: the end of its period, its day, the end or the start of the billable
// period, whichever is first present; 0 when none is.
func (c *Claim) Target(l *ClaimLine, zone *time.Location) day.Date {
	for _, d := range [...]day.Date{
		l.Serviced.End.Last(zone), c.Billable.End.Last(zone), c.Billable.Start.First(zone),
	} {
		if d != 0 {
			return d
		}
	}
	return 0
}

// Admission is the day on which the line's stay began: the start of its period, else of the billable period, else the
// target date.
func (c *Claim) Admission(l *ClaimLine, zone *time.Location) day.Date {
	for _, d := range [...]day.Date{l.Serviced.Start.First(zone), c.Billable.Start.First(zone)} {
		if d != 0 {
			return d
		}
	}
	return c.Target(l, zone)
}

// MultiDay tells whether the claim is for a stay of more than one day: by its billable period, or else by the period of
// any line.
func (c *Claim) MultiDay(zone *time.Location) bool {
	if span := c.Billable.In(zone); span.From != 0 && span.To != 0 {
		return span.From != span.To
	}
	for i := range c.Lines {
		span := c.Lines[i].Serviced.In(zone)
		if !c.Lines[i].Day && span.From != 0 && span.To != 0 && span.From != span.To {
			return true
		}
	}
	return false
}
