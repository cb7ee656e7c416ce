package main

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"claimwright/adjudication/claims"
	"claimwright/adjudication/claims/simulation"
	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/rules"
	"claimwright/cmd/internal/app"
	"claimwright/cmd/internal/console"
	"claimwright/fhir/codec"
	"claimwright/store"
)

// simulateFlags are the flags of rules simulate and rules shadow that are no settings.
type simulateFlags struct {
	since, until, by, use string
	json                  bool
	request               simulation.Request
}

func newRulesSimulate() *cobra.Command {
	settings := []setting{settingStore, settingLogLevel}
	var f simulateFlags
	c := &cobra.Command{
		Use:   "simulate [RULE.json | PlanDefinition/ID ...]",
		Short: "Tell what rules would have done to claims that were decided already",
		Long: `Decides stored claims again as they were decided first, from what was recorded of them, once by the scheme of then and once with the
rules in it: from files, or from the store, where a draft or a rule in shadow is tried as if it were in use. A rule takes the place of
the one with its id. The report says how many lines change, by how much and for whom, and how many claims pass at first (decided
without a person, no line denied) before and after. Nothing is written.

Every claim meets its ledger as it was then: knock-on effects on ledgers are not modelled. docs/rules/simulation.md says more.`,
		Example: `  claimwright rules simulate my-rule.json --since 2026-10-01 --store sqlite:data.db
  claimwright rules simulate PlanDefinition/xray-cap --since 2026-10-01 --until 2026-10-31
  claimwright rules simulate --without PlanDefinition/old-rule --since 2026-10-01`,
	}
	settingsFlags(c.Flags(), settings...)
	f.register(c)
	c.Flags().StringSliceVar(&f.request.Without, "without", nil, "leave out the rule `PlanDefinition/ID`; can be said several times")
	c.RunE = func(c *cobra.Command, args []string) error {
		if err := f.read("rules simulate"); err != nil {
			return err
		}
		if len(args) == 0 && len(f.request.Without) == 0 {
			return simulateUsage("rules simulate", "name rules, or say --without")
		}
		return withApp(c, settings, func(a *app.App) (err error) {
			schemes := claims.NewSchemes(a.Store)
			if f.request.Rules, err = triedRules(c.Context(), a.Store, schemes, args); err != nil {
				return fmt.Errorf("rules simulate: %w", err)
			}
			return f.run(c, simulation.New(a.Store, schemes))
		})
	}
	return c
}

func simulateUsage(command, text string) error {
	return &usageError{command + ": " + text, "Try: claimwright " + command + " --help"}
}

// register adds the flags that both commands have.
func (f *simulateFlags) register(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVar(&f.since, "since", "", "claims decided on this `date` or later")
	flags.StringVar(&f.until, "until", "", "claims decided on this `date` or before")
	flags.StringVar(&f.by, "by", "decision", "which `date` counts for --since and --until: decision, or service")
	flags.BoolVar(&f.json, "json", false, "answer with the FHIR Parameters of PlanDefinition/$simulate instead of a text")
	flags.StringVar(&f.use, "use", "claim", "claim, preauthorization or predetermination")
	flags.StringVar(&f.request.Insurer, "insurer", "", "only claims of the insurer `Organization/ID`")
	flags.StringVar(&f.request.Facility, "facility", "", "only claims of the facility `Organization/ID`")
	flags.StringVar(&f.request.Plan, "plan", "", "only claims with a line under the plan with this `code`")
}

// read reads what the flags say.
func (f *simulateFlags) read(command string) (err error) {
	if f.request.Since, err = dateFlag("--since", f.since); err == nil {
		f.request.Until, err = dateFlag("--until", f.until)
	}
	if err != nil {
		return simulateUsage(command, err.Error())
	}
	switch f.by {
	case "decision", "service":
		f.request.ByService = f.by == "service"
	default:
		return simulateUsage(command, fmt.Sprintf("--by: %q is neither decision nor service", f.by))
	}
	switch f.request.Use = engine.Use(f.use); f.request.Use {
	case engine.UseClaim, engine.UsePreauthorization, engine.UsePredetermination:
		return nil
	}
	return simulateUsage(command, fmt.Sprintf("--use: %q is neither claim nor preauthorization nor predetermination", f.use))
}

func dateFlag(name, text string) (day.Date, error) {
	if text == "" {
		return 0, nil
	}
	m, err := day.ParseMoment(text)
	if err != nil || len(text) != len("2026-01-01") {
		return 0, fmt.Errorf("%s: %q is no date such as 2026-10-01", name, text)
	}
	return m.First(nil), nil
}

// triedRules reads rules from files, or from the store by "PlanDefinition/x".
func triedRules(ctx context.Context, st store.Store, schemes *claims.Schemes, args []string) (tried []*rules.Rule, err error) {
	for _, arg := range args {
		var body []byte
		if id, stored := strings.CutPrefix(arg, "PlanDefinition/"); stored {
			found, err := st.Get(ctx, store.System(), store.Key{Type: "PlanDefinition", ID: id})
			if err != nil {
				return nil, err
			}
			if found[0] == nil || found[0].Deleted {
				return nil, fmt.Errorf("there is no %s", arg)
			}
			body = found[0].Body
		} else if body, err = os.ReadFile(arg); err != nil {
			return nil, err
		}
		doc, issues := codec.Parse(body, codec.Limits{})
		if len(issues) > 0 {
			return nil, fmt.Errorf("%s: %s: %s", arg, issues[0].Expression, issues[0].Text)
		}
		rule, err := schemes.Rule(ctx, doc)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", arg, err)
		}
		tried = append(tried, rule)
	}
	return tried, nil
}

// simulationGC lets more garbage gather before it is collected: little lives longer than the claim that is being decided.
const simulationGC = 400

// run simulates and reports.
func (f *simulateFlags) run(c *cobra.Command, s *simulation.Simulator) error {
	if os.Getenv("GOGC") == "" {
		defer debug.SetGCPercent(debug.SetGCPercent(simulationGC))
	}
	bar, began := console.NewProgress(c.ErrOrStderr()), time.Now()
	report, err := s.Run(c.Context(), store.System(), f.request, func(done, total int64) { bar.Show("simulate", done, total) })
	bar.Done()
	if err != nil {
		return fmt.Errorf("%s: %w", c.CommandPath(), err)
	}
	took := time.Since(began)
	if _, err := fmt.Fprintf(c.ErrOrStderr(), "%d claims in %s, %.0f a second\n",
		report.Claims, took.Round(time.Millisecond), float64(report.Claims)/took.Seconds()); err != nil {
		return err
	}
	if f.json {
		_, err = c.OutOrStdout().Write(append(report.Parameters(), '\n'))
		return err
	}
	return report.Write(c.OutOrStdout())
}
