package engine

import (
	"fmt"
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
	Visit     scheme.VisitType
	// Lines are sorted by sequence.
	Lines []ClaimLine
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

// ClaimLine is one Claim.item.
type ClaimLine struct {
	Sequence int64
	// Index is its place in Claim.item.
	Index int
	// Codes are the codings of productOrService, in order.
	Codes []scheme.Code
	// Serviced is servicedPeriod, or servicedDate as both ends with Day set.
	Serviced day.Span
	Day      bool
	// Quantity and Factor are 1 when absent.
	Quantity, Factor money.Decimal
	// Unit is unitPrice when HasUnit; Net is net when HasNet.
	Unit, Net       money.Decimal
	HasUnit, HasNet bool
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
func (l *ClaimLine) Path() string { return fmt.Sprintf("Claim.item[%d]", l.Index) }

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
