package engine

import "claimwright/adjudication/engine/scheme"

// CheckOrder are the checks in the order in which a line for a service, or for an item of the register, is held against
// them under a practice. ByRule stands where the scheme's own rules are asked that act before a line is valued.
func CheckOrder(p *scheme.Practice, item bool) []Denial {
	order := p.ServiceChecks
	if item {
		order = p.ItemChecks
	}
	var made []Denial
	for _, checks := range [][]lineCheck{resolving, judging[order]} {
		for i := range checks {
			switch c := &checks[i]; {
			case c.denial == MaxOtherClaims:
				made = append(made, MaxHospitalisations, MaxVisits, MaxConsultations, MaxSurgeries, MaxDeliveries, MaxAntenatal, MaxOtherClaims)
			case c.denial == NoCoverInForce:
				made = append(made, NoCoverInForce, PlanNotInForce)
			case c.denial.IsCheck() || c.denial == ByRule:
				made = append(made, c.denial)
			}
		}
	}
	return made
}
