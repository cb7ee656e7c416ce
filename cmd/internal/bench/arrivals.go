package bench

import (
	"context"
	"sync/atomic"
	"time"
)

// arrivals hands out request numbers and the times at which they arrive.
type arrivals struct {
	start    time.Time
	interval time.Duration
	limit    int64
	issued   atomic.Int64
	done     atomic.Int64
}

func newArrivals(l Load) *arrivals {
	a := &arrivals{start: time.Now(), limit: l.Requests}
	if l.Rate > 0 {
		a.interval = time.Duration(float64(time.Second) / l.Rate)
	}
	return a
}

// next gives the next request's number and arrival time, waiting for it if it lies ahead. Without a rate a request arrives when
// a client is free.
func (a *arrivals) next(ctx context.Context) (int64, time.Time, bool) {
	if ctx.Err() != nil {
		return 0, time.Time{}, false
	}
	n := a.issued.Add(1) - 1
	if a.limit > 0 && n >= a.limit {
		return 0, time.Time{}, false
	}
	if a.interval == 0 {
		return n, time.Now(), true
	}
	due := a.start.Add(time.Duration(n) * a.interval)
	if wait := time.Until(due); wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return 0, time.Time{}, false
		}
	}
	return n, due, true
}
