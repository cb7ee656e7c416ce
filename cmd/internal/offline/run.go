package offline

import (
	"bufio"
	"context"
	"fmt"
	"io"

	"golang.org/x/sync/errgroup"
)

// underWay is how many lines may be under way for each worker: enough to keep all busy when some wait for one another.
const underWay = 128

// Run decides the claims of in, one Claim, Bundle or Parameters a line, and writes an answer a line to out, in the same
// order: what Claim/$submit answers, or an OperationOutcome for what it would refuse. progress is told how many lines are
// answered. The error is that something could not be read or written; refused lines are counted in the Summary alone.
func (a *Adjudicator) Run(ctx context.Context, in io.Reader, out io.Writer, progress func(done int64)) (Summary, error) {
	room := a.options.Workers * underWay
	r := &running{
		Adjudicator: a, room: make(chan struct{}, room), unread: make(chan *line, room), unplanned: make(chan *line, room),
		unwritten: make(chan *line, room), schedule: newSchedule(room),
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return r.read(ctx, in) })
	for range a.options.Workers {
		group.Go(func() error { return r.parse(ctx) })
		group.Go(func() error { return r.decide(ctx) })
	}
	group.Go(func() error { return r.plan(ctx) })
	var summary Summary
	group.Go(func() (err error) {
		if summary, err = r.write(ctx, out, progress); err == nil {
			close(r.schedule.ready) // every line was decided: nobody sends any more
		}
		return err
	})
	return summary, group.Wait()
}

// running is one run: lines go from one channel to the next. All have room for every line that is under way, so that
// nobody ever waits to send.
type running struct {
	*Adjudicator
	room                         chan struct{}
	unread, unplanned, unwritten chan *line
	schedule                     *schedule
}

// read reads the lines.
func (r *running) read(ctx context.Context, in io.Reader) error {
	defer close(r.unread)
	defer close(r.unplanned)
	defer close(r.unwritten)
	lines := newLines(in)
	for {
		l, err := lines.next()
		if err != nil {
			return fmt.Errorf("read the claims: %w", err)
		}
		if l == nil {
			return nil
		}
		select {
		case r.room <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		r.unread <- l
		r.unplanned <- l
		r.unwritten <- l
	}
}

func (r *running) parse(ctx context.Context) error {
	for l := range r.unread {
		l.parse()
		if l.refused == nil {
			if err := r.concerned(ctx, l); err != nil {
				close(l.read)
				return fmt.Errorf("line %d: %w", l.number, err)
			}
		}
		close(l.read)
	}
	return nil
}

// plan hands the lines to the schedule in their order.
func (r *running) plan(ctx context.Context) error {
	for l := range r.unplanned {
		select {
		case <-l.read:
			r.schedule.add(l)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (r *running) decide(ctx context.Context) error {
	for {
		select {
		case l, more := <-r.schedule.ready:
			if !more {
				return nil
			}
			if err := r.Adjudicator.decide(ctx, l); err != nil {
				return fmt.Errorf("line %d: %w", l.number, err)
			}
			r.schedule.done(l)
			close(l.decided)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// write writes the answers in the order of the lines.
func (r *running) write(ctx context.Context, out io.Writer, progress func(done int64)) (Summary, error) {
	var summary Summary
	w := bufio.NewWriterSize(out, 1<<16)
	done := int64(0)
	for l := range r.unwritten {
		select {
		case <-l.decided:
		case <-ctx.Done():
			return summary, ctx.Err()
		}
		_, _ = w.Write(l.answer.body) // Flush tells
		if err := w.WriteByte('\n'); err != nil {
			return summary, fmt.Errorf("write the answers: %w", err)
		}
		summary.add(&l.answer.count)
		done++
		progress(done)
		l.body, l.doc, l.answer = nil, nil, answer{}
		<-r.room
	}
	if err := w.Flush(); err != nil {
		return summary, fmt.Errorf("write the answers: %w", err)
	}
	return summary, nil
}
