package engine

import "claimwright/adjudication/engine/scheme"

// diagnosisListed: one of the line's diagnoses is in the list that the check is set to; a line without any is not
// justified by the list.
func (d *decider) diagnosisListed(l *Line) Denial {
	list := d.set(l, DiagnosisNotListed).List
	if list == nil || d.Claim.diagnosed(l.Item, func(g *Diagnosis) bool { return anyListed(list, g.Codes) }) {
		return NotDenied
	}
	return DiagnosisNotListed
}

func anyListed(list *scheme.CodeList, codes []scheme.Code) bool {
	for _, c := range codes {
		if list.Holds(c) {
			return true
		}
	}
	return false
}
