package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/rules/order"
	"claimwright/cmd/internal/rulebook"
)

// rulesReportFlags are the flags of rules report that are no settings.
type rulesReportFlags struct {
	strict, all bool
	now         string
}

func newRulesReport() *cobra.Command {
	settings := []setting{settingStore, settingLogLevel}
	var f rulesReportFlags
	c := &cobra.Command{
		Use:   "report [FILE|DIR ...]",
		Short: "Tell which rules can never act, which get in each other's way, and who wins",
		Long: `Looks at rules together, drafts as if they were in use: those in files and folders of FHIR resources in JSON, or without arguments
those in the store. It tells rows that can never act, and why; scopes that name what there is not; rules that have ended; rows that can
act on the same line where one overrules the other, and which; and rules that only their ids put in order.

That a row can never act is said only where it is certain. Codes, plans, insurers and facilities are held against those among the
resources, as far as there are any. docs/rules/order.md says more.`,
		Example: `  claimwright rules report my-scheme/
  claimwright rules report --store sqlite:data.db --strict`,
	}
	settingsFlags(c.Flags(), settings...)
	c.Flags().BoolVar(&f.strict, "strict", false, "exit with 1 if a row can never act")
	c.Flags().BoolVar(&f.all, "all", false, "name also the rows that reject the same line, of which the first gives the reason")
	c.Flags().StringVar(&f.now, "now", "", "the `date` of the report, which tells what has ended (default today)")
	c.RunE = func(c *cobra.Command, paths []string) error {
		today := day.In(time.Now(), time.UTC)
		if f.now != "" {
			at, err := time.Parse(time.DateOnly, f.now)
			if err != nil {
				return &usageError{fmt.Sprintf("rules report: --now: %q is no date", f.now), "Try: claimwright rules report --help"}
			}
			today = day.In(at, time.UTC)
		}
		docs, err := ruleDocuments(c, settings, paths)
		if err != nil {
			return fmt.Errorf("rules report: %w", err)
		}
		sch, written, broken := rulesOf(docs)
		if len(written)+len(broken) == 0 {
			return errors.New("rules report: there are no rules")
		}
		report, err := rulebook.Order(sch, written, today)
		if err != nil {
			return fmt.Errorf("rules report: %w", err)
		}
		var text strings.Builder
		for _, b := range broken {
			fmt.Fprintf(&text, "BROKEN  %s\n", b)
		}
		rulebook.WriteOrder(&text, report, f.all)
		if _, err := fmt.Fprint(c.OutOrStdout(), text.String()); err != nil {
			return err
		}
		return f.verdict(report, len(broken))
	}
	return c
}

func (f *rulesReportFlags) verdict(report order.Report, broken int) error {
	if broken > 0 {
		return fmt.Errorf("rules report: mistakes in rules: %d", broken)
	}
	never := 0
	for i := range report.Findings {
		if report.Findings[i].Kind == order.Never {
			never++
		}
	}
	if f.strict && never > 0 {
		return fmt.Errorf("rules report: rows that can never act: %d", never)
	}
	return nil
}
