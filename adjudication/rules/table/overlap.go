package table

import (
	"fmt"
	"slices"
	"strings"

	"claimwright/adjudication/engine/money"
)

// band is the numbers of one row for one fact.
type band struct {
	row   *row
	at    *column
	spans []span
}

// overlaps compares rows that differ in the numbers of one fact only: bands that overlap, gaps between them, and rows that can
// never act. Rows that differ in more are compared when rules are.
func (c *compiler) overlaps() {
	c.twins()
	var facts []string
	for i := range c.rows {
		for _, p := range c.rows[i].parts {
			if p.spans != nil && !slices.Contains(facts, p.column.fact) {
				facts = append(facts, p.column.fact)
			}
		}
	}
	for _, fact := range facts {
		c.bands(fact)
	}
}

// twins finds rows that ask the same.
func (c *compiler) twins() {
	seen := map[string]int{}
	for i := range c.rows {
		r := &c.rows[i]
		key, _ := r.without("")
		if line, again := seen[key]; again && c.header.hit == "first" {
			c.warn(r.line, nil, fmt.Sprintf("The row never acts: row %d asks the same and comes first", line))
		} else if again {
			c.warn(r.line, nil, fmt.Sprintf("The row asks the same as row %d; both act", line))
		} else {
			seen[key] = r.line
		}
		if len(r.parts) == 0 && (c.header.hit != "first" || i < len(c.rows)-1) {
			c.warn(r.line, nil, "The row asks nothing: it acts on every line"+map[bool]string{true: ", and rows beneath it never act"}[c.header.hit == "first"])
		}
	}
}

// without is what a row asks but for the numbers of one fact, and those numbers.
func (r *row) without(fact string) (rest string, spans []span) {
	var asked []string
	spans = []span{{}}
	for _, p := range r.parts {
		if fact != "" && p.column.fact == fact && p.spans != nil {
			spans = intersect(spans, p.spans)
			continue
		}
		asked = append(asked, p.expression)
	}
	slices.Sort(asked)
	return strings.Join(asked, "\n"), spans
}

// bands compares the rows by the numbers of one fact.
func (c *compiler) bands(fact string) {
	groups, order := map[string][]band{}, []string{}
	for i := range c.rows {
		r := &c.rows[i]
		key, spans := r.without(fact)
		at := columnOf(r, fact)
		if at != nil {
			spans = at.comparable(spans)
		}
		if _, ok := groups[key]; !ok {
			order = append(order, key)
		}
		groups[key] = append(groups[key], band{r, at, spans})
	}
	for _, key := range order {
		c.group(fact, groups[key])
	}
}

func columnOf(r *row, fact string) *column {
	for _, p := range r.parts {
		if p.column.fact == fact && p.spans != nil {
			return p.column
		}
	}
	return nil
}

// group goes through the bands of rows that ask the same otherwise.
func (c *compiler) group(fact string, bands []band) {
	var covered []span
	var last band
	for i, b := range bands {
		if b.at == nil { // any number will do: nothing is left out
			covered = []span{{}}
			continue
		}
		last = b
		var left, met []span
		for _, s := range b.spans {
			l, m := subtract(s, covered)
			left, met = append(left, l...), append(met, m...)
		}
		switch {
		case len(b.spans) == 0:
			c.warn(b.row.line, b.at, "The row never acts: its ends leave no number between them")
		case len(met) == 0:
		case len(left) == 0 && c.header.hit == "first":
			c.warn(b.row.line, b.at, "The row never acts: rows above it hold for all of "+b.at.tell(met))
		default:
			c.overlap(bands[:i], b, met)
		}
		covered = union(covered, b.spans)
	}
	if last.at != nil {
		c.gaps(fact, last, covered)
	}
}

func (c *compiler) overlap(above []band, b band, met []span) {
	for _, other := range above {
		if other.at == nil || len(intersect(other.spans, b.spans)) == 0 {
			continue
		}
		what := "both act"
		if c.header.hit == "first" {
			what = fmt.Sprintf("row %d acts", other.row.line)
		}
		both := b.at.tell(intersect(other.spans, b.spans))
		c.warn(b.row.line, b.at, fmt.Sprintf("The band overlaps that of row %d: for %s %s", other.row.line, both, what))
		return
	}
}

// gaps tells what lies between the bands and in none, nor in a row that asks more or less than these.
func (c *compiler) gaps(fact string, last band, covered []span) {
	if len(covered) < 2 {
		return
	}
	rest := others(last.row, fact)
	for i := range c.rows {
		o := &c.rows[i]
		if about := others(o, fact); !within(about, rest) && !within(rest, about) {
			continue
		}
		_, spans := o.without(fact)
		covered = union(covered, last.at.comparable(spans))
	}
	about := ""
	if len(rest) > 0 {
		about = " where " + titleOf(rest)
	}
	for i := 1; i < len(covered); i++ {
		gap := span{covered[i-1].high, covered[i].low, true, true, !covered[i-1].openHigh, !covered[i].openLow}
		c.warn(last.row.line, last.at, fmt.Sprintf("No row holds for %s%s", last.at.tell([]span{gap}), about))
	}
}

// within tells whether all that some parts ask others ask as well.
func within(parts, in []part) bool {
	return !slices.ContainsFunc(parts, func(p part) bool {
		return !slices.ContainsFunc(in, func(q part) bool { return p.expression == q.expression })
	})
}

func others(r *row, fact string) []part {
	return slices.DeleteFunc(slices.Clone(r.parts), func(p part) bool { return p.column.fact == fact && p.spans != nil })
}

// comparable gives bands of whole numbers a closed lower and an open upper end, so that <5 and 5-17 meet.
func (c *column) comparable(spans []span) []span {
	if c.kind != wholeKind {
		return spans
	}
	made := slices.Clone(spans)
	for i := range made {
		if made[i].hasLow && made[i].openLow {
			made[i].low, made[i].openLow = made[i].low.Add(money.Whole(1)), false
		}
		if made[i].hasHigh && !made[i].openHigh {
			made[i].high, made[i].openHigh = made[i].high.Add(money.Whole(1)), true
		}
	}
	return slices.DeleteFunc(made, span.empty)
}

// tell says bands in words; whole numbers have closed ends again.
func (c *column) tell(spans []span) string {
	joined := union(nil, spans)
	for i := range joined {
		if s := &joined[i]; c.kind == wholeKind && s.hasHigh {
			s.high, s.openHigh = s.high.Sub(money.Whole(1)), false
		}
	}
	return tell(joined)
}
