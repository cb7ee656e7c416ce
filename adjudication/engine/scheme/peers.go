package scheme

import (
	"slices"
	"strings"

	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/rules/value"
	"claimwright/fhir/codec"
)

// MeasurePeers is the Measure whose MeasureReports tell a scheme what is usual.
const MeasurePeers = Base + "/Measure/peers"

// IsPeers tells whether a document is such a report.
func IsPeers(doc *codec.Document) bool {
	return doc.Type() == "MeasureReport" && doc.Root().Get(nMeasure).Text() == MeasurePeers
}

// Peers are what is usual among the facilities of an insurer, as a report that was computed once says it. The nil Peers know
// nothing.
type Peers struct {
	Source
	services   map[string][]Usual // by the item's ID
	facilities map[string]Mix
	levels     map[Level]Mix
}

// Usual is what is usual for a service at the facilities of one level.
type Usual struct {
	// Level is of the facilities; NoLevel of all.
	Level Level
	// Lines is how many lines it was computed from.
	Lines                                                        int
	QuantityMedian, Quantity95, PriceMedian, Price95, PerMonth95 money.Decimal
}

// Usual is what is usual for a service at facilities of a level, or else at all; the zero Usual when that is not known.
func (p *Peers) Usual(item string, level Level) (usual Usual) {
	if p == nil {
		return Usual{}
	}
	for _, u := range p.services[item] {
		if u.Level == level {
			return u
		}
		if u.Level == NoLevel {
			usual = u
		}
	}
	return usual
}

// Facility is what a facility claims; nil when that is not known.
func (p *Peers) Facility(key string) Mix {
	if p == nil {
		return nil
	}
	return p.facilities[key]
}

// AtLevel is what the facilities of a level claim together.
func (p *Peers) AtLevel(level Level) Mix {
	if p == nil {
		return nil
	}
	return p.levels[level]
}

// Mix is how many lines with each code were claimed, sorted by code.
type Mix []claimedCode

type claimedCode struct {
	code  string
	lines int
}

// Lines is how many were of a set.
func (p Mix) Lines(of *value.Codes) int {
	n := 0
	for i := range p {
		if of.Has(p[i].code) {
			n += p[i].lines
		}
	}
	return n
}

// Share is the percentage, with two digits, that the lines of a set have in those of another; 0 when that has none.
func (p Mix) Share(of, among *value.Codes) money.Decimal {
	part, whole := 0, 0
	for i := range p {
		if among.Has(p[i].code) {
			if whole += p[i].lines; of.Has(p[i].code) {
				part += p[i].lines
			}
		}
	}
	if whole == 0 {
		return money.Decimal{}
	}
	return money.New((int64(part)*20_000+int64(whole))/(2*int64(whole)), 2)
}

// mixOf sorts counts by code.
func mixOf(counts map[string]int) Mix {
	p := make(Mix, 0, len(counts))
	for code, lines := range counts {
		p = append(p, claimedCode{code, lines})
	}
	slices.SortFunc(p, func(a, b claimedCode) int { return strings.Compare(a.code, b.code) })
	return p
}
