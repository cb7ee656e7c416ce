package scenario_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/claims/replay"
	"claimwright/adjudication/scenario"
	"claimwright/store"
)

// replaying is a store whose decisions are made again before it is closed.
type replaying struct {
	store.Store
	results *replays
}

// replays gathers what came of all stores; scenarios run at the same time.
type replays struct {
	mu     sync.Mutex
	made   int
	faults []string
}

func (s replaying) Close() error {
	err := replay.New(s.Store).All(context.Background(), time.Time{}, func(r replay.Result) {
		s.results.mu.Lock()
		defer s.results.mu.Unlock()
		s.results.made++
		if r.Verdict.Fault() {
			s.results.faults = append(s.results.faults, fmt.Sprintf("%s %s: %+v", r.Verdict, r.Reason, r))
		}
	}, func(int64, int64) {})
	if err != nil {
		return err
	}
	return s.Store.Close()
}

// TestEveryDecisionCanBeMadeAgain: what the scenarios decide comes out the same again, byte for byte, whatever feature it
// used.
func TestEveryDecisionCanBeMadeAgain(t *testing.T) {
	files, err := scenario.Load("../../testdata/scenarios")
	require.NoError(t, err)
	results := &replays{}
	_, err = scenario.Run(t.Context(), files, scenario.Options{NewStore: func() store.Store { return replaying{newStore(), results} }})
	require.NoError(t, err)
	require.Greater(t, results.made, len(files))
	require.Empty(t, results.faults)
}
