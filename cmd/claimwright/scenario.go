package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"

	"github.com/spf13/cobra"

	"claimwright/adjudication/scenario"
	"claimwright/adjudication/scenario/source"
	"claimwright/cmd/internal/console"
	"claimwright/fhir/codec"
	"claimwright/store"
	"claimwright/store/memory"
)

// ownScenarios is where the sources keep the project's scenarios.
const ownScenarios = "testdata/scenarios"

func newScenario() *cobra.Command {
	c := &cobra.Command{
		Use:   "scenario",
		Short: "Run stories that say how claims must be decided, written in YAML",
		Long: `A scenario says in YAML: given this scheme, these members and covers, when these claims arrive, then these decisions.
docs/scenarios.md teaches the format. No server and no store are needed.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newScenarioRun(), newScenarioShow())
	return c
}

func newScenarioRun() *cobra.Command {
	var verbose bool
	var only, report string
	c := &cobra.Command{
		Use:   "run [FILE|DIR ...]",
		Short: "Run scenarios and tell what differs from what they expect",
		Long: `Runs every scenario of the files, and of all files *.yaml in and beneath the folders, each over an empty store of its own and
with the clock that it says. Without arguments it runs testdata/scenarios, if that is there.

Every scenario also proves its ledger at the end and the sums of every answer. Exits with 1 if anything differs.`,
		Example: `  claimwright scenario run
  claimwright scenario run my-scheme.yaml --only deductible --verbose
  claimwright scenario run scenarios/ --junit report.xml`,
		RunE: func(c *cobra.Command, paths []string) error {
			wanted, err := expression(only)
			if err != nil {
				return err
			}
			files, err := loadScenarios(paths)
			if err != nil {
				return err
			}
			results, err := runScenarios(c, files, wanted)
			if err != nil {
				return err
			}
			if report != "" {
				if err := writeJUnit(report, results); err != nil {
					return err
				}
			}
			return tellResults(c.OutOrStdout(), results, verbose)
		},
	}
	c.Flags().BoolVar(&verbose, "verbose", false, "name every scenario, with where its rule comes from")
	c.Flags().StringVar(&only, "only", "", "run only scenarios whose title or source matches the regular `expression`")
	c.Flags().StringVar(&report, "junit", "", "write a report to this `file`, as build servers read it (JUnit XML)")
	return c
}

// expression is what --only says, without regard to upper and lower case.
func expression(only string) (*regexp.Regexp, error) {
	wanted, err := regexp.Compile("(?i)" + only)
	if err != nil {
		return nil, &usageError{"scenario: --only is no regular expression: " + err.Error(), "Try: claimwright scenario run --help"}
	}
	return wanted, nil
}

// loadScenarios reads all that is named; a file that is named twice is read twice.
func loadScenarios(paths []string) ([]*scenario.File, error) {
	if len(paths) == 0 {
		if _, err := os.Stat(ownScenarios); err != nil {
			return nil, &usageError{"scenario run: name files or folders, as there is no " + ownScenarios + " here", "Try: claimwright scenario run --help"}
		}
		paths = []string{ownScenarios}
	}
	var files []*scenario.File
	var problems source.Problems
	for _, path := range paths {
		found, err := scenario.Load(path)
		var mistakes source.Problems
		if errors.As(err, &mistakes) {
			problems = append(problems, mistakes...)
		} else if err != nil {
			return nil, fmt.Errorf("scenario: %w", err)
		}
		files = append(files, found...)
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("mistakes in the scenarios:\n%w", problems)
	}
	return files, nil
}

// manyScenarios are so many that somebody may want to see how far they are.
const manyScenarios = 100

func runScenarios(c *cobra.Command, files []*scenario.File, wanted *regexp.Regexp) ([]scenario.Result, error) {
	codec.Warm()
	bar := console.NewProgress(c.ErrOrStderr())
	options := scenario.Options{
		NewStore: func() store.Store { return memory.New() },
		Only:     func(s *scenario.Scenario) bool { return wanted.MatchString(s.Title) || wanted.MatchString(s.Source) },
	}
	if counted(files) >= manyScenarios {
		options.Progress = func(done, total int) { bar.Show("scenarios", int64(done), int64(total)) }
		defer bar.Done()
	}
	return scenario.Run(c.Context(), files, options)
}

func counted(files []*scenario.File) (n int) {
	for _, f := range files {
		n += len(f.Scenarios)
	}
	return n
}

func writeJUnit(name string, results []scenario.Result) (err error) {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() {
		if closed := f.Close(); err == nil {
			err = closed
		}
	}()
	return scenario.WriteJUnit(f, results)
}

func tellResults(w io.Writer, results []scenario.Result, verbose bool) error {
	if len(results) == 0 {
		return errors.New("scenario: nothing to run")
	}
	failed, err := scenario.Write(w, results, verbose)
	if err != nil {
		return err
	}
	if failed > 0 {
		return fmt.Errorf("scenario: %d of %d failed", failed, len(results))
	}
	_, err = fmt.Fprintf(w, "all %d hold\n", len(results))
	return err
}

func newScenarioShow() *cobra.Command {
	var only string
	c := &cobra.Command{
		Use:   "show FILE",
		Short: "Print the FHIR resources that scenarios are made of, as JSON",
		Long: `Prints, for each scenario of the file, a transaction Bundle of what is given and then what each step sends. Names in braces stand
for what is known only when the scenario runs, such as the id of an earlier claim.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &usageError{"scenario show: name one file", "Try: claimwright scenario show --help"}
			}
			return nil
		},
		RunE: func(c *cobra.Command, paths []string) error {
			wanted, err := expression(only)
			if err != nil {
				return err
			}
			files, err := loadScenarios(paths)
			if err != nil {
				return err
			}
			for _, f := range files {
				for _, s := range f.Scenarios {
					if !wanted.MatchString(s.Title) {
						continue
					}
					if err := s.Show(c.OutOrStdout()); err != nil {
						return err
					}
				}
			}
			return nil
		},
	}
	c.Flags().StringVar(&only, "only", "", "only scenarios whose title matches the regular `expression`")
	return c
}
