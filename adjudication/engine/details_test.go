package engine

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"claimwright/adjudication/engine/money"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// part is a detail or a sub-detail; elements follow its code.
func part(sequence int, code, elements string) string {
	if elements != "" {
		elements = "," + elements
	}
	return fmt.Sprintf(`{"sequence":%d,"productOrService":{"coding":[{"system":"urn:reg","code":%q}]}%s}`, sequence, code, elements)
}

func details(parts ...string) string { return `"detail":[` + strings.Join(parts, ",") + "]" }

func subDetails(parts ...string) string { return `"subDetail":[` + strings.Join(parts, ",") + "]" }

// repeated are so many parts, numbered from 1.
func repeated(n int, elements string) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = part(i+1, "A", elements)
	}
	return all
}

func net(amount string) string { return `"net":{"value":` + amount + `,"currency":"USD"}` }

func unit(amount string) string { return `"unitPrice":{"value":` + amount + `,"currency":"USD"}` }

// numbers are the numbers of the decided lines.
func numbers(d *Decision) []string {
	var all []string
	for i := range d.Lines {
		all = append(all, d.Lines[i].Item.Number())
	}
	return all
}

func TestLeavesAreLinesOfTheirOwn(t *testing.T) {
	f := newFixture(t)
	f.register = map[string]string{"C": "sex=male"}
	f.prices = map[string]string{"A": "50", "B": "60"}
	f.rawLine("Z", net("300")+","+details(
		part(2, "B", `"quantity":{"value":2},`+unit("70")),
		part(1, "X", subDetails(part(5, "C", net("40")), part(3, "A", net("120")))),
	)).line("A", "1", "45")
	d := f.decide()
	require.Empty(t, d.Faults)
	require.Equal(t, []string{"1.1.3", "1.1.5", "1.2", "2"}, numbers(d))
	require.Equal(t, []string{"50.00", "0.00", "120.00", "45.00"}, paid(d))
	require.Equal(t, []string{"", "patient-category", "", ""}, denied(d), "each by its own code; the codes above do not count")
	require.Equal(t, "Claim.item[0].detail[1].subDetail[1]", d.Lines[0].Item.Path())
	require.Equal(t, "Claim.item[0].detail[0]", d.Lines[2].Item.Path())
	require.Equal(t, date("2026-05-10"), d.Lines[0].Target, "the item's date is that of its parts")
	require.Equal(t, "345.00", d.Totals.Submitted.String())
	sum := Sum(d.Lines[:3])
	require.Equal(t, []string{"300.00", "90.00", "170.00"}, []string{sum.Submitted.String(), sum.PriceReduction.String(), sum.Paid.String()})
}

func TestPartsWithoutPrices(t *testing.T) {
	t.Run("only say what the price of the whole is for", func(t *testing.T) {
		d := newFixture(t).rawLine("A", unit("90")+","+details(part(1, "Z", ""), part(2, "B", subDetails(part(1, "C", ""))))).decide()
		require.Equal(t, []string{"1"}, numbers(d))
		require.Equal(t, []string{"90.00"}, paid(d))
	})
	t.Run("in a detail", func(t *testing.T) {
		d := newFixture(t).rawLine("Z", details(part(1, "A", net("80")+","+subDetails(part(1, "Z", ""))), part(2, "B", net("30")))).line("C", "1", "1").decide()
		require.Equal(t, []string{"1.1", "1.2", "2"}, numbers(d))
		require.Equal(t, []string{"80.00", "30.00", "1.00"}, paid(d))
	})
	t.Run("are billed at the listed one where the whole has none either", func(t *testing.T) {
		d := newFixture(t).rawLine("Z", details(part(1, "A", `"quantity":{"value":3}`), part(2, "B", net("30")))).decide()
		require.Equal(t, []string{"300.00", "30.00"}, paid(d))
	})
}

