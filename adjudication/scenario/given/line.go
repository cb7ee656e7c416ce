package given

import (
	"regexp"
	"strconv"

	"claimwright/adjudication/scenario/source"
	"claimwright/adjudication/scenario/tree"
)

func whole(n int) tree.Number { return tree.Number(strconv.Itoa(n)) }

// lines reads the lines of a claim, or the details of a line.
func (b *builder) lines(to *tree.Object, element string, o *source.Object, currency string) {
	for i, n := range o.List(lineKeys[element]) {
		line := b.line(n, currency, contexts[element])
		numbered := tree.New("sequence", whole(i+1))
		numbered.Lay(line)
		to.Append(element, numbered)
	}
}

// lineKeys are the keys under which each level of lines stands, contexts where their extensions may.
var (
	lineKeys = map[string]string{"item": "lines", "detail": "details", "subDetail": "details"}
	contexts = map[string]string{"item": "Claim.item", "detail": "Claim.item.detail", "subDetail": "Claim.item.detail.subDetail"}
	inner    = map[string]string{"Claim.item": "detail", "Claim.item.detail": "subDetail"}
)

// shortLine is a line in words: "CONS", "2 CONS", "2 CONS at 150".
var shortLine = regexp.MustCompile(`^(?:([0-9]+(?:\.[0-9]+)?) )?([A-Za-z0-9\-.|:/]+)(?: at ([0-9]+(?:\.[0-9]+)?(?: [A-Z]{3})?))?$`)

// line reads one line: in words, or as a map of code, quantity, price, net, factor, date, period, modifiers, program,
// details.
func (b *builder) line(n *source.Node, currency, context string) *tree.Object {
	if n.Kind == source.Scalar {
		return b.shortLine(n, currency)
	}
	o := n.Object(b.problems)
	code := o.Text("code")
	if code == "" {
		o.Fail(nil, "The line has no code", "", "the code of a service or an item")
	}
	line := tree.New("productOrService", concept(coding(code, "")))
	for _, m := range o.Texts("modifiers") {
		line.Append("modifier", concept(coding(m, "")))
	}
	for _, p := range o.Texts("program") {
		line.Append("programCode", concept(coding(p, "")))
	}
	if context != "CoverageEligibilityRequest.item" {
		line.Set("servicedDate", o.Date("date"))
		from, to := o.Period("period")
		line.Set("servicedPeriod", period(from, to))
	}
	if quantity := o.Number("quantity"); quantity != "" {
		line.Set("quantity", tree.New("value", tree.Number(quantity)))
	}
	if price := o.Get("price"); price != nil {
		line.Set("unitPrice", b.amount(price, currency))
	}
	line.Set("factor", tree.Number(o.Number("factor")))
	if net := o.Get("net"); net != nil {
		line.Set("net", b.amount(net, currency))
	}
	if element := inner[context]; element != "" {
		b.lines(line, element, o, currency)
	}
	b.extendAny(line, context, o, currency)
	line.Lay(tree.FromYAML(o.Get("fhir"), b.problems))
	o.Done()
	return line
}

func (b *builder) shortLine(n *source.Node, currency string) *tree.Object {
	m := shortLine.FindStringSubmatch(n.Text)
	if m == nil {
		b.problems.Add(n.At, "The line cannot be read", n.Text, `a line such as "CONS", "2 CONS", "2 CONS at 150.00", or a map`)
		return tree.New()
	}
	line := tree.New("productOrService", concept(coding(m[2], "")))
	if m[1] != "" {
		line.Set("quantity", tree.New("value", tree.Number(m[1])))
	}
	if m[3] != "" {
		line.Set("unitPrice", moneyOf(m[3], currency))
	}
	return line
}
