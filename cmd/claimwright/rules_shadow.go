package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"claimwright/adjudication/claims"
	"claimwright/adjudication/claims/simulation"
	"claimwright/cmd/internal/app"
)

func newRulesShadow() *cobra.Command {
	settings := []setting{settingStore, settingLogLevel}
	var f simulateFlags
	c := &cobra.Command{
		Use:   "shadow [PlanDefinition/ID ...]",
		Short: "Tell what rules in shadow would have done, had they been enforced",
		Long: `A rule that is active and experimental records on each line what it would have done, and does nothing. This reports on the claims on
which it has recorded: how often each action, on how many lines and claims, and how these claims would have come out had the rule been
enforced as it was then; where a person reviewed a claim later, whether the person cut the same lines. Without names it reports on
every rule that is in shadow now. A rule that was enforced since, or retired, can be named.`,
		Example: `  claimwright rules shadow --since 2026-10-01 --store sqlite:data.db
  claimwright rules shadow PlanDefinition/xray-cap`,
	}
	settingsFlags(c.Flags(), settings...)
	f.register(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		if err := f.read("rules shadow"); err != nil {
			return err
		}
		for _, arg := range args {
			if id, ok := strings.CutPrefix(arg, "PlanDefinition/"); !ok || id == "" {
				return simulateUsage("rules shadow", fmt.Sprintf("%q is not of the form PlanDefinition/ID", arg))
			}
		}
		return withApp(c, settings, func(a *app.App) error {
			schemes := claims.NewSchemes(a.Store)
			keys := args
			if len(keys) == 0 {
				var err error
				if keys, err = inShadow(c.Context(), schemes); err != nil {
					return fmt.Errorf("rules shadow: %w", err)
				}
			}
			return f.shadow(c, simulation.New(a.Store, schemes), keys)
		})
	}
	return c
}

// inShadow are the rules that are in shadow now.
func inShadow(ctx context.Context, schemes *claims.Schemes) (keys []string, err error) {
	sch, err := schemes.Latest(ctx)
	if err != nil {
		return nil, err
	}
	for _, rule := range sch.Rules().Rules() {
		if rule.Shadow {
			keys = append(keys, rule.Key)
		}
	}
	return keys, nil
}

// shadow reports on one rule after the other.
func (f *simulateFlags) shadow(c *cobra.Command, s *simulation.Simulator, keys []string) error {
	if len(keys) == 0 {
		_, err := fmt.Fprintln(c.OutOrStdout(), "No rule is in shadow.")
		return err
	}
	for i, key := range keys {
		if i > 0 && !f.json {
			if _, err := fmt.Fprintln(c.OutOrStdout()); err != nil {
				return err
			}
		}
		of := simulation.Shadow(key)
		f.request.Enforce, f.request.Recorded = of.Enforce, of.Recorded
		if err := f.run(c, s); err != nil {
			return err
		}
	}
	return nil
}