func TestReadClaimChecksParts(t *testing.T) {
	const expected = "an amount for every part, or for none"
	for name, c := range map[string]struct{ elements, code, expression, found, expected string }{
		"sum of details":           {net("16") + "," + details(part(1, "A", net("10")), part(2, "A", net("5"))), outcome.BusinessRule, "Claim.item[0].net", "16 USD", "15 USD"},
		"sum as a unit price":      {unit("16") + "," + details(part(1, "A", net("10")), part(2, "A", net("5"))), outcome.BusinessRule, "Claim.item[0].unitPrice", "16.00 USD", "15 USD"},
		"sum of sub-details":       {details(part(1, "A", net("9")+","+subDetails(part(1, "A", net("4")), part(2, "A", net("4"))))), outcome.BusinessRule, "Claim.item[0].detail[0].net", "9 USD", "8 USD"},
		"sum over two levels":      {net("9") + "," + details(part(1, "A", subDetails(part(1, "A", net("4")), part(2, "A", net("4"))))), outcome.BusinessRule, "Claim.item[0].net", "9 USD", "8 USD"},
		"net of a detail":          {details(part(1, "A", `"quantity":{"value":3},"factor":2,`+unit("10.10")+","+net("60.00"))), outcome.BusinessRule, "Claim.item[0].detail[0].net", "60.00", "60.60"},
		"net of an undivided item": {`"quantity":{"value":2},` + unit("10") + "," + net("10") + "," + details(part(1, "A", "")), outcome.BusinessRule, "Claim.item[0].net", "10", "20.00"},
		"a part without an amount": {net("16") + "," + details(part(1, "A", net("10")), part(2, "A", "")), outcome.BusinessRule, "Claim.item[0].detail[1]", "no net and no unitPrice", expected},
		"another currency":         {`"net":{"value":10,"currency":"KES"},` + details(part(1, "A", net("10"))), outcome.Value, "Claim.item[0].net", "KES", "USD"},
		"parts in two currencies":  {details(part(1, "A", net("10")), part(2, "A", `"net":{"value":10,"currency":"KES"}`)), outcome.Value, "Claim.item[0].detail[1]", "KES", "USD"},
		"repeated detail":          {details(part(7, "A", ""), part(7, "A", "")), outcome.BusinessRule, "Claim.item[0].detail[1].sequence", "7", "a sequence of its own for each"},
		"repeated sub-detail":      {details(part(7, "A", subDetails(part(1, "A", ""), part(1, "A", "")))), outcome.BusinessRule, "Claim.item[0].detail[0].subDetail[1].sequence", "1", "a sequence of its own for each"},
		"a number too long":        {details(part(1, "A", unit("1234567890123456789012"))), outcome.Value, "Claim.item[0].detail[0].unitPrice.value", "1234567890123456789012", "a number with at most 18 digits"},
		"a sum too large":          {details(repeated(11, net("9000000000000000.00"))...), outcome.Value, "Claim.item[0].detail[10]", "", "a sum of at most 18 digits"},
	} {
		t.Run(name, func(t *testing.T) {
			doc, issues := codec.Parse([]byte(claimWith("", ","+c.elements)), codec.Limits{})
			require.Empty(t, issues)
			claim, issues := ReadClaim(doc)
			require.Nil(t, claim)
			require.Len(t, issues, 1)
			got := issues[0]
			require.Equal(t, []string{c.code, c.expression, c.found, c.expected}, []string{got.Code, got.Expression, got.Found, got.Expected})
		})
	}
}

func TestLeavesAreBounded(t *testing.T) {
	for n, refused := range map[int]bool{MaxLines: false, MaxLines + 1: true} {
		doc, issues := codec.Parse([]byte(claimWith("", ","+details(repeated(n, "")...))), codec.Limits{})
		require.Empty(t, issues)
		_, issues = ReadClaim(doc)
		require.Equal(t, refused, len(issues) > 0)
		if refused {
			require.Equal(t, outcome.TooLong, issues[0].Code)
			require.Equal(t, "Claim.item", issues[0].Expression)
		}
	}
}

