package app

import (
	"log/slog"

	"claimwright/adjudication/claims"
	"claimwright/adjudication/claims/simulation"
	"claimwright/adjudication/eligibility"
	"claimwright/adjudication/payments"
	"claimwright/cmd/internal/config"
	"claimwright/fhir/server"
	"claimwright/store"
	"claimwright/store/jobs"
	"claimwright/store/resources"
)

// assemble wires the parts; nothing is read or written yet.
func assemble(st store.Store, cfg config.Config, log *slog.Logger) *App {
	res := resources.New(st, resources.Options{Logger: log, BaseURL: cfg.BaseURL, DeleteSeveral: cfg.REST.ConditionalDelete == "multiple",
		Invariants: cfg.REST.Invariants == "refuse"})
	schemes := claims.NewSchemes(st)
	decide := claims.New(res, schemes, claims.Options{Base: []string{cfg.BaseURL}, Logger: log})
	payments.New(res, decide, payments.Options{Base: []string{cfg.BaseURL}})
	eligible := eligibility.New(res, schemes, eligibility.Options{Base: []string{cfg.BaseURL}, Logger: log})
	return &App{
		Store: st, Resources: res, log: log,
		server: server.New(server.Options{
			Resources: res, Store: st, Ready: schemes.Ready, Claims: decide, Reviews: decide, Eligibility: eligible, Balances: eligible, Checklist: decide, Simulations: simulation.NewOperations(st, schemes), BaseURL: cfg.BaseURL, Logger: log,
			Jobs:     jobs.New(st, jobs.Options{Logger: log}),
			Origins:  cfg.CORS.List(),
			Strict:   cfg.Search.Handling == "strict",
			Software: server.Software{Name: "Claimwright", Version: Version, Released: released()},
			Limits: server.Limits{
				Body: cfg.Limits.Body, Requests: int64(cfg.Limits.Concurrent), Timeout: cfg.Limits.Request, Stop: cfg.Limits.Grace,
			},
		}),
	}
}
