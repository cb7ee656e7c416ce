package bench

import (
	"context"
	"sync"
	"time"
)

// Load is one phase of load on one server.
type Load struct {
	Name    string
	Address string
	// Clients are connections that each carry one request at a time.
	Clients int
	// Rate is the number of requests that arrive a second, whether or not earlier ones are answered (open loop): latency
	// counts from the arrival, queueing included. Zero asks for as many as the clients can carry.
	Rate float64
	// Duration bounds the phase; Requests, when positive, ends it earlier.
	Duration time.Duration
	Requests int64
	// Timeout bounds one request; zero means 30 s.
	Timeout time.Duration
	// Next makes the n-th request; it is called by many clients at once.
	Next func(n int64) *Request
	// Progress, when set, is told the number of answers about every 200 ms.
	Progress func(done int64)
}

// Result is what a phase measured.
type Result struct {
	Name     string        `json:"name"`
	Requests int64         `json:"requests"`
	Errors   int64         `json:"errors"`
	FirstErr string        `json:"firstError,omitempty"`
	Rate     float64       `json:"perSecond"`
	P50      time.Duration `json:"p50"`
	P99      time.Duration `json:"p99"`
	Max      time.Duration `json:"max"`
	// CPU is the processor time of this process per request: server and generator together when the server is in
	// process, the generator's alone when it is elsewhere.
	CPU     time.Duration `json:"cpuPerRequest"`
	Elapsed time.Duration `json:"elapsed"`
	// Resident is the process' resident memory at the end of the phase, in bytes.
	Resident int64 `json:"residentBytes"`
}

// Run puts the load on and waits for the last answer. It ends early with the context.
func Run(ctx context.Context, l Load) Result {
	if l.Timeout == 0 {
		l.Timeout = 30 * time.Second
	}
	arrivals := newArrivals(l)
	workers := make([]worker, l.Clients)
	before, start := processorTime(), time.Now()
	ctx, cancel := context.WithDeadline(ctx, start.Add(l.Duration))
	defer cancel()
	stop := reportProgress(l.Progress, arrivals)
	var wait sync.WaitGroup
	for i := range workers {
		w := &workers[i]
		w.client = client{address: l.Address, timeout: l.Timeout}
		wait.Go(func() { w.work(ctx, &l, arrivals) })
	}
	wait.Wait()
	stop()
	return summarise(l.Name, workers, time.Since(start), processorTime()-before)
}

type worker struct {
	client    client
	latencies histogram
	errors    int64
	firstErr  string
}

func (w *worker) work(ctx context.Context, l *Load, a *arrivals) {
	defer w.client.close()
	for {
		n, arrived, ok := a.next(ctx)
		if !ok {
			return
		}
		r := l.Next(n)
		// A request that arrived is carried out to its end, so that the phase's last answers are counted too.
		answer, err := w.client.do(context.WithoutCancel(ctx), r)
		if err == nil && r.Check != nil {
			err = r.Check(answer)
		}
		w.latencies.add(time.Since(arrived))
		if err != nil {
			w.errors++
			if w.firstErr == "" {
				w.firstErr = err.Error()
			}
		}
		a.done.Add(1)
	}
}

func summarise(name string, workers []worker, elapsed, cpu time.Duration) Result {
	r := Result{Name: name, Elapsed: elapsed, Resident: residentBytes()}
	var all histogram
	for i := range workers {
		all.merge(&workers[i].latencies)
		r.Errors += workers[i].errors
		if r.FirstErr == "" {
			r.FirstErr = workers[i].firstErr
		}
	}
	r.Requests = all.count
	r.P50, r.P99, r.Max = all.quantile(0.50), all.quantile(0.99), all.max
	if r.Requests > 0 {
		r.Rate = float64(r.Requests-r.Errors) / elapsed.Seconds()
		r.CPU = cpu / time.Duration(r.Requests)
	}
	return r
}

func reportProgress(report func(int64), a *arrivals) (stop func()) {
	if report == nil {
		return func() {}
	}
	quit, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				report(a.done.Load())
			case <-quit:
				report(a.done.Load())
				return
			}
		}
	}()
	return func() { close(quit); <-ended }
}