func TestAReviewOfAPart(t *testing.T) {
	f := newFixture(t)
	f.rawLine("Z", details(part(1, "A", net("10")), part(2, "B", subDetails(part(1, "C", net("10")), part(2, "D", net("10")))))).line("A", "1", "10")
	for name, c := range map[string]struct {
		review []LineReview
		paid   []string
	}{
		"a detail":                        {[]LineReview{{Sequence: 1, Detail: 1, Rejected: true}}, []string{"0.00", "10.00", "10.00", "10.00"}},
		"a detail with its parts":         {[]LineReview{{Sequence: 1, Detail: 2, Rejected: true}}, []string{"10.00", "0.00", "0.00", "10.00"}},
		"an item with its parts":          {[]LineReview{{Sequence: 1, Rejected: true}}, []string{"0.00", "0.00", "0.00", "10.00"}},
		"a part's own review comes first": {[]LineReview{{Sequence: 1, Rejected: true}, {Sequence: 1, Detail: 2, SubDetail: 2}}, []string{"0.00", "0.00", "10.00", "10.00"}},
		"an item's quantity is no part's": {[]LineReview{{Sequence: 1, HasQuantity: true}}, []string{"10.00", "10.00", "10.00", "10.00"}},
	} {
		t.Run(name, func(t *testing.T) {
			kase := f.makeCase()
			kase.Review = &ReviewResult{Lines: c.review}
			require.Equal(t, c.paid, paid(Decide(kase)))
		})
	}
}

// drawItem is a random item of up to three levels, and what it comes to in cents.
func drawItem(t *rapid.T, level int) (elements string, cents int64) {
	if level < 2 && rapid.Bool().Draw(t, "parts") {
		var parts []string
		for i := range rapid.IntRange(1, 4).Draw(t, "count") {
			inner, sum := drawItem(t, level+1)
			parts = append(parts, part(i+1, rapid.SampledFrom([]string{"A", "B", "C", "D", "Z"}).Draw(t, "code"), inner))
			cents += sum
		}
		elements = [...]func(...string) string{details, subDetails}[level](parts...)
	} else {
		quantity, price := rapid.Int64Range(1, 9).Draw(t, "quantity"), rapid.Int64Range(0, 30_000).Draw(t, "price")
		cents = quantity * price
		elements = fmt.Sprintf(`"quantity":{"value":%d},%s`, quantity, unit(money.New(price, 2).String()))
	}
	if rapid.Bool().Draw(t, "stated") {
		elements += "," + net(money.New(cents, 2).String())
	}
	return elements, cents
}

func TestTheSumsOfDetailsHold(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := busyFixture(t)
		var want int64
		for range rapid.IntRange(1, 4).Draw(rt, "items") {
			elements, cents := drawItem(rt, 0)
			f.rawLine(rapid.SampledFrom([]string{"A", "B", "Z"}).Draw(rt, "code"), elements)
			want += cents
		}
		f.claim = fmt.Sprintf(`"total":{"value":%s,"currency":"USD"},`, money.New(want, 2))
		d := f.submit()
		require.Empty(rt, d.Faults)
		checkAmounts(rt, d)
		require.Equal(rt, money.New(want, 2), d.Totals.Submitted)
		for i := 1; i < len(d.Lines); i++ {
			require.Negative(rt, d.Lines[i-1].Item.compare(d.Lines[i].Item))
		}
	})
}

func TestWhatAnotherPayerPaidOfAnItemIsSpreadOverItsParts(t *testing.T) {
	f := newFixture(t)
	f.rawLine("Z", details(part(1, "A", net("10")), part(2, "B", net("20")))).line("A", "1", "30")
	kase := f.makeCase()
	kase.Others = []OtherPayment{{Response: "ClaimResponse/x", Currency: "USD", Lines: []LineAmount{{Sequence: 1, Amount: money.New(1000, 2)}}}}
	d := Decide(kase)
	require.Equal(t, []string{"6.67", "13.33", "30.00"}, paid(d))
	require.Equal(t, "10.00", d.Totals.OthersBear.String())
}
