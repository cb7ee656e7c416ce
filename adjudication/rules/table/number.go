package table

import (
	"regexp"
	"strconv"
	"strings"

	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/rules/table/sheet"
)

// span is a range of numbers; an end that is not there is open to all.
type span struct {
	low, high       money.Decimal
	hasLow, hasHigh bool
	// openLow and openHigh leave the ends themselves out.
	openLow, openHigh bool
}

const figure = `([-−]?\d[\d.,'’_]*)`

var (
	figureRange  = regexp.MustCompile(`^` + figure + `\s*(?:-|–|—|\.\.+|…|\bto\b)\s*` + figure + `$`)
	figureBehind = regexp.MustCompile(`(?i)^(<=|>=|<|>|≤|≥|under|below|over|above|from|at least|at most|up to)\s*` + figure + `$`)
	figureBefore = regexp.MustCompile(`(?i)^` + figure + `\s*(?:\+|and over|and above|or more)$`)
	figureAlone  = regexp.MustCompile(`^` + figure + `$`)
	commaInside  = regexp.MustCompile(`\d[,'’]\d`)
	thousands    = regexp.MustCompile(`^\d{1,3}(\.\d{3})+$`)
	plainFigure  = regexp.MustCompile(`^-?\d+(\.\d+)?$`)
	spelledDay   = regexp.MustCompile(`(?i)^(\d{1,2}-(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*-\d{1,2}|\d{4}-\d\d-\d\d)$`)
)

// number reads numbers and ranges of them.
func (c *column) number(p *part, cell sheet.Cell) *trouble {
	rest, not := negated(cell.Text)
	if commaInside.MatchString(rest) {
		return ambiguousComma(rest)
	}
	var any []string
	for _, item := range split(rest) {
		s, wrong := c.span(item, cell.Number)
		if wrong != nil {
			return wrong
		}
		p.spans = append(p.spans, s)
		any = append(any, c.within(s))
	}
	if not {
		p.spans = nil
	}
	p.expression = either(any, not)
	if not && c.fact == age {
		p.expression = age + " >= 0 && " + p.expression
	}
	if c.kind == wholeKind && len(any) > 1 && !not {
		p.expression = c.shortList(p)
	}
	return nil
}

func ambiguousComma(text string) *trouble {
	return &trouble{"A comma between digits can be a list, a decimal or a thousand", text, `1200 for a number, 12.50 for its decimals, "1, 2" with a blank for a list`}
}

// shortList writes whole numbers as a list where none is a range.
func (c *column) shortList(p *part) string {
	var single []string
	for _, s := range p.spans {
		if !s.hasLow || !s.hasHigh || !s.low.Equal(s.high) {
			return p.expression
		}
		single = append(single, s.low.String())
	}
	return c.fact + " in [" + strings.Join(single, ", ") + "]"
}

// span reads one number or range.
func (c *column) span(text string, number bool) (s span, wrong *trouble) {
	var low, high string
	if m := figureRange.FindStringSubmatch(text); m != nil && !spelledDay.MatchString(text) {
		low, high = m[1], m[2]
	} else if m := figureBehind.FindStringSubmatch(text); m != nil {
		switch strings.ToLower(m[1]) {
		case "<", "under", "below":
			high, s.openHigh = m[2], true
		case "<=", "≤", "at most", "up to":
			high = m[2]
		case ">", "over", "above":
			low, s.openLow = m[2], true
		default:
			low = m[2]
		}
	} else if m := figureBefore.FindStringSubmatch(text); m != nil {
		low = m[1]
	} else if m := figureAlone.FindStringSubmatch(text); m != nil {
		low, high = m[1], m[1]
	} else {
		return s, c.noNumber(text)
	}
	if c.bound != "" {
		if low != high || low == "" {
			return s, &trouble{"The column holds one end of a range", text, "one number"}
		}
		if c.bound == "from" {
			high = ""
		} else {
			low = ""
		}
	}
	if s.low, s.hasLow, wrong = c.end(low, number); wrong == nil {
		s.high, s.hasHigh, wrong = c.end(high, number)
	}
	if wrong == nil && s.hasLow && s.hasHigh && s.high.Less(s.low) {
		wrong = &trouble{"The range ends before it starts", text, "the smaller number first"}
	}
	return s, wrong
}

func (c *column) noNumber(text string) *trouble {
	if spelledDay.MatchString(text) {
		return &trouble{"The cell is a day in a column of numbers; spreadsheets make days of ranges such as 5-17", text, "5..17, or the cell formatted as text"}
	}
	if text == "" {
		return &trouble{"There is nothing between two commas", text, "numbers such as 1, 2"}
	}
	if c.kind == wholeKind {
		return &trouble{"The cell is no number", text, "a number or a range, such as 5, 18-64, <5, >=65 or not 18-64"}
	}
	return &trouble{"The cell is no number", text, "a number or a range without currency, such as 500, 100..499.99, <100, >=10000"}
}

// end reads one end of a range.
func (c *column) end(text string, number bool) (d money.Decimal, has bool, wrong *trouble) {
	if text == "" {
		return d, false, nil
	}
	d, wrong = figureOf(text, number)
	if wrong != nil {
		return d, false, wrong
	}
	if coef, scale := d.Parts(); c.kind == wholeKind && (scale > 0 || coef > 1e9 || coef < -1e9) {
		return d, false, &trouble{"The number is not whole", text, "a whole number, such as 5"}
	}
	return d, true, nil
}

// figureOf reads a number and refuses one that can be read in two ways.
func figureOf(text string, number bool) (money.Decimal, *trouble) {
	plain := strings.ReplaceAll(text, "−", "-")
	switch {
	case strings.ContainsAny(plain, ",'’"):
		return money.Decimal{}, ambiguousComma(text)
	case !number && thousands.MatchString(plain):
		return money.Decimal{}, &trouble{"The point can be that of thousands or of decimals", text, strings.ReplaceAll(plain, ".", "") + ", or " + plain + "0 for the decimals"}
	case !plainFigure.MatchString(plain):
		return money.Decimal{}, &trouble{"The number cannot be read", text, "digits, and a point before decimals, such as 12.50"}
	}
	d, err := money.Parse(plain)
	if err != nil {
		return money.Decimal{}, &trouble{"The number cannot be used", text, "at most 18 digits"}
	}
	return d, nil
}

// age is unknown where it is -1, and no band is meant to hold then.
const age = "member.age"

// within is a range as an expression.
func (c *column) within(s span) string {
	if c.fact == age && !s.hasLow {
		s.low, s.hasLow = money.Whole(0), true
	}
	if s.hasLow && s.hasHigh && s.low.Equal(s.high) && !s.openLow && !s.openHigh {
		return c.fact + " == " + c.literal(s.low, true)
	}
	var both []string
	if s.hasLow {
		both = append(both, c.fact+map[bool]string{true: " > ", false: " >= "}[s.openLow]+c.literal(s.low, false))
	}
	if s.hasHigh {
		both = append(both, c.fact+map[bool]string{true: " < ", false: " <= "}[s.openHigh]+c.literal(s.high, false))
	}
	return strings.Join(both, " && ")
}

// literal is a number in an expression: amounts are equal to amounts only, and doubles are exact to 15 digits.
func (c *column) literal(d money.Decimal, equal bool) string {
	coef, scale := d.Parts()
	exactly := c.kind != wholeKind && (equal || scale > 0 && (coef > 1e15 || coef < -1e15))
	if exactly {
		return "decimal(" + strconv.Quote(d.String()) + ")"
	}
	return d.String()
}
