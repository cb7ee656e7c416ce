// Package app puts the server together: the store that the configuration names, store/resources over it, the use cases that
// register their behaviour there, and the HTTP server in front.
//
// It owns the wiring and the order of starting and stopping; it must not know FHIR's details or decide anything.
//
//	a, err := app.Open(ctx, cfg, log)
//	defer a.Close()
//	err = a.Serve(ctx, listener)
package app
