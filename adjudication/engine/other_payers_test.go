package engine

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"claimwright/adjudication/engine/money"
)

func decimal(text string) money.Decimal {
	d, err := money.Parse(text)
	if err != nil {
		panic(err)
	}
	return d
}

// paidBefore is what a payer has paid: "1=50 2=20 total=10".
func paidBefore(response, text string) OtherPayment {
	o := OtherPayment{Response: response, Version: "1", Currency: "USD", Expression: "Claim.insurance[0].claimResponse"}
	for _, word := range strings.Fields(text) {
		name, amount, _ := strings.Cut(word, "=")
		if name == "total" {
			o.Unassigned = decimal(amount)
			continue
		}
		n, _ := decimal(name).Parts()
		o.Lines = append(o.Lines, LineAmount{Sequence: n, Amount: decimal(amount)})
	}
	return o
}

func (f *fixture) decideAfter(others ...OtherPayment) *Decision {
	c := f.makeCase()
	c.Others = others
	return Decide(c)
}

func TestOtherPayersRelieveTheMemberFirst(t *testing.T) {
	cases := []struct{ name, plan, others, paid, member, other, cuts string }{
		{"nothing", "plan-benefit kind=coinsurance percent=80", "", "80.00", "20.00", "0.00", "copay member 20.00"},
		{"less than the share", "plan-benefit kind=coinsurance percent=80", "1=15", "80.00", "5.00", "15.00", "copay other-payer 15.00,copay member 5.00"},
		{"the share", "plan-benefit kind=coinsurance percent=80", "1=20", "80.00", "0.00", "20.00", "copay other-payer 20.00"},
		{"more than the share", "plan-benefit kind=coinsurance percent=80", "1=50", "50.00", "0.00", "50.00", "copay other-payer 20.00,other-payers other-payer 30.00"},
		{"everything", "plan-benefit kind=coinsurance percent=80", "1=100", "0.00", "0.00", "100.00", "copay other-payer 20.00,other-payers other-payer 80.00"},
		{"more than everything", "plan-benefit kind=coinsurance percent=80", "1=130", "0.00", "0.00", "100.00", "copay other-payer 20.00,other-payers other-payer 80.00"},
		{"a fixed benefit", "plan-benefit kind=fixed amount=60", "1=30.50", "60.00", "9.50", "30.50", "over-fixed-limit other-payer 30.50,over-fixed-limit member 9.50"},
		{"deductible, then share", "plan-benefit kind=coinsurance percent=50;plan-limit id=d kind=deductible scope=member amount=40", "1=50", "30.00", "20.00", "50.00",
			"deductible other-payer 40.00,copay other-payer 10.00,copay member 20.00"},
		{"before the ceiling", "plan-benefit kind=coinsurance percent=80;plan-limit id=c kind=ceiling scope=member amount=30", "1=60", "30.00", "10.00", "60.00",
			"copay other-payer 20.00,other-payers other-payer 40.00,over-ceiling member 10.00"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t)
			f.plan = strings.Split(c.plan, ";")
			d := f.line("A", "1", "100").decideAfter(paidBefore("ClaimResponse/o", c.others))
			require.Empty(t, d.Faults)
			l := &d.Lines[0]
			require.Equal(t, c.paid, l.Paid.String())
			require.Equal(t, c.member, l.MemberBears.Round(2).String())
			require.Equal(t, c.other, l.OthersBear.Round(2).String())
			var cuts []string
			for _, cut := range l.Cuts {
				cuts = append(cuts, cut.Kind.Code()+" "+cut.Bearer.String()+" "+cut.Amount.String())
			}
			require.Equal(t, c.cuts, strings.Join(cuts, ","))
		})
	}
}

// A ceiling is used for what is really paid, and only so much of it.
func TestOtherPayersSpareTheCeiling(t *testing.T) {
	f := newFixture(t)
	f.plan = []string{"plan-limit id=c kind=ceiling scope=member amount=90"}
	d := f.line("A", "1", "100").decideAfter(paidBefore("ClaimResponse/o", "1=70"))
	require.Equal(t, "30.00", d.Totals.Paid.String())
	require.Len(t, d.Entries, 1)
	for _, u := range d.Entries[0].Uses {
		if u.Limit == "c" {
			require.Equal(t, "30.00", u.Amount.String())
		}
	}
}

