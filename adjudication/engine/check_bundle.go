package engine

import "fmt"

// nestingOf is how deep the line's service includes others, as far as that matters in this claim.
func (d *decider) nestingOf(l *Line) int {
	if l.Service == nil {
		return 0
	}
	return min(l.Service.Nesting, d.nesting)
}

// bundle remembers an accepted line that includes others, once for each service and day.
func (d *decider) bundle(l *Line) {
	if d.nesting == 0 || !l.Accepted() || l.Service.Nesting == 0 {
		return
	}
	for _, known := range d.bundles {
		if known.Service == l.Service && known.Target == l.Target {
			return
		}
	}
	d.bundles = append(d.bundles, l)
}

// notIncluded: no accepted service of the same day in this claim includes the line's.
func (d *decider) notIncluded(l *Line) Denial {
	for _, bundle := range d.bundles {
		if bundle.Target != l.Target {
			continue
		}
		for _, code := range l.Service.Codes {
			if bundle.Service.Includes[code] {
				l.whyOf = IncludedInBundle
				l.why = fmt.Sprintf("%s in %s (line %s).", code.Value, bundle.Service.Codes[0].Value, bundle.Item.Number())
				return IncludedInBundle
			}
		}
	}
	return NotDenied
}
