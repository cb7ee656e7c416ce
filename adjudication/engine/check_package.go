package engine

import (
	"fmt"
	"slices"
	"strings"

	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
)

// packaged tells whether a whole is decided as one line because its own code is that of a package.
func (d *decider) packaged(w *Whole) bool {
	service := d.registered(&w.ClaimLine, d.Claim.Target(&w.ClaimLine, d.zone))
	return service != nil && service.Package != scheme.NoPackage
}

// packageFits: the parts that are claimed of a fixed package are those of its definition, each in the quantity that so
// many packages hold. Where the provider's own price counts, the parts are his affair.
func (d *decider) packageFits(l *Line) Denial {
	if l.Service.Package != scheme.FixedPackage || l.Benefit.Origin == scheme.FromProvider {
		return NotDenied
	}
	var differences []string
	claimed := d.Claim.parts(l.whole)
	for _, part := range l.Service.Parts {
		wanted := part.Quantity.Times(l.Billed, 2*maxQuantityDigits)
		found := wanted.Sub(wanted)
		claimed = slices.DeleteFunc(claimed, func(p *ClaimLine) bool {
			same := d.means(p, part.Item, l)
			if same {
				found = found.Add(p.Quantity)
			}
			return same
		})
		if !found.Equal(wanted) {
			differences = append(differences, fmt.Sprintf("%s × %s instead of %s", part.Item.Value, trimmed(found, 0), trimmed(wanted, 0)))
		}
	}
	for _, p := range claimed {
		differences = append(differences, fmt.Sprintf("part %s is none of it", p.Number()))
	}
	if len(differences) == 0 {
		return NotDenied
	}
	const most = 5
	if more := len(differences) - most; more > 0 {
		differences = append(differences[:most], fmt.Sprintf("and %d more", more))
	}
	if l.Plan.Practice.MismatchIsFree {
		l.Price.Unit = money.Decimal{}
		d.note(l, noteKey{kind: notePackage, rule: l.Item.Number()})
		return NotDenied
	}
	l.whyOf, l.why = PackageMismatch, fmt.Sprintf("line %s, %s: %s.", l.Item.Number(), l.Service.Codes[0].Value, strings.Join(differences, "; "))
	return PackageMismatch
}

// means tells whether a part is claimed by a code, or by another code of the same service.
func (d *decider) means(part *ClaimLine, code scheme.Code, l *Line) bool {
	if slices.Contains(part.Codes, code) {
		return true
	}
	service := d.registered(part, l.Target)
	return service != nil && slices.Contains(service.Codes, code)
}

// parts are the details of an item, or the sub-details of a detail; nil has none.
func (c *Claim) parts(w *Whole) []*ClaimLine {
	if w == nil {
		return nil
	}
	var parts []*ClaimLine
	lines := c.Lines[w.First : w.First+w.Count]
	for i := 0; i < len(lines); i++ {
		l := &lines[i]
		if l.SubDetail == 0 || w.Detail != 0 {
			parts = append(parts, l)
			continue
		}
		detail := c.wholeOf(l)
		parts = append(parts, &detail.ClaimLine)
		i += detail.Count - 1
	}
	return parts
}

// wholeOf is the detail that a sub-detail is a part of.
func (c *Claim) wholeOf(l *ClaimLine) *Whole {
	detail := ClaimLine{Sequence: l.Sequence, Detail: l.Detail}
	at, _ := slices.BinarySearchFunc(c.Wholes, &detail, func(w Whole, d *ClaimLine) int { return w.compare(d) })
	return &c.Wholes[at]
}
