package engine

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestDatesOfAClaim(t *testing.T) {
	// The fixture's service is on 10 May 2026, its zone three hours ahead of UTC.
	at := func(text string) time.Time {
		moment, err := time.Parse(time.RFC3339, text)
		require.NoError(t, err)
		return moment
	}
	for name, c := range map[string]struct {
		created, use, setting string
		now, received         string
		dates                 string
		want                  string
	}{
		"created on the day":                   {created: "2026-05-10"},
		"created before":                       {created: "2026-05-09", want: "target-date"},
		"created before midnight in Nairobi":   {created: "2026-05-09T20:59:59Z", want: "target-date"},
		"created after midnight in Nairobi":    {created: "2026-05-09T21:00:00Z"},
		"created in the month":                 {created: "2026-05"},
		"created before, as far as allowed":    {created: "2026-05-08", setting: "check=target-date days=2"},
		"created before, further than allowed": {created: "2026-05-07", setting: "check=target-date days=2", want: "target-date"},
		"a preauthorization comes before":      {created: "2026-05-01", use: "preauthorization"},
		"a predetermination comes before":      {created: "2026-05-01", use: "predetermination"},
		"nobody asks how late it is":           {now: "2030-01-01T00:00:00Z"},
		"in time":                              {setting: "check=late-submission days=20", now: "2026-05-30T20:59:59Z"},
		"late, in Nairobi":                     {setting: "check=late-submission days=20", now: "2026-05-30T21:00:00Z", want: "late-submission"},
		"received in time, decided late":       {setting: "check=late-submission days=20", now: "2026-07-01T00:00:00Z", received: "2026-05-20T00:00:00Z"},
		"a preauthorization is never late":     {setting: "check=late-submission days=20", now: "2026-07-01T00:00:00Z", use: "preauthorization"},
		"dated as it came in":                  {setting: "check=back-dated days=3", created: "2026-06-01"},
		"dated within the days":                {setting: "check=back-dated days=3", created: "2026-05-29"},
		"dated earlier":                        {setting: "check=back-dated days=3", created: "2026-05-28", want: "back-dated"},
		"dated tomorrow":                       {setting: "check=back-dated days=3", created: "2026-06-02"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			if c.created != "" {
				f.created = c.created
			}
			if c.use != "" {
				f.use = c.use
			}
			if c.setting != "" {
				f.insurer = []string{"check-setting " + c.setting}
			}
			if c.now != "" {
				f.now = at(c.now)
			}
			k := f.line("A", "1", "100").makeCase()
			if c.received != "" {
				k.Received = at(c.received)
			}
			d := Decide(k)
			require.Equal(t, []string{c.want}, denied(d))
			again, err := d.Basis.Case(f.read(), f.scheme())
			require.NoError(t, err)
			require.Equal(t, d, Decide(again))
		})
	}
}

func TestTheStartOfAStayCounts(t *testing.T) {
	f := newFixture(t)
	f.created = "2026-05-11"
	d := f.rawLine("A", `"servicedPeriod":{"start":"2026-05-10","end":"2026-05-14"}`).rawLine("B", `"servicedPeriod":{"start":"2026-05-12","end":"2026-05-14"}`).decide()
	require.Equal(t, []string{"", "target-date"}, denied(d))
}