func TestOtherPayersDoNotPayForWhatIsDenied(t *testing.T) {
	f := newFixture(t)
	d := f.line("Z", "1", "100").line("A", "1", "100").decideAfter(paidBefore("ClaimResponse/o", "total=100"))
	require.Equal(t, "100.00", d.Lines[0].Disallowed.String())
	require.True(t, d.Lines[0].OthersBear.IsZero())
	require.Equal(t, "50.00", d.Lines[1].Paid.String(), "half of what was paid for both")
}

func TestTotalsAreSpreadToTheCent(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := newFixture(t)
		n := rapid.IntRange(1, 9).Draw(rt, "lines")
		for range n {
			f.line("A", "1", decimals(rt, 90, 2, "unit"))
		}
		total := money.New(rapid.Int64Range(0, 20_000).Draw(rt, "paid"), 2)
		c := f.makeCase()
		c.Others = []OtherPayment{{Response: "ClaimResponse/o", Currency: "USD", Unassigned: total}}
		d := Decide(c)
		sum, submitted := money.New(0, 2), money.New(0, 2)
		for i := range d.Lines {
			require.GreaterOrEqual(rt, d.Lines[i].others[0].Sign(), 0)
			sum, submitted = sum.Add(d.Lines[i].others[0]), submitted.Add(d.Lines[i].Submitted)
		}
		if !submitted.IsZero() {
			require.Equal(rt, total.String(), sum.String())
		}
	})
}

// Whatever others have paid, the plan pays the lesser of its own benefit and what they left, and the sums hold.
func TestCoordinationPaysTheLesser(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := newFixture(t)
		f.plan = []string{
			fmt.Sprintf("plan-benefit kind=coinsurance percent=%d", rapid.IntRange(0, 100).Draw(rt, "percent")),
			"plan-benefit item=B kind=fixed amount=45",
			"plan-limit id=d kind=deductible scope=claim amount=30",
		}
		var others []OtherPayment
		for range rapid.IntRange(1, 4).Draw(rt, "lines") {
			f.line(rapid.SampledFrom([]string{"A", "B", "Z"}).Draw(rt, "code"), "1", decimals(rt, 140, 2, "unit"))
		}
		for p := range rapid.IntRange(1, 3).Draw(rt, "payers") {
			o := OtherPayment{Response: fmt.Sprint("ClaimResponse/", p), Currency: "USD"}
			for i := range f.lines {
				o.Lines = append(o.Lines, LineAmount{int64(i + 1), money.New(rapid.Int64Range(0, 9_000).Draw(rt, "amount"), 2)})
			}
			others = append(others, o)
		}
		alone, after := f.decide(), f.decideAfter(others...)
		require.Empty(rt, after.Faults)
		for i := range after.Lines {
			a, l := &alone.Lines[i], &after.Lines[i]
			require.True(rt, l.consistent())
			paid := money.New(0, 2)
			for _, o := range l.others {
				paid = paid.Add(o)
			}
			left := l.Eligible.Sub(paid).Floor0()
			require.Equal(rt, money.Min(a.Paid, left).Round(2), l.Paid.Round(2))
			if l.Accepted() {
				require.Equal(rt, left.Sub(l.Paid).Round(2), l.MemberBears.Round(2), "the member bears what neither pays")
			}
			before := l.Submitted
			for _, c := range l.Cuts {
				require.True(rt, c.Before.Equal(before) && c.Before.Sub(c.Amount).Equal(c.After))
				before = c.After
			}
		}
	})
}

func TestOtherPayersAreRecorded(t *testing.T) {
	f := newFixture(t)
	d := f.line("A", "1", "100").decideAfter(paidBefore("ClaimResponse/o", "1=20"))
	c, err := d.Basis.Case(f.read(), f.scheme())
	require.NoError(t, err)
	require.Equal(t, d.Totals, Decide(c).Totals)

	other := paidBefore("ClaimResponse/o", "1=20")
	other.Currency = "KES"
	d = f.decideAfter(other)
	require.Equal(t, []Fault{{Code: WrongCurrency, Expression: "Claim.insurance[0].claimResponse", Text: WrongCurrency.Display()}}, d.Faults)
}

