package engine

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/money"
)

// oracleCase is a valuation without anything around it; all numbers are decimal text.
type oracleCase struct {
	Lines       []oracleLine `json:"lines"`
	Deductibles [][2]string  `json:"deductibles"`
	Ceilings    [][2]string  `json:"ceilings"`
	Category    *string      `json:"category"`
	Rows        [][]string   `json:"rows"`
	Deducted    string       `json:"deducted"`
	Counted     string       `json:"counted"`
}

type oracleLine struct {
	Qty      string  `json:"qty"`
	List     string  `json:"list"`
	Billed   *string `json:"billed"`
	Lim      string  `json:"lim"`
	LimVal   string  `json:"limval"`
	Excluded bool    `json:"excluded"`
	Origin   string  `json:"origin"`
}

// run puts the case through the whole engine.
func (o *oracleCase) run(t testing.TB) *Decision {
	f := newFixture(t)
	f.policy.Uses = nil
	o.limits(f, "deductible", o.Deductibles)
	o.limits(f, "ceiling", o.Ceilings)
	if o.Category != nil {
		f.plan = append(f.plan, "plan-category-limit category=consultation amount="+*o.Category)
	}
	for i, l := range o.Lines {
		code := string(rune('A' + i))
		f.register[code], f.prices[code] = "category=consultation", l.List
		benefit := "plan-benefit kind=coinsurance item=" + code + " percent=" + l.LimVal
		if l.Lim == "F" {
			benefit = "plan-benefit kind=fixed item=" + code + " amount=" + l.LimVal
		}
		if l.Excluded {
			benefit += " ceilingExclusion=both"
		}
		if l.Origin == "O" {
			benefit += " priceOrigin=provider"
		}
		f.plan = append(f.plan, benefit)
		billed := ""
		if l.Billed != nil {
			billed = *l.Billed
		}
		f.line(code, l.Qty, billed)
	}
	return f.decide()
}

func (o *oracleCase) limits(f *fixture, kind string, limits [][2]string) {
	for i, l := range limits {
		id := fmt.Sprintf("%s-%d", kind, i)
		f.plan = append(f.plan, fmt.Sprintf("plan-limit id=%s kind=%s scope=policy amount=%s", id, kind, l[0]))
		used, err := money.Parse(l[1])
		require.NoError(f.t, err)
		at := len(f.policy.Uses)
		if kind == "ceiling" { // the head is sorted by limit
			at = i
		}
		rest := append([]ledger.Use{{Limit: id, Period: day.Period{To: f.policy.Period.To}, Amount: used}}, f.policy.Uses[at:]...)
		f.policy.Uses = append(f.policy.Uses[:at:at], rest...)
	}
}

func rows(d *Decision) [][]string {
	var all [][]string
	for i := range d.Lines {
		l := &d.Lines[i]
		row := []string{}
		for _, a := range []money.Decimal{
			l.Submitted, l.PriceReduction, l.OverFixedLimit, l.Deductible, l.CoPayment, l.OverCategory, l.OverCeiling, l.Paid,
		} {
			row = append(row, a.Round(2).String())
		}
		all = append(all, row)
	}
	return all
}

// The file's member "made" says where its numbers come from and what the columns are.
func TestRecordedValuations(t *testing.T) {
	packed, err := os.Open("testdata/valuation_vectors.json.gz")
	require.NoError(t, err)
	defer packed.Close()
	body, err := gzip.NewReader(packed)
	require.NoError(t, err)
	var file struct{ Cases []oracleCase }
	require.NoError(t, json.NewDecoder(body).Decode(&file))
	require.Len(t, file.Cases, 4000)
	for i := range file.Cases {
		o := &file.Cases[i]
		d := o.run(t)
		require.Equal(t, o.Rows, rows(d), "case %d", i)
		if len(o.Deductibles) > 0 {
			require.Zero(t, rat(o.Deducted).Cmp(rat(gained(d, "deductible-0"))), "case %d", i)
		}
		if len(o.Ceilings) > 0 {
			require.Zero(t, rat(o.Counted).Cmp(rat(gained(d, "ceiling-0"))), "case %d", i)
		}
	}
}

// gained is what a limit's use grew by.
func gained(d *Decision, limit string) string {
	for _, e := range d.Entries {
		for _, u := range e.Uses {
			if u.Limit == limit {
				return u.Amount.Round(2).String()
			}
		}
	}
	return "0.00"
}

