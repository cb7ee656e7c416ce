package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"claimwright/adjudication/claims"
	"claimwright/adjudication/engine/rules/trial"
	"claimwright/adjudication/engine/scheme"
	"claimwright/cmd/internal/app"
	"claimwright/cmd/internal/rulebook"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// rulesTestFlags are the flags of rules test that are no settings.
type rulesTestFlags struct {
	verbose     bool
	report      string
	minCoverage int
}

func newRulesTest() *cobra.Command {
	settings := []setting{settingStore, settingLogLevel}
	var f rulesTestFlags
	c := &cobra.Command{
		Use:   "test [FILE|DIR ...]",
		Short: "Run the tests that stand beside rules, and tell what they have not tried",
		Long: `Runs the tests of rules (extension rule-test), those of drafts too: of the rules in files and folders of FHIR resources in JSON, which
must hold the lists that the rules name, or without arguments of those in the store. A server runs them too whenever a rule is written.

For each rule it also tells the coverage: which parts of its conditions no test has made true, or false. Exits with 1 if a test
fails, a rule cannot be read, or a rule is below --min-coverage. docs/rules/testing.md teaches how tests are written.`,
		Example: `  claimwright rules test my-rules/
  claimwright rules test rule.json lists.json --min-coverage 80 --junit report.xml
  claimwright rules test --store sqlite:data.db`,
	}
	settingsFlags(c.Flags(), settings...)
	c.Flags().BoolVar(&f.verbose, "verbose", false, "name every test")
	c.Flags().StringVar(&f.report, "junit", "", "write a report to this `file`, as build servers read it (JUnit XML)")
	c.Flags().IntVar(&f.minCoverage, "min-coverage", 0, "the least coverage of each rule, in `percent`")
	c.RunE = func(c *cobra.Command, paths []string) error {
		if f.minCoverage < 0 || f.minCoverage > 100 {
			return &usageError{fmt.Sprintf("rules test: --min-coverage: %d is not from 0 to 100", f.minCoverage), "Try: claimwright rules test --help"}
		}
		docs, err := ruleDocuments(c, settings, paths)
		if err != nil {
			return fmt.Errorf("rules test: %w", err)
		}
		return f.run(c, docs)
	}
	return c
}

// ruleDocuments are those that are named, or those of the store.
func ruleDocuments(c *cobra.Command, settings []setting, paths []string) (docs []*codec.Document, err error) {
	if len(paths) > 0 {
		codec.Warm()
		return rulebook.Load(paths)
	}
	err = withApp(c, settings, func(a *app.App) error {
		docs, err = claims.NewSchemes(a.Store).Documents(c.Context())
		return err
	})
	return docs, err
}

// rulesOf compiles the rules among documents; broken are those that cannot be read, in a line each.
func rulesOf(docs []*codec.Document) (sch *scheme.Scheme, written []scheme.WrittenRule, broken []string) {
	sch, written, issues := scheme.CompileWithRules(docs)
	for _, i := range issues {
		if i.Severity == outcome.Failure && strings.HasPrefix(i.Expression, "PlanDefinition/") {
			broken = append(broken, rulebook.Told(i))
		}
	}
	return sch, written, broken
}

func (f *rulesTestFlags) run(c *cobra.Command, docs []*codec.Document) error {
	_, written, broken := rulesOf(docs)
	if len(written)+len(broken) == 0 {
		return errors.New("rules test: there are no rules")
	}
	all, err := rulebook.Test(c.Context(), written)
	if err != nil {
		if errors.Is(err, context.Canceled) {
			return err
		}
		return fmt.Errorf("rules test: %w", err)
	}
	if f.report != "" {
		if err := writeRulesJUnit(f.report, all); err != nil {
			return err
		}
	}
	var text strings.Builder
	for _, b := range broken {
		fmt.Fprintf(&text, "BROKEN  %s\n", b)
	}
	wrong := f.tell(&text, all, len(broken))
	if _, err := fmt.Fprint(c.OutOrStdout(), text.String()); err != nil {
		return err
	}
	if wrong != "" {
		return errors.New("rules test: " + wrong)
	}
	return nil
}

// tell tells how the tests went, and in a few words what is wrong.
func (f *rulesTestFlags) tell(text *strings.Builder, all []rulebook.Tested, broken int) string {
	tests, failed, without, low, seen, parts := 0, 0, 0, 0, 0, 0
	for i := range all {
		t := &all[i]
		t.Write(text, f.verbose)
		tests += len(t.Results)
		failed += t.Failed()
		if len(t.Results)+len(t.Mistakes) == 0 {
			without++
		}
		if t.Percent() < f.minCoverage {
			low++
		}
		s, p := t.Coverage.Tried()
		seen, parts = seen+s, parts+p
	}
	fmt.Fprintf(text, "rules: %d, without tests: %d; tests: %d, failed: %d; coverage: %d %%\n", len(all)+broken, without, tests, failed, trial.Percent(seen, parts))
	var wrong []string
	if broken > 0 {
		wrong = append(wrong, fmt.Sprintf("mistakes in rules: %d", broken))
	}
	if failed > 0 {
		wrong = append(wrong, fmt.Sprintf("tests that failed: %d of %d", failed, max(tests, failed)))
	}
	if low > 0 {
		wrong = append(wrong, fmt.Sprintf("rules below %d %% coverage: %d", f.minCoverage, low))
	}
	return strings.Join(wrong, ", ")
}

func writeRulesJUnit(name string, all []rulebook.Tested) (err error) {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() {
		if closed := f.Close(); err == nil {
			err = closed
		}
	}()
	return rulebook.WriteJUnit(f, all)
}
