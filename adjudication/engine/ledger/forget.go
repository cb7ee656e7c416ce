package ledger

import (
	"slices"

	"claimwright/adjudication/engine/day"
)

// forget drops the uses of periods that ended more than KeepDays ago.
func (t *Tally) forget(today day.Date) {
	limit := today - KeepDays
	t.Uses = slices.DeleteFunc(t.Uses, func(u Use) bool {
		if u.Period.End() >= limit {
			return false
		}
		t.Horizon = max(t.Horizon, u.Period.End()+1)
		return true
	})
	t.forgetRolling(today)
	t.Services = slices.DeleteFunc(t.Services, func(s Service) bool { return len(s.Days) == 0 && s.Since == 0 })
}

// forget drops the days before limit, and the oldest beyond MaxDays. Days is the service's own slice by now.
func (s *Service) forget(limit day.Date) {
	drop := 0
	for drop < len(s.Days) && (s.Days[drop].Period.End() < limit || len(s.Days)-drop > MaxDays) {
		s.Since = max(s.Since, s.Days[drop].Period.End()+1)
		drop++
	}
	s.Days = s.Days[drop:]
}
