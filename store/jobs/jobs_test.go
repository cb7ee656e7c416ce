package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"claimwright/store"
	"claimwright/store/jobs"
	"claimwright/store/memory"
	"claimwright/store/mongo"
	"claimwright/store/mongo/mongotest"
	"claimwright/store/sqlite"
)

// backends open the data that two servers share; where only one server can have it, both are it.
var backends = map[string]func(t *testing.T) [2]store.Store{
	"memory": func(*testing.T) [2]store.Store {
		st := memory.New()
		return [2]store.Store{st, st}
	},
	"sqlite": func(t *testing.T) [2]store.Store {
		st, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "claims.db"))
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, st.Close()) })
		return [2]store.Store{st, st}
	},
	"mongo": func(t *testing.T) [2]store.Store {
		uri, _ := mongotest.Start(t)
		var both [2]store.Store
		for i := range both {
			st, err := mongo.Open(t.Context(), uri)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, st.Close()) })
			both[i] = st
		}
		return both
	},
}

// onEach runs a test on every backend.
func onEach(t *testing.T, run func(t *testing.T, servers [2]store.Store)) {
	for name, open := range backends {
		t.Run(name, func(t *testing.T) { run(t, open(t)) })
	}
}

// clock is a time that only the test moves.
type clock struct{ now atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.now.Store(time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC).UnixNano())
	return c
}

func (c *clock) time() time.Time { return time.Unix(0, c.now.Load()) }

func (c *clock) pass(d time.Duration) { c.now.Add(int64(d)) }

var mine = jobs.Spec{Principal: "anna", Kind: "k", Request: "GET /x"}

func over(t *testing.T, r *jobs.Runner, id string) *jobs.Job {
	t.Helper()
	var job *jobs.Job
	require.Eventually(t, func() bool {
		var err error
		job, err = r.Job(t.Context(), id, "anna")
		require.NoError(t, err)
		return job.Over()
	}, 10*time.Second, time.Millisecond)
	return job
}

func start(t *testing.T, r *jobs.Runner, s jobs.Spec, work jobs.Work) string {
	t.Helper()
	id, err := r.Start(t.Context(), s, work)
	require.NoError(t, err)
	return id
}

func stop(t *testing.T, r *jobs.Runner) { require.NoError(t, r.Stop(context.Background())) }

// left are the records of jobs in the store.
func left(t *testing.T, st store.Store) int {
	t.Helper()
	records, err := st.ScanInternals(t.Context(), store.System(), store.SpaceJob, "", "", 1000)
	require.NoError(t, err)
	return len(records)
}

func until(ctx context.Context, _ *jobs.Task) ([]byte, error) { <-ctx.Done(); return nil, ctx.Err() }

func TestAResultOutlivesItsServer(t *testing.T) {
	onEach(t, func(t *testing.T, servers [2]store.Store) {
		st := servers[1]
		r := jobs.New(servers[0], jobs.Options{})
		var content bytes.Buffer
		id := start(t, r, mine, func(ctx context.Context, task *jobs.Task) ([]byte, error) {
			file := task.File("Patient.1")
			for range 3000 {
				line := bytes.Repeat([]byte("x"), 300)
				content.Write(line)
				if err := file.Write(ctx, line); err != nil {
					return nil, err
				}
			}
			task.Progress("nearly")
			_, err := file.Close(ctx)
			return []byte("result"), err
		})
		job := over(t, r, id)
		stop(t, r)
		require.Equal(t, jobs.Done, job.State)

		other := jobs.New(st, jobs.Options{})
		job, err := other.Job(t.Context(), id, "anna")
		require.NoError(t, err)
		require.Equal(t, "result", string(job.Result))
		require.Equal(t, []string{"k", "GET /x"}, []string{job.Kind, job.Request})
		file := job.Files["Patient.1"]
		require.Equal(t, []int64{3000, 900_000}, []int64{file.Lines, file.Bytes})
		require.Greater(t, file.Parts, 1)
		var read bytes.Buffer
		for i := range file.Parts {
			part, err := other.Part(t.Context(), job, "Patient.1", i)
			require.NoError(t, err)
			read.Write(part)
		}
		require.True(t, bytes.Equal(content.Bytes(), read.Bytes()))
		_, err = other.Job(t.Context(), id, "bert")
		require.ErrorIs(t, err, jobs.ErrUnknown)
		require.ErrorIs(t, other.Cancel(t.Context(), id, "bert"), jobs.ErrUnknown)
		require.NoError(t, other.Cancel(t.Context(), id, "anna"))
		_, err = other.Job(t.Context(), id, "anna")
		require.ErrorIs(t, err, jobs.ErrUnknown)
		require.Zero(t, left(t, st))
	})
}

