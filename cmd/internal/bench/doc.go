// Package bench measures a running server as its users load it: hospitals that submit claims and integrators that poll.
//
// It owns the load generator, the made-up population it loads with, the checks of every answer and the yardsticks (a bare
// Echo handler and an fsync loop in the same run), because a rate means little on a shared machine without them. It speaks
// HTTP to the server under test and knows nothing of its insides.
//
//	result := bench.Run(ctx, bench.Load{Address: addr, Clients: 64, Duration: 10 * time.Second, Next: submits.Next})
package bench
