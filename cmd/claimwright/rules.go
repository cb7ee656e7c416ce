package main

import "github.com/spf13/cobra"

func newRules() *cobra.Command {
	c := &cobra.Command{
		Use:   "rules",
		Short: "Work with the rules that a scheme writes itself",
		Args:  noArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newRulesPacks(), newRulesSimulate())
	return c
}