func TestAJobIsCancelledFromAnotherServer(t *testing.T) {
	onEach(t, func(t *testing.T, servers [2]store.Store) {
		r, other := jobs.New(servers[0], jobs.Options{Beat: 5 * time.Millisecond}), jobs.New(servers[1], jobs.Options{})
		begun, ended := make(chan struct{}), make(chan struct{})
		id := start(t, r, mine, func(ctx context.Context, task *jobs.Task) ([]byte, error) {
			close(begun)
			defer close(ended)
			file := task.File("f")
			for ctx.Err() == nil {
				if err := file.Write(context.WithoutCancel(ctx), bytes.Repeat([]byte("x"), 1000)); err != nil {
					return nil, err
				}
			}
			return nil, ctx.Err()
		})
		<-begun
		require.NoError(t, other.Cancel(t.Context(), id, "anna"))
		<-ended
		stop(t, r)
		require.Zero(t, left(t, servers[1]), "nothing is left of it")
	})
}

func TestWhatBecomesOfJobs(t *testing.T) {
	for _, c := range []struct {
		name   string
		writes bool
		work   jobs.Work
		want   jobs.State
	}{
		{"fails", false, func(context.Context, *jobs.Task) ([]byte, error) { return nil, errors.New("broken") }, jobs.Failed},
		{"panics", true, func(context.Context, *jobs.Task) ([]byte, error) { panic("broken") }, jobs.Failed},
		{"writes too much", false, func(ctx context.Context, t *jobs.Task) ([]byte, error) {
			return nil, t.File("f").Write(ctx, make([]byte, 2000))
		}, jobs.TooLarge},
		{"does it", true, func(context.Context, *jobs.Task) ([]byte, error) { return []byte("x"), nil }, jobs.Done},
	} {
		t.Run(c.name, func(t *testing.T) {
			st := memory.New()
			r := jobs.New(st, jobs.Options{MaxBytes: 1000})
			released := 0
			spec := mine
			spec.Writes, spec.Release = c.writes, func() { released++ }
			id := start(t, r, spec, c.work)
			require.Equal(t, c.want, over(t, r, id).State)
			stop(t, r)
			require.Equal(t, 1, released)
			require.Equal(t, 1, left(t, st), "only what became of it is kept")
		})
	}
}

func TestStoppingWaitsForWritesOnly(t *testing.T) {
	st := memory.New()
	r := jobs.New(st, jobs.Options{Workers: 2})
	writing := mine
	writing.Writes = true
	begun, goOn := make(chan struct{}), make(chan struct{})
	writer := start(t, r, writing, func(context.Context, *jobs.Task) ([]byte, error) {
		close(begun)
		<-goOn
		return []byte("written"), nil
	})
	<-begun
	reader := start(t, r, mine, until)
	waiting := start(t, r, writing, until)
	stopped := make(chan error, 1)
	go func() { stopped <- r.Stop(context.Background()) }()
	require.Equal(t, jobs.Stopped, over(t, r, reader).State)
	require.Equal(t, jobs.Stopped, over(t, r, waiting).State, "it was not begun")
	close(goOn)
	require.NoError(t, <-stopped)
	require.Equal(t, jobs.Done, over(t, r, writer).State)
	_, err := r.Start(t.Context(), mine, until)
	require.ErrorIs(t, err, jobs.ErrStopped)
}

func TestStoppingLosesPatience(t *testing.T) {
	r := jobs.New(memory.New(), jobs.Options{})
	writing := mine
	writing.Writes = true
	begun := make(chan struct{})
	id := start(t, r, writing, func(ctx context.Context, task *jobs.Task) ([]byte, error) {
		close(begun)
		return until(ctx, task)
	})
	<-begun
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.Error(t, r.Stop(ctx))
	require.Equal(t, jobs.Lost, over(t, r, id).State)
}

