// Package backend opens the store that a configuration names. It is the only place that knows which backends there are.
//
//	st, err := backend.Open(ctx, "sqlite:claimwright.db")
package backend
