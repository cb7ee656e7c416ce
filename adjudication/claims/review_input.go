package claims

import (
	"net/http"
	"strconv"
	"strings"

	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/money"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// reviewInput is the input of a review.
type reviewInput struct {
	result engine.ReviewResult
	// version is that of the ClaimResponse which the reviewer looked at, empty when he does not say.
	version string
	// at are where each line of the result is, for messages.
	lines []reviewedLine
}

type reviewedLine struct{ at, unit codec.Value }

// maxReviewText bounds what a reviewer writes about a line or a claim.
const maxReviewText = 4000

// readReview reads the Parameters of a review:
//
//	line           0..*  what is decided about a line; lines that are not named are accepted as they are
//	  sequence       1..1  positiveInt   the line's Claim.item.sequence
//	  detail         0..1  positiveInt   the number of its detail, and
//	  subDetail      0..1  positiveInt   of its sub-detail; rejecting an item or a detail rejects its parts
//	  quantity       0..1  decimal       the approved quantity; 0 approves nothing
//	  unitPrice      0..1  Money         the approved price of one unit
//	  reject         0..1  boolean       the line is rejected; a justification is required
//	  justification  0..1  string        why
//	text           0..1  string        what the reviewer says about the claim
//	version        0..1  string        the version of the ClaimResponse that was reviewed; another one is refused
func readReview(input *codec.Document) (*reviewInput, error) {
	in := &reviewInput{}
	r := &reviewReader{in: in}
	if input.Type() != "Parameters" {
		return nil, outcome.New(http.StatusBadRequest, outcome.Structure, input.Type(), "A review is sent as Parameters.")
	}
	for p := range input.Root().Get(nParameter).Each() {
		switch name := p.Get(nName).Text(); name {
		case "line":
			r.line(p)
		case "text":
			in.result.Text = r.text(p)
		case "version":
			in.version = r.text(p)
		default:
			r.refuse(outcome.Invalid, p, "The parameter is not known.", name, "line, text or version")
		}
	}
	if len(in.lines) > engine.MaxLines {
		r.refuse(outcome.TooLong, input.Root(), "There are too many lines.", strconv.Itoa(len(in.lines)), "at most "+strconv.Itoa(engine.MaxLines))
	}
	return in, r.refused()
}

type reviewReader struct {
	in     *reviewInput
	issues []outcome.Issue
}

func (r *reviewReader) refuse(code string, at codec.Value, text, found, expected string) {
	if len(r.issues) < 50 {
		r.issues = append(r.issues, outcome.Issue{Code: code, Expression: at.Path(), Text: text, Found: found, Expected: expected})
	}
}

// refused is nil where nothing was wrong.
func (r *reviewReader) refused() error {
	if len(r.issues) == 0 {
		return nil
	}
	return outcome.Rejected(r.issues)
}

func (r *reviewReader) text(p codec.Value) string {
	v := p.Get(nValueString)
	switch text := v.Text(); {
	case text == "":
		r.refuse(outcome.Required, p, "The parameter has no valueString.", "nothing", "a text")
	case len(text) > maxReviewText:
		r.refuse(outcome.TooLong, v, "The text is too long.", strconv.Itoa(len(text)), "at most "+strconv.Itoa(maxReviewText)+" bytes")
	default:
		return strings.Clone(text)
	}
	return ""
}

func (r *reviewReader) line(p codec.Value) {
	var l engine.LineReview
	where := reviewedLine{at: p}
	for part := range p.Get(nPart).Each() {
		switch name := part.Get(nName).Text(); name {
		case "sequence":
			l.Sequence = r.positive(part)
		case "detail":
			l.Detail = r.positive(part)
		case "subDetail":
			l.SubDetail = r.positive(part)
		case "quantity":
			l.Quantity, l.HasQuantity = r.number(part, part.Get(nValueDecimal)), true
		case "unitPrice":
			where.unit = part.Get(nValueMoney)
			l.Unit, l.HasUnit = r.number(part, where.unit.Get(nValue)), true
		case "reject":
			if !part.Get(nValueBoolean).Exists() {
				r.refuse(outcome.Required, part, "The part has no valueBoolean.", "nothing", "true or false")
			}
			l.Rejected = part.Get(nValueBoolean).Bool()
		case "justification":
			l.Justification = r.text(part)
		default:
			r.refuse(outcome.Invalid, part, "The part is not known.", name, "sequence, detail, subDetail, quantity, unitPrice, reject or justification")
		}
	}
	r.sense(p, &l)
	r.in.result.Lines = append(r.in.result.Lines, l)
	r.in.lines = append(r.in.lines, where)
}

// sense refuses what contradicts itself.
func (r *reviewReader) sense(p codec.Value, l *engine.LineReview) {
	switch {
	case l.Sequence == 0 || l.SubDetail != 0 && l.Detail == 0:
		r.refuse(outcome.Required, p, "The line has no sequence.", "nothing", "the sequence of a Claim.item")
	case l.Rejected && l.Justification == "":
		r.refuse(outcome.BusinessRule, p, "A line is rejected without a reason.", "no justification", "a justification")
	case l.Rejected && (l.HasQuantity || l.HasUnit):
		r.refuse(outcome.BusinessRule, p, "A rejected line has no approved quantity or price.", "both", "one or the other")
	}
	for i := range r.in.result.Lines {
		if same := &r.in.result.Lines[i]; same.Sequence == l.Sequence && same.Detail == l.Detail && same.SubDetail == l.SubDetail {
			r.refuse(outcome.BusinessRule, p, "The line is reviewed twice.", strconv.FormatInt(l.Sequence, 10), "each line once")
			return
		}
	}
}

func (r *reviewReader) positive(part codec.Value) int64 {
	for _, v := range [...]codec.Value{part.Get(nValuePositiveInt), part.Get(nValueInteger)} {
		if n, ok := v.Int(); ok && n > 0 {
			return n
		}
	}
	r.refuse(outcome.Value, part, "The sequence cannot be used.", "", "a valuePositiveInt")
	return 0
}

func (r *reviewReader) number(part, v codec.Value) money.Decimal {
	d, err := money.Parse(v.Text())
	if _, digits := d.Parts(); err != nil || d.Sign() < 0 || digits > 6 {
		r.refuse(outcome.Value, part, "The number cannot be used.", v.Text(), "0 or more, with at most 6 digits behind the point")
	}
	return d
}

// fits checks that the lines of the review are the claim's. An item or detail with parts can only be rejected.
func (in *reviewInput) fits(c *engine.Claim) error {
	var r reviewReader
	for i := range in.lines {
		l := &in.result.Lines[i]
		line, whole := false, false
		for j := range c.Lines {
			own, has := within(l, &c.Lines[j])
			line, whole = line || own, whole || has
		}
		if !line && (!whole || !l.Rejected) {
			r.refuse(outcome.BusinessRule, in.lines[i].at, "The claim has no such line.",
				strconv.FormatInt(l.Sequence, 10), "the numbers of a line of the claim, or those of what has parts to reject them all")
		}
	}
	return r.refused()
}

// within tells whether a review names a line, or something that has it as a part.
func within(l *engine.LineReview, line *engine.ClaimLine) (own, part bool) {
	part = l.Sequence == line.Sequence && (l.Detail == 0 || l.Detail == line.Detail) && (l.SubDetail == 0 || l.SubDetail == line.SubDetail)
	return part && l.Detail == line.Detail && l.SubDetail == line.SubDetail, part
}

// priced checks that approved prices are in the currency of the decision.
func (in *reviewInput) priced(currency string) error {
	var r reviewReader
	for i := range in.lines {
		if given := in.lines[i].unit.Get(nCurrency).Text(); given != "" && given != currency {
			r.refuse(outcome.BusinessRule, in.lines[i].unit, "The price is not in the currency of the decision.", given, currency)
		}
	}
	return r.refused()
}
