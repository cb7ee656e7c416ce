package jobs

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"claimwright/store"
)

// The conditions that callers branch on.
var (
	// ErrUnknown: there is no such job for this principal, or no longer.
	ErrUnknown = errors.New("job is not known")
	// ErrBusy: as many jobs wait or are kept as may.
	ErrBusy = errors.New("too many jobs")
	// ErrTooLarge: the files of a job would take more than they may.
	ErrTooLarge = errors.New("result of the job is too large")
	// ErrStopped: the runner takes no more jobs.
	ErrStopped = errors.New("jobs are stopped")
)

// State is how far a job is.
type State string

// The states. A job is Lost when the server that worked on it no longer does: what it writes may have been written or not.
// It is Stopped when its server was stopped before it was begun, or when it only read; TooLarge when its work ended with
// ErrTooLarge.
const (
	Waiting  State = "waiting"
	Running  State = "running"
	Done     State = "done"
	Failed   State = "failed"
	TooLarge State = "too-large"
	Stopped  State = "stopped"
	Lost     State = "lost"
)

// Job is a job as the store remembers it.
type Job struct {
	ID string `json:"-"`
	// Principal may ask for the job, and nobody else. Kind and Request are what Spec says.
	Principal, Kind, Request string
	State                    State
	// Progress is what the work last said of itself.
	Progress string `json:",omitempty"`
	// Began is when the job was accepted, Ended when it came to an end, Beat when its server last said that it works on it.
	Began, Ended, Beat time.Time
	// Result is what the work returned; nil unless Done.
	Result []byte `json:",omitempty"`
	// Files are the result's files by name.
	Files map[string]*File `json:",omitempty"`

	version int64
}

// File is a file of a result.
type File struct {
	// Lines is how many times Write was called, Bytes what was written, Parts how many records hold it.
	Lines, Bytes int64
	Parts        int
}

// Over tells that the job has ended, one way or another.
func (j *Job) Over() bool { return j.State != Waiting && j.State != Running }

// end is when the job is forgotten, as far as is known.
func (j *Job) end(keep time.Duration) time.Time {
	if j.Ended.IsZero() {
		return j.Beat.Add(keep)
	}
	return j.Ended.Add(keep)
}

// Expires is when the job and its files are forgotten, for a runner with these options.
func (r *Runner) Expires(j *Job) time.Time { return j.end(r.options.Keep) }

const jobPrefix, partPrefix = "job/", "part/"

func jobKey(id string) store.InternalKey {
	return store.InternalKey{Space: store.SpaceJob, ID: jobPrefix + id}
}

func partsOf(id string) string { return partPrefix + id + "/" }

func partKey(id, file string, n int) store.InternalKey {
	return store.InternalKey{Space: store.SpaceJob, ID: fmt.Sprintf("%s%s/%08d", partsOf(id), file, n)}
}

// The first byte of a record is its format.
const format = 1

func (j *Job) encode() []byte {
	body, err := json.Marshal(j)
	if err != nil { // texts, times and numbers
		panic(fmt.Sprintf("jobs: %v", err))
	}
	return append([]byte{format}, body...)
}

func decode(id string, r store.Internal) (*Job, error) {
	if len(r.Data) == 0 || r.Data[0] != format {
		return nil, fmt.Errorf("read job %s: %w", id, store.ErrNewerFormat)
	}
	j := &Job{ID: id, version: r.Version}
	if err := json.Unmarshal(r.Data[1:], j); err != nil {
		return nil, fmt.Errorf("read job %s: %w", id, err)
	}
	return j, nil
}
