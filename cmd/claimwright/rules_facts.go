package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"claimwright/adjudication/engine/rules/reference"
)

func newRulesFacts() *cobra.Command {
	return &cobra.Command{
		Use:   "facts",
		Short: "Print all facts and functions that the conditions of rules can use, with examples",
		Args:  noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := fmt.Fprint(c.OutOrStdout(), reference.Markdown())
			return err
		},
	}
}
