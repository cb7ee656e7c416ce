package engine

import (
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/scheme"
)

// patientFits: the service is for patients of the member's sex and age. What is not recorded contradicts nothing.
func (d *decider) patientFits(l *Line) Denial {
	if contradicts(l.Service.Sex, d.Member.Sex, &l.Plan.Practice) || l.Service.Age != scheme.AnyAge && l.Service.Age != l.Age {
		return PatientCategory
	}
	return NotDenied
}

// contradicts tells whether a service is for the other sex.
func contradicts(wanted scheme.Sex, recorded ledger.Sex, p *scheme.Practice) bool {
	if recorded == ledger.Other && p.OtherIsMale {
		recorded = ledger.Male
	}
	return wanted == scheme.Male && recorded == ledger.Female || wanted == scheme.Female && recorded == ledger.Male
}
