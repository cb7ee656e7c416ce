package bench

import (
	"context"
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"sync/atomic"
	"time"
)

// Options say what a run measures. Zero values mean the defaults named.
type Options struct {
	// Address is the server's host:port.
	Address string
	// Modes are any of "submit", "poll", "search", "mix", "chain" and "transaction". Default all.
	Modes []string
	// Clients are concurrent connections. Default 64.
	Clients int
	// MinLines and MaxLines bound a claim's lines. Default 10 and 10.
	MinLines, MaxLines int
	// Stored are the numbers of claims to have stored before a measurement, rising. Default 0 only: measure as it is.
	Stored []int64
	// Members is the size of the population. Default 2,000.
	Members int
	// Duration is the length of a phase. Default 10 s. Rate is the arrivals a second; 0 as many as the clients carry.
	Duration time.Duration
	Rate     float64
	// Folder is where the fsync yardstick writes; it should be on the store's disk. Default the working directory.
	Folder string
	// Scheme is the sandbox's folder.
	Scheme fs.FS
	// Sizes, when set, tells the size of the store; only a server in this process can.
	Sizes func(ctx context.Context) (Cost, error)
	// Progress is told what goes on.
	Progress func(stage string, done, total int64)
}

func (o Options) withDefaults() Options {
	if len(o.Modes) == 0 {
		o.Modes = []string{"submit", "poll", "search", "mix", "chain", "transaction"}
	}
	if o.Clients == 0 {
		o.Clients = 64
	}
	if o.MaxLines == 0 {
		o.MinLines, o.MaxLines = 10, 10
	}
	if o.Members == 0 {
		o.Members = 2000
	}
	if o.Duration == 0 {
		o.Duration = 10 * time.Second
	}
	if len(o.Stored) == 0 {
		o.Stored = []int64{0}
	}
	if o.Folder == "" {
		o.Folder = "."
	}
	if o.Progress == nil {
		o.Progress = func(string, int64, int64) {}
	}
	return o
}

// suite is a run under way.
type suite struct {
	Options
	report  Report
	submits *Submissions
	stored  int64
	bundles atomic.Int64
}

// RunAll loads the population, fills the store step by step and measures at each step, the yardsticks first and last. The report is
// as far as it came when the error is not nil.
func RunAll(ctx context.Context, o Options) (*Report, error) {
	o = o.withDefaults()
	start := time.Now()
	s := &suite{Options: o, submits: &Submissions{
		Run: fmt.Sprintf("run-%d", start.UnixNano()), Members: o.Members, MinLines: o.MinLines, MaxLines: o.MaxLines, Decided: &Decided{},
	}}
	s.report = Report{Go: runtime.Version(), Processors: runtime.GOMAXPROCS(0), Clients: o.Clients, Lines: fmt.Sprintf("%d–%d", o.MinLines, o.MaxLines)}
	err := s.run(ctx)
	s.report.Took = time.Since(start)
	return &s.report, err
}

func (s *suite) run(ctx context.Context) error {
	if err := (Population{s.Members}).Load(ctx, s.Address, s.Scheme, func(done, total int64) { s.Progress("enrol members", done, total) }); err != nil {
		return err
	}
	if err := s.yardsticks(ctx); err != nil {
		return err
	}
	for _, stored := range s.Stored {
		if err := s.fill(ctx, max(stored, warmUp)); err != nil {
			return err
		}
		if err := s.measure(ctx, stored); err != nil {
			return err
		}
	}
	s.compare()
	return ctx.Err()
}

// warmUp is the least number of claims that are stored before anything is measured, so that there is something to poll for.
const warmUp = 640

// yardsticks measures what a handler that does nothing carries, with bodies of the size of a claim and its answer.
func (s *suite) yardsticks(ctx context.Context) error {
	claim := s.submits.claim(0, s.MaxLines)
	y, err := StartYardstick(2 * len(claim))
	if err != nil {
		return err
	}
	s.phase(ctx, Load{Name: "echo POST", Address: y.Address, Next: y.Post(claim)})
	s.phase(ctx, Load{Name: "echo GET", Address: y.Address, Next: y.Get})
	if err := y.Close(); err != nil {
		return err
	}
	s.Progress("fsync loop", 0, 0)
	s.report.Fsyncs, err = FsyncLoop(ctx, s.Folder, time.Second)
	return err
}

// fill submits claims until the number is stored; they are checked like all others, and not measured.
func (s *suite) fill(ctx context.Context, stored int64) error {
	missing := stored - s.stored
	if missing <= 0 {
		return nil
	}
	stage := fmt.Sprintf("fill to %d claims", stored)
	r := Run(ctx, Load{Address: s.Address, Clients: s.Clients, Requests: missing, Duration: time.Hour, Next: s.submits.Next,
		Progress: func(done int64) { s.Progress(stage, done, missing) }})
	s.stored += r.Requests
	if r.Errors > 0 {
		return fmt.Errorf("%s: %d of %d requests failed, the first: %s", stage, r.Errors, r.Requests, r.FirstErr)
	}
	return ctx.Err()
}

