package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/claims/replay"
	"claimwright/adjudication/engine"
	"claimwright/store"
)

func TestReplayReport(t *testing.T) {
	var out strings.Builder
	r := &replayReport{out: &out, width: 100, counts: map[replay.Verdict]int{}}
	key := store.Key{Type: "ClaimResponse", ID: "1"}
	r.add(&replay.Result{Response: key, Version: 1, Verdict: replay.Same, Recorded: "2", Engine: "2"}, false)
	r.add(&replay.Result{Response: key, Version: 2, Verdict: replay.Changed, Recorded: "1", Engine: "2", Differences: []replay.Difference{
		{At: "ClaimResponse.item[2].adjudication[copay].amount.value", Again: "20.00", By: "+20.00"},
		{At: "ClaimResponse.total[benefit].amount.value", Stored: "1100.00", Again: "1080.00", By: "-20.00"},
	}, More: 3}, false)
	r.add(&replay.Result{Response: key, Version: 3, Verdict: replay.Unable, Reason: "no scheme"}, false)
	require.EqualError(t, r.conclude(), "replay: 1 decisions do not come out as they were recorded")
	require.Equal(t, `ClaimResponse/1 version 2: changed (engine 1 then, 2 now)
  what                                       stored    again      by
  item[2].adjudication[copay].amount.value        -    20.00  +20.00
  total[benefit].amount.value               1100.00  1080.00  -20.00
  and 3 more
ClaimResponse/1 version 3: CANNOT BE DECIDED AGAIN: no scheme
3 decisions made again by engine `+engine.Version+`: 1 the same, 1 changed, 1 cannot be decided again
`, out.String())
}
