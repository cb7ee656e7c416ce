package resources

import "context"

type idSource struct{}

// WithIDs lets the units of work done with the context draw their ids from next instead of Options.NewID, so that whoever
// must get the same ids again, however many others draw at the same time, can. An id that next gives must never have been
// stored before. next is called by one unit of work at a time if the context is used by one at a time.
func WithIDs(ctx context.Context, next func() string) context.Context {
	return context.WithValue(ctx, idSource{}, next)
}

// ids is the source that a context brings, else the service's own.
func (s *Service) ids(ctx context.Context) func() string {
	if next, ok := ctx.Value(idSource{}).(func() string); ok {
		return next
	}
	return s.options.NewID
}