// pollsPerSubmit is the share of reading in the mixed load.
const pollsPerSubmit = 4

func (s *suite) measure(ctx context.Context, stored int64) error {
	named := func(mode string) string {
		if len(s.Stored) == 1 && stored == 0 {
			return mode
		}
		return fmt.Sprintf("%s at %d", mode, stored)
	}
	for _, mode := range s.Modes {
		switch mode {
		case "submit":
			if err := s.measureSubmit(ctx, named(mode)); err != nil {
				return err
			}
		case "poll":
			s.phase(ctx, Load{Name: named(mode), Address: s.Address, Next: s.submits.Decided.Read, Rate: s.Rate})
		case "search":
			s.phase(ctx, Load{Name: named(mode), Address: s.Address, Next: s.submits.Decided.Search, Rate: s.Rate})
		case "mix":
			s.phase(ctx, Load{Name: named(mode), Address: s.Address, Next: Mixed(s.submits, pollsPerSubmit), Rate: s.Rate})
		case "chain":
			s.phase(ctx, Load{Name: named(mode), Address: s.Address, Next: s.submits.Chain, Rate: s.Rate})
		case "transaction":
			s.phase(ctx, Load{Name: named(mode), Address: s.Address, Next: s.transactions(), Rate: s.Rate})
		default:
			return fmt.Errorf("mode %q is not submit, poll, search, mix, chain or transaction", mode)
		}
	}
	return nil
}

// transactions numbers the Bundles of a run, which must not repeat.
func (s *suite) transactions() func(int64) *Request {
	return func(int64) *Request { return s.submits.Transaction(s.bundles.Add(1)) }
}

// measureSubmit also tells what a submission adds to the store.
func (s *suite) measureSubmit(ctx context.Context, name string) error {
	before, err := s.sizes(ctx)
	if err != nil {
		return err
	}
	r := s.phase(ctx, Load{Name: name, Address: s.Address, Next: s.submits.Next, Rate: s.Rate})
	s.stored += r.Requests
	after, err := s.sizes(ctx)
	if err != nil || s.Sizes == nil || r.Requests == 0 {
		return err
	}
	n := float64(r.Requests)
	s.report.PerSubmit = &Cost{Documents: (after.Documents - before.Documents) / n, Internals: (after.Internals - before.Internals) / n,
		IndexRows: (after.IndexRows - before.IndexRows) / n, Bytes: (after.Bytes - before.Bytes) / n}
	return nil
}

func (s *suite) sizes(ctx context.Context) (Cost, error) {
	if s.Sizes == nil {
		return Cost{}, nil
	}
	return s.Sizes(ctx)
}

func (s *suite) phase(ctx context.Context, l Load) Result {
	l.Clients, l.Duration = s.Clients, s.Duration
	l.Progress = func(done int64) { s.Progress(l.Name, done, 0) }
	r := Run(ctx, l)
	r.Name = l.Name
	s.report.Phases = append(s.report.Phases, r)
	return r
}

// The longest times that are wanted, with 16 clients and 100,000 claims stored, for 99 of 100 requests.
var slowest = map[string]time.Duration{
	"poll": 5 * time.Millisecond, "search": 5 * time.Millisecond, "chain": 50 * time.Millisecond, "transaction": 150 * time.Millisecond,
}

// The least rates that are wanted, as parts of the yardstick's.
const (
	submitTarget = 0.055
	pollTarget   = 0.32
	growthTarget = 0.9
)

func (s *suite) compare() {
	for _, p := range slices.Clone(s.report.Phases) {
		var mode string
		if _, err := fmt.Sscanf(p.Name, "%s", &mode); err != nil {
			continue
		}
		if wanted, ok := slowest[mode]; ok {
			s.report.Delays = append(s.report.Delays, Delay{Name: p.Name, P99: p.P99, Target: wanted})
		}
		switch mode {
		case "submit":
			s.report.Compare(p.Name+" / echo POST", p.Name, "echo POST", submitTarget)
		case "poll":
			s.report.Compare(p.Name+" / echo GET", p.Name, "echo GET", pollTarget)
		case "search":
			s.report.Compare(p.Name+" / echo GET", p.Name, "echo GET", 0)
		}
	}
	if n := len(s.Stored); n > 1 {
		few, many := fmt.Sprintf("submit at %d", s.Stored[0]), fmt.Sprintf("submit at %d", s.Stored[n-1])
		s.report.Compare(many+" / "+few, many, few, growthTarget)
	}
}
