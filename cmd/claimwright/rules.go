package main

import "github.com/spf13/cobra"

func newRules() *cobra.Command {
	c := &cobra.Command{
		Use:   "rules",
		Short: "Look at the rules that a scheme writes itself, and try them",
		Long: `Rules are PlanDefinitions whose conditions ask facts of a claim and its lines: they reject, cap, require, review, flag and note.
docs/rules/guide.md teaches how they are written.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(
		newRulesFacts(),
		newRulesList(),
		newRulesImport(),
		newRulesPacks(),
		newRulesProfile(),
		newRulesReport(),
		newRulesShadow(),
		newRulesSimulate(),
		newRulesTemplate(),
		newRulesTest(),
	)
	return c
}
