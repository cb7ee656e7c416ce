package answer

import (
	"fmt"
	"strings"
	"time"

	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/money"
	"claimwright/fhir/codec"
)

// review writes what a reviewer decided, because the decision can only be made again with it.
func (t *tracer) review(r *engine.ReviewResult) {
	if r == nil {
		return
	}
	t.flag("reviewed", true)
	if r.Text != "" {
		t.text("reviewText", r.Text)
	}
	for i := range r.Lines {
		l := &r.Lines[i]
		t.begin("reviewedLine")
		t.number("sequence", l.Sequence)
		if l.Detail != 0 {
			t.number("detail", l.Detail)
		}
		if l.SubDetail != 0 {
			t.number("subDetail", l.SubDetail)
		}
		if l.HasQuantity {
			t.amount("quantity", l.Quantity)
		}
		if l.HasUnit {
			t.amount("unitPrice", l.Unit)
		}
		if l.Rejected {
			t.flag("rejected", true)
		}
		if l.Justification != "" {
			t.text("justification", l.Justification)
		}
		t.end()
	}
}

func (t *tracer) number(url string, n int64) {
	t.w.Object("")
	t.w.String("url", url)
	t.w.Int("valuePositiveInt", n)
	t.w.End()
}

func (t *tracer) flag(url string, value bool) {
	t.w.Object("")
	t.w.String("url", url)
	t.w.Bool("valueBoolean", value)
	t.w.End()
}

// ReviewOf reads back from a stored ClaimResponse what its reviewer decided; nil when nobody reviewed the claim.
func ReviewOf(response *codec.Document) (*engine.ReviewResult, error) {
	var r *engine.ReviewResult
	for e := range response.Root().Get(nExtension).Each() {
		if e.Get(nURL).Text() != BasisExtension {
			continue
		}
		for sub := range e.Get(nExtension).Each() {
			switch sub.Get(nURL).Text() {
			case "reviewed":
				r = &engine.ReviewResult{}
			case "reviewText":
				if r != nil {
					r.Text = strings.Clone(sub.Get(nValueString).Text())
				}
			case "reviewedLine":
				l, err := reviewedLine(sub)
				if err != nil || r == nil {
					return nil, fmt.Errorf("the review in %s cannot be read: %w", response.ID(), err)
				}
				r.Lines = append(r.Lines, l)
			}
		}
	}
	return r, nil
}

func reviewedLine(e codec.Value) (l engine.LineReview, err error) {
	for sub := range e.Get(nExtension).Each() {
		switch sub.Get(nURL).Text() {
		case "sequence":
			l.Sequence, _ = sub.Get(nValuePositiveInt).Int()
		case "detail":
			l.Detail, _ = sub.Get(nValuePositiveInt).Int()
		case "subDetail":
			l.SubDetail, _ = sub.Get(nValuePositiveInt).Int()
		case "quantity":
			l.HasQuantity = true
			l.Quantity, err = money.Parse(sub.Get(nValueDecimal).Text())
		case "unitPrice":
			l.HasUnit = true
			l.Unit, err = money.Parse(sub.Get(nValueDecimal).Text())
		case "rejected":
			l.Rejected = sub.Get(nValueBoolean).Bool()
		case "justification":
			l.Justification = strings.Clone(sub.Get(nValueString).Text())
		}
		if err != nil {
			return l, err
		}
	}
	return l, nil
}

// ReceivedOf reads from a stored ClaimResponse when its claim came in: before it was decided for the first time.
func ReceivedOf(response *codec.Document) (time.Time, error) {
	text := response.Root().Get(nCreated).Text()
	for e := range response.Root().Get(nExtension).Each() {
		if e.Get(nURL).Text() != BasisExtension {
			continue
		}
		for sub := range e.Get(nExtension).Each() {
			if sub.Get(nURL).Text() == "received" {
				text = sub.Get(nValueInstant).Text()
			}
		}
	}
	received, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("the time of %s cannot be read: %w", response.ID(), err)
	}
	return received.UTC(), nil
}
