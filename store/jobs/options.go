package jobs

import (
	"log/slog"
	"time"
)

// Options bound what jobs may cost; a zero field means its default.
type Options struct {
	// Clock tells the time; nil is time.Now.
	Clock func() time.Time
	// Logger is told of jobs that failed for a reason of the server's; nil is silent.
	Logger *slog.Logger
	// Workers is how many jobs are worked on at once, 2; Waiting how many may wait, 32.
	Workers, Waiting int
	// Stored is how many jobs the store keeps, running ones included, over all servers: 500.
	Stored int
	// Keep is how long an ended job and its files are kept: 24 h.
	Keep time.Duration
	// Beat is how often a running job is said to be alive, 15 s. After four times that a job without a sign is Lost.
	Beat time.Duration
	// MaxBytes is how much one job may write to its files: 8 GiB.
	MaxBytes int64
	// Timeout is the longest that a job may take: 6 h.
	Timeout time.Duration
}

func (o Options) withDefaults() Options {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	o.Workers, o.Waiting, o.Stored = or(o.Workers, 2), or(o.Waiting, 32), or(o.Stored, 500)
	o.Keep, o.Beat, o.Timeout = or(o.Keep, 24*time.Hour), or(o.Beat, 15*time.Second), or(o.Timeout, 6*time.Hour)
	o.MaxBytes = or(o.MaxBytes, 8<<30)
	return o
}

func or[T int | int64 | time.Duration](given, otherwise T) T {
	if given > 0 {
		return given
	}
	return otherwise
}
