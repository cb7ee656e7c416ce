package scheme

import "strconv"

// String names the time in the ids of limits that have none of their own.
func (r Reckoning) String() string {
	if r.Period == Rolling {
		return r.Period.String() + "-" + strconv.Itoa(r.Days)
	}
	return r.Period.String()
}

// reckoning reads a period and, of a rolling one, its length.
func (f fields) reckoning(period, days string) Reckoning {
	r := Reckoning{Period: choice(f, period, limitPeriods), Days: f.whole(days)}
	switch {
	case r.Period == Rolling && (r.Days < 1 || r.Days > MaxRollingDays):
		f.c.fail(f.at, "A rolling period has a length in days", strconv.Itoa(r.Days), days+" from 1 to "+strconv.Itoa(MaxRollingDays))
	case r.Period != Rolling && f.has(days):
		f.c.fail(f.at, "Only a rolling period has a length in days", period+" "+r.Period.String(), period+" rolling")
	}
	return r
}

// timed refuses a period that could not mean anything: a claim or an event is counted whole.
func (c *compiler) timed(f fields, s Scope, r Reckoning) {
	if (s == PerClaim || s == PerEvent) && r.Period != PolicyPeriod {
		c.fail(f.at, "A limit per claim or per event has no period", r.Period.String(), "no period, or scope member, policy or family")
	}
}
