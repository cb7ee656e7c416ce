package profile

import (
	"context"
	"fmt"
	"slices"

	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
	"claimwright/fhir/search"
	"claimwright/store"
)

// claimsAtOnce is how many claims are read at once.
const claimsAtOnce = 500

// Request says what a profile is computed from.
type Request struct {
	// Insurer is "Organization/x".
	Insurer string
	// Since and Until are the first and the last date of service that count.
	Since, Until day.Date
	// Least is from how many lines on anything is said of a service: of fewer, nothing is usual.
	Least int
}

// Compute reads the active claims of use claim. Progress is told after each page; it may be nil. The store may be in use. The
// report is the same for the same claims, in whatever order they are read.
func Compute(ctx context.Context, st store.Store, sch *scheme.Scheme, r Request, progress func(done, total int64)) (*Report, error) {
	insurer := sch.Insurer(r.Insurer)
	if insurer == nil {
		return nil, fmt.Errorf("%q is no insurer of the scheme", r.Insurer)
	}
	g := &gathering{Request: r, sch: sch, insurer: insurer, services: map[string]*service{}}
	q := &search.Query{Type: "Claim", Count: claimsAtOnce}
	total, err := st.Count(ctx, store.System(), q)
	if err != nil {
		return nil, fmt.Errorf("count the claims: %w", err)
	}
	done := int64(0)
	for after := store.Position(""); ; {
		page, err := st.Search(ctx, store.System(), q, after)
		if err != nil {
			return nil, fmt.Errorf("read the claims: %w", err)
		}
		for _, record := range page.Records {
			if err := g.record(record); err != nil {
				return nil, err
			}
		}
		if done += int64(len(page.Records)); progress != nil {
			progress(done, max(done, total))
		}
		if after = page.Next; after == "" {
			return g.report(), nil
		}
	}
}

var nStatus = codec.Intern("status")

// gathering are the figures so far.
type gathering struct {
	Request
	sch      *scheme.Scheme
	insurer  *scheme.Insurer
	claims   int
	services map[string]*service // by the item's ID
}

// service is what was claimed of one service.
type service struct {
	code       scheme.Code
	levels     [4]figures // by the level of the facility; NoLevel has all
	facilities map[string]int
	// months are the lines of each member in each calendar month.
	months map[memberMonth]int
}

type memberMonth struct {
	member string
	month  day.Date
}

// figures are counts of equal quantities and prices.
type figures struct {
	lines              int
	quantities, prices map[money.Decimal]int
}

func (f *figures) add(quantity, price money.Decimal, priced bool) {
	if f.quantities == nil {
		f.quantities, f.prices = map[money.Decimal]int{}, map[money.Decimal]int{}
	}
	f.lines++
	f.quantities[quantity]++
	if priced {
		f.prices[price]++
	}
}

func (g *gathering) record(r *store.Record) error {
	doc, issues := codec.Parse(r.Body, codec.Limits{MaxBytes: 1 << 30})
	if len(issues) > 0 {
		return fmt.Errorf("the stored %s cannot be read: %s", r.Key, issues[0].Text)
	}
	if doc.Root().Get(nStatus).Text() != "active" {
		return nil
	}
	claim, issues := engine.ReadClaim(doc)
	if len(issues) > 0 || claim.Use != engine.UseClaim || g.organization(&claim.Insurer) != g.insurer.Key {
		return nil // what could not be decided tells nothing of what is usual
	}
	facility := g.sch.Facility(g.organization(&claim.Provider))
	if facility == nil {
		return nil
	}
	counted := false
	for i := range claim.Lines {
		counted = g.line(claim, &claim.Lines[i], facility) || counted
	}
	if counted {
		g.claims++
	}
	return nil
}

// organization is the key of an organisation that a claim names, by literal or by identifier.
func (g *gathering) organization(ref *engine.Reference) string {
	if g.sch.Insurer(ref.Key) != nil || g.sch.Facility(ref.Key) != nil {
		return ref.Key
	}
	for _, id := range ref.Identifiers {
		if keys := g.sch.Organizations(id); len(keys) == 1 {
			return keys[0]
		}
	}
	return ""
}

func (g *gathering) line(claim *engine.Claim, l *engine.ClaimLine, facility *scheme.Facility) bool {
	at := claim.Target(l, g.insurer.Zone)
	if at == 0 || at < g.Since || at > g.Until {
		return false
	}
	var item *scheme.Item
	for _, code := range l.Codes {
		if item = g.sch.Item(code, at); item != nil {
			break
		}
	}
	if item == nil {
		return false
	}
	s := g.services[item.ID]
	if s == nil {
		s = &service{code: item.Codes[0], facilities: map[string]int{}, months: map[memberMonth]int{}}
		g.services[item.ID] = s
	}
	priced := l.HasUnit && (l.Currency == "" || l.Currency == g.insurer.Currency)
	quantity, price := shortest(l.Quantity), shortest(l.Unit)
	s.levels[scheme.NoLevel].add(quantity, price, priced)
	if facility.Level != scheme.NoLevel {
		s.levels[facility.Level].add(quantity, price, priced)
	}
	s.facilities[facility.Key]++
	if claim.Patient.Key != "" {
		s.months[memberMonth{claim.Patient.Key, at.Month().From}]++
	}
	return true
}

// shortest is a number without zeros at its end, so that equal numbers are counted together.
func shortest(d money.Decimal) money.Decimal {
	coef, scale := d.Parts()
	for ; scale > 0 && coef%10 == 0; scale-- {
		coef /= 10
	}
	return money.New(coef, scale)
}

// percentile is the smallest number that so many percent of all do not exceed; 0 of none.
func percentile(counts map[money.Decimal]int, percent int) money.Decimal {
	numbers := make([]money.Decimal, 0, len(counts))
	total := 0
	for n, times := range counts {
		numbers, total = append(numbers, n), total+times
	}
	slices.SortFunc(numbers, money.Decimal.Cmp)
	below := 0
	for _, n := range numbers {
		if below += counts[n]; below*100 >= total*percent {
			return n
		}
	}
	return money.Decimal{}
}
