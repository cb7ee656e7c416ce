// Package profile computes what is usual among the facilities of an insurer from the claims that a store holds, as the
// MeasureReport that rules ask as peers.
//
// It owns the walk over the claims and the statistics. How a claim is read is the engine's business; what becomes of the
// report is the caller's: it counts only once it is written to a server.
//
//	report, err := profile.Compute(ctx, st, sch, profile.Request{Insurer: "Organization/umoja", Since: …, Until: …}, nil)
package profile
