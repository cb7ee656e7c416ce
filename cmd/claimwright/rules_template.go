package main

import (
	"os"
	"strings"

	"github.com/spf13/cobra"

	"claimwright/adjudication/rules/table"
)

func newRulesTemplate() *cobra.Command {
	var kind, out string
	c := &cobra.Command{
		Use:   "template --kind KIND",
		Short: "Write an example of a decision table to fill in, as CSV",
		Long: `Writes an example of a decision table: age-bands (services by age and sex), price-caps (prices and quantities by facility and
list price) or diagnosis-service (a matrix). Spreadsheet programs open it; rules import makes a rule of it.`,
		Example: `  claimwright rules template --kind age-bands --out ages.csv`,
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			text, err := table.Template(kind)
			if err != nil {
				return &usageError{"rules template: " + err.Error(), "Try: claimwright rules template --help"}
			}
			if out != "" {
				return os.WriteFile(out, text, 0o644)
			}
			_, err = c.OutOrStdout().Write(text)
			return err
		},
	}
	c.Flags().StringVar(&kind, "kind", "", "`kind` of table: "+strings.Join(table.Kinds, ", "))
	c.Flags().StringVar(&out, "out", "", "`file` to write to (default standard output)")
	return c
}