func TestAJobWhoseServerDiedIsLost(t *testing.T) {
	onEach(t, func(t *testing.T, servers [2]store.Store) {
		c := newClock()
		o := jobs.Options{Clock: c.time, Workers: 1, Beat: time.Hour, Keep: 100 * time.Hour}
		dead, other := jobs.New(servers[0], o), jobs.New(servers[1], o)
		begun := make(chan struct{})
		running := start(t, dead, mine, func(ctx context.Context, task *jobs.Task) ([]byte, error) {
			close(begun)
			return until(ctx, task)
		})
		<-begun
		waiting := start(t, dead, mine, until)
		c.pass(3 * time.Hour)
		job, err := other.Job(t.Context(), running, "anna")
		require.NoError(t, err)
		require.Equal(t, jobs.Running, job.State)
		c.pass(2 * time.Hour)
		require.Equal(t, jobs.Lost, over(t, other, running).State)
		require.Equal(t, jobs.Stopped, over(t, other, waiting).State, "it was never begun")
		stop(t, dead)
	})
}

func TestJobsExpireAndAreBounded(t *testing.T) {
	onEach(t, func(t *testing.T, servers [2]store.Store) {
		st, c := servers[0], newClock()
		o := jobs.Options{Clock: c.time, Stored: 2, Keep: time.Hour}
		r, other := jobs.New(st, o), jobs.New(servers[1], o)
		done := func(context.Context, *jobs.Task) ([]byte, error) { return nil, nil }
		first := start(t, r, mine, done)
		require.Equal(t, jobs.Done, over(t, r, first).State)
		over(t, r, start(t, r, mine, done))
		for _, server := range []*jobs.Runner{r, other} {
			_, err := server.Start(t.Context(), mine, done)
			require.ErrorIs(t, err, jobs.ErrBusy, "what is kept is counted over all servers")
		}
		c.pass(time.Hour)
		for _, server := range []*jobs.Runner{r, other} {
			_, err := server.Job(t.Context(), first, "anna")
			require.ErrorIs(t, err, jobs.ErrUnknown)
			require.ErrorIs(t, server.Cancel(t.Context(), first, "anna"), jobs.ErrUnknown)
		}
		over(t, other, start(t, other, mine, done))
		require.Equal(t, 1, left(t, st))
		stop(t, r)
		stop(t, other)
	})
}

func TestNothingRunsWithoutJobs(t *testing.T) {
	leaks := goleak.IgnoreCurrent()
	r := jobs.New(memory.New(), jobs.Options{})
	over(t, r, start(t, r, mine, func(context.Context, *jobs.Task) ([]byte, error) { return nil, nil }))
	goleak.VerifyNone(t, leaks)
	stop(t, r)
}

// TestAKilledServer: what a server that was killed had written stays clear to the others, and can be forgotten with all of
// its parts; the server itself, should it only have been cut off, learns that it works in vain.
func TestAKilledServer(t *testing.T) {
	onEach(t, func(t *testing.T, servers [2]store.Store) {
		c := newClock()
		cut := &cutOff{Store: servers[0]}
		killed := jobs.New(cut, jobs.Options{Clock: c.time, Beat: time.Minute})
		other := jobs.New(servers[1], jobs.Options{Clock: c.time, Beat: time.Minute})
		begun, goOn := make(chan struct{}), make(chan struct{})
		writing := mine
		writing.Writes = true
		id := start(t, killed, writing, func(ctx context.Context, task *jobs.Task) ([]byte, error) {
			file := task.File("f")
			if err := file.Write(ctx, make([]byte, 1<<20)); err != nil {
				return nil, err
			}
			close(begun)
			<-goOn
			_, err := file.Close(ctx)
			return []byte("done"), err
		})
		<-begun
		cut.off.Store(true)
		job, err := other.Job(t.Context(), id, "anna")
		require.NoError(t, err)
		require.Equal(t, jobs.Running, job.State)
		c.pass(5 * time.Minute)
		require.Equal(t, jobs.Lost, over(t, other, id).State)
		require.Greater(t, left(t, servers[1]), 1, "its parts are there")
		c.pass(24 * time.Hour)
		_, err = other.Job(t.Context(), id, "anna")
		require.ErrorIs(t, err, jobs.ErrUnknown, "it has expired")
		over(t, other, start(t, other, mine, func(context.Context, *jobs.Task) ([]byte, error) { return nil, nil }))
		require.Equal(t, 1, left(t, servers[1]), "the next job swept it away")
		cut.off.Store(false)
		close(goOn)
		stop(t, killed)
		stop(t, other)
		require.Equal(t, 1, left(t, servers[1]), "it did not come back")
	})
}

// cutOff is a store that a server can lose.
type cutOff struct {
	store.Store
	off atomic.Bool
}

func (s *cutOff) Commit(ctx context.Context, c store.Commit) error {
	if s.off.Load() {
		return errors.New("no connection")
	}
	return s.Store.Commit(ctx, c)
}