// naive values the case the plain way: in fractions, each step rounded to cents, straight from the description.
func naive(o *oracleCase) [][]string {
	var deducted, counted, category big.Rat
	var all [][]string
	for _, l := range o.Lines {
		qty, list := rat(l.Qty), rat(l.List)
		billed := list
		if l.Billed != nil {
			billed = rat(*l.Billed)
		}
		amounts := []*big.Rat{cents(mul(qty, billed))}
		step := func(after *big.Rat) {
			after = cents(least(after, amounts[len(amounts)-1]))
			amounts = append(amounts, after)
		}
		now := func() *big.Rat { return amounts[len(amounts)-1] }
		unit := billed
		if l.Origin != "O" {
			unit = least(billed, list)
		}
		step(mul(qty, unit))
		fixed := now()
		if l.Lim == "F" {
			fixed = mul(qty, rat(l.LimVal))
		}
		step(fixed)
		rest := remainder(o.Deductibles, &deducted)
		if rest == nil {
			rest = new(big.Rat)
		}
		before := now()
		step(new(big.Rat).Sub(before, least(before, rest)))
		deducted.Add(&deducted, new(big.Rat).Sub(before, now()))
		percent := big.NewRat(100, 1)
		if l.Lim == "C" {
			percent = rat(l.LimVal)
		}
		step(mul(now(), new(big.Rat).Quo(percent, big.NewRat(100, 1))))
		allowed := now()
		if o.Category != nil {
			allowed = most(new(big.Rat), new(big.Rat).Sub(rat(*o.Category), &category))
		}
		step(allowed)
		category.Add(&category, now())
		allowed = now()
		if rest := remainder(o.Ceilings, &counted); rest != nil && !l.Excluded {
			allowed = rest
		}
		step(allowed)
		if !l.Excluded {
			counted.Add(&counted, now())
		}
		row := []string{amounts[0].FloatString(2)}
		for i := 1; i < len(amounts); i++ {
			row = append(row, new(big.Rat).Sub(amounts[i-1], amounts[i]).FloatString(2))
		}
		all = append(all, append(row, now().FloatString(2)))
	}
	return all
}

func remainder(limits [][2]string, used *big.Rat) *big.Rat {
	var rest *big.Rat
	for _, l := range limits {
		left := new(big.Rat).Sub(rat(l[0]), rat(l[1]))
		left = most(new(big.Rat), left.Sub(left, used))
		if rest == nil || left.Cmp(rest) < 0 {
			rest = left
		}
	}
	return rest
}

func rat(text string) *big.Rat {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		panic(text)
	}
	return r
}

func mul(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }

func least(a, b *big.Rat) *big.Rat {
	if a.Cmp(b) < 0 {
		return a
	}
	return b
}

func most(a, b *big.Rat) *big.Rat {
	if a.Cmp(b) > 0 {
		return a
	}
	return b
}

// cents rounds half up, to fractions of 100.
func cents(r *big.Rat) *big.Rat {
	n := new(big.Int).Mul(r.Num(), big.NewInt(200))
	n.Add(n, r.Denom())
	n.Div(n, new(big.Int).Mul(r.Denom(), big.NewInt(2)))
	return new(big.Rat).SetFrac(n, big.NewInt(100))
}

// decimals draws a decimal's text up to a bound.
func decimals(t *rapid.T, bound, digits int, label string) string {
	scale := rapid.IntRange(0, digits).Draw(t, label+" digits")
	unit := 1
	for range scale {
		unit *= 10
	}
	n := rapid.IntRange(0, bound*unit).Draw(t, label)
	if scale == 0 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d.%0*d", n/unit, scale, n%unit)
}

func drawCase(t *rapid.T) *oracleCase {
	o := &oracleCase{}
	for range rapid.IntRange(1, 4).Draw(t, "lines") {
		l := oracleLine{
			Qty: decimals(t, 12, 3, "quantity"), List: decimals(t, 400, 3, "list"),
			Lim: rapid.SampledFrom([]string{"C", "C", "F"}).Draw(t, "kind"), Excluded: rapid.IntRange(0, 4).Draw(t, "excluded") == 0,
			Origin: rapid.SampledFrom([]string{"P", "P", "O"}).Draw(t, "origin"),
		}
		if rat(l.Qty).Sign() == 0 {
			l.Qty = "1"
		}
		l.LimVal = decimals(t, 100, 2, "limit")
		if rapid.Bool().Draw(t, "priced") {
			billed := decimals(t, 400, 3, "billed")
			l.Billed = &billed
		}
		o.Lines = append(o.Lines, l)
	}
	draw := func(bound int, label string) (limits [][2]string) {
		for range rapid.IntRange(0, 2).Draw(t, label+"s") {
			limits = append(limits, [2]string{decimals(t, bound, 2, label), decimals(t, bound/2, 2, label+" used")})
		}
		return limits
	}
	o.Deductibles, o.Ceilings = draw(300, "deductible"), draw(4000, "ceiling")
	if rapid.Bool().Draw(t, "by category") {
		category := decimals(t, 3000, 2, "category")
		o.Category = &category
	}
	return o
}

func TestValuationAgreesWithTheNaiveOne(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		for range 20 { // 100 checks of 20 cases
			o := drawCase(rt)
			require.Equal(rt, naive(o), rows(o.run(t)))
		}
	})
}
