package engine

import (
	"strings"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
)

// visitMark begins the name under which a member's head counts the visits to a facility, beside the services.
const visitMark = "@"

// visitName is the name under which a member's head counts visits, one for each insurer and facility.
func visitName(insurer, facility string) string { return insurer + " " + visitMark + facility }

// visit is the days of the visit or stay: the claim's own, or else those of its lines that have a day.
func (d *decider) visit() day.Period {
	if span := d.Claim.Billable.In(d.zone); span.From != 0 && span.To >= span.From {
		return span
	}
	var days day.Period
	for i := range d.Claim.Lines {
		l := &d.Claim.Lines[i]
		target := d.Claim.Target(l, d.zone)
		if target == 0 {
			continue
		}
		if from := min(d.Claim.Admission(l, d.zone), target); days.From == 0 || from < days.From {
			days.From = from
		}
		days.To = max(days.To, target)
	}
	return days
}

// rememberVisit adds the visit of a claim to what the member's head remembers, where rules look for visits elsewhere.
func (d *decider) rememberVisit(dst []ledger.Provision) []ledger.Provision {
	keep := d.Scheme.VisitsRemembered()
	if keep == 0 || d.out.Use != UseClaim {
		return dst
	}
	days := d.visit()
	if days.From == 0 {
		return dst
	}
	return append(dst, ledger.Provision{Item: visitName(d.out.Insurer.Key, d.out.Facility.Key), Period: days, Count: 1, Keep: int32(keep)})
}

// Elsewhere counts the other facilities of whose visits one lies within the window.
func (h history) Elsewhere(days int) int {
	window := day.Period{From: h.visit.From - day.Date(days), To: h.visit.To + day.Date(days)}
	found := 0
	h.elsewhere(func(visits []ledger.Count) {
		for _, v := range visits {
			if v.Period.Overlaps(window) {
				found++
				return
			}
		}
	})
	return found
}

// NightsElsewhere is the most nights that the visit shares with one elsewhere.
func (h history) NightsElsewhere() int {
	var most day.Date
	h.elsewhere(func(visits []ledger.Count) {
		for _, v := range visits {
			most = max(most, min(v.Period.To, h.visit.To)-max(v.Period.From, h.visit.From))
		}
	})
	return int(most)
}

// elsewhere visits what the head knows of each other facility.
func (h history) elsewhere(each func([]ledger.Count)) {
	prefix := visitName(h.insurer, "")
	for i := range h.member.Services {
		s := &h.member.Services[i]
		if facility, is := strings.CutPrefix(s.Item, prefix); is && facility != h.facility {
			each(s.Days)
		}
	}
}