func TestReadOtherPayment(t *testing.T) {
	f := newFixture(t)
	f.line("A", "1", "100").line("B", "1", "50")
	body := strings.Replace(f.claimJSON(), `[{"sequence":1,"focal":true`,
		`[{"sequence":1,"focal":false,"coverage":{"reference":"Coverage/other"},"claimResponse":{"reference":"ClaimResponse/o"}},{"sequence":2,"focal":true`, 1)
	claim, issues := ReadClaim(f.parse(body))
	require.Empty(t, issues)
	row := func(code, amount string) string {
		return `{"category":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/adjudication","code":"` + code + `"}]},"amount":{"value":` + amount + `,"currency":"USD"}}`
	}
	response := `{"resourceType":"ClaimResponse","id":"o","status":"active","type":{"text":"t"},"use":"claim","patient":{"reference":"Patient/m"},"created":"2026-05-01",
"insurer":{"reference":"Organization/other"},"outcome":"complete","insurance":[{"sequence":1,"focal":true,"coverage":{"reference":"Coverage/other"}}],
"item":[{"itemSequence":1,"adjudication":[` + row("submitted", "100.00") + "," + row("benefit", "60.00") + `]}],"total":[` + row("benefit", "75.50") + `]}`
	read := func(old, with string) (OtherPayment, string) {
		doc := f.parse(strings.Replace(response, old, with, 1))
		o, issues := ReadOtherPayment(doc, claim, &claim.Insurance[0])
		texts := ""
		for _, i := range issues {
			require.Equal(t, "Claim.insurance[0].claimResponse", i.Expression)
			texts += i.Text + ": " + i.Found + "; "
		}
		return o, texts
	}
	o, texts := read("", "")
	require.Empty(t, texts)
	require.Equal(t, []LineAmount{{1, decimal("60.00")}}, o.Lines)
	require.Equal(t, "15.50", o.Unassigned.String(), "what the total has beyond the lines")
	require.Equal(t, "USD", o.Currency)
	for old, want := range map[string]struct{ with, text string }{
		`"status":"active"`:              {`"status":"cancelled"`, "The other payer's answer does not stand: status cancelled"},
		`"outcome":"complete"`:           {`"outcome":"queued"`, "The other payer has not decided: outcome queued"},
		`"use":"claim"`:                  {`"use":"predetermination"`, "The other payer was asked for something else"},
		`Patient/m`:                      {`Patient/n`, "another patient: Patient/n"},
		`Coverage/other`:                 {`Coverage/x`, "another cover: Coverage/x"},
		`"itemSequence":1`:               {`"itemSequence":7`, "another claim: line 7"},
		`"value":60.00`:                  {`"value":-60.00`, "cannot be used: -60.00"},
		`"value":60.00,"currency":"USD"`: {`"value":60.00,"currency":"KES"`, "in two currencies: USD"},
	} {
		_, texts := read(old, want.with)
		require.Contains(t, texts, want.text)
	}
}

func TestWhoMayHaveAnswered(t *testing.T) {
	f := newFixture(t)
	f.line("A", "1", "100")
	answered := `{"sequence":%d,"focal":false,"coverage":{"reference":"Coverage/o%[1]d"},"claimResponse":{"reference":"ClaimResponse/o"}}`
	for list, want := range map[string]string{
		fmt.Sprintf(answered, 3):                                  "Claim.insurance[1].claimResponse",
		fmt.Sprintf(answered, 0) + "," + fmt.Sprintf(answered, 1): "Claim.insurance[2].claimResponse",
		fmt.Sprintf(answered, 1):                                  "",
	} {
		body := strings.Replace(f.claimJSON(), `"insurance":[{"sequence":1,"focal":true,"coverage":{"reference":"Coverage/k"}}`,
			`"insurance":[{"sequence":2,"focal":true,"coverage":{"reference":"Coverage/k"}},`+list, 1)
		body = strings.ReplaceAll(body, `"sequence":0`, `"sequence":4`)
		if want == "Claim.insurance[2].claimResponse" {
			body = strings.Replace(body, `"sequence":2,"focal":true`, `"sequence":9,"focal":true`, 1)
		}
		_, issues := ReadClaim(f.parse(body))
		if want == "" {
			require.Empty(t, issues)
			continue
		}
		require.NotEmpty(t, issues)
		require.Equal(t, want, issues[0].Expression)
	}
}
