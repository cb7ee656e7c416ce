package main

import (
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"claimwright/cmd/internal/app"
	"claimwright/cmd/internal/seed"
	"claimwright/cmd/internal/telemetry"
)

func newSeed() *cobra.Command {
	settings := []setting{settingStore, settingLogLevel}
	var folder string
	var sandbox bool
	c := &cobra.Command{
		Use:   "seed (--sandbox | --scheme DIR)",
		Short: "Load a scheme into the store: the made-up one, or one from a folder of FHIR Bundles",
		Long: fmt.Sprintf(`Loads a scheme into the store. A folder may hold any of these transaction Bundles, which are written in this order:

  %v

Loading the same files again changes nothing. With SQLite the server must not be running; with a running server, post the Bundles
to it instead.`, seed.Files),
		Example: `  claimwright seed --sandbox --store sqlite:try.db
  claimwright seed --scheme ./my-scheme --store sqlite:data.db
  claimwright seed prices lakeview.csv --facility Organization/lakeview --insurer Organization/umoja --from 2026-01-01`,
		Args: noArgs,
	}
	settingsFlags(c.Flags(), settings...)
	c.Flags().BoolVar(&sandbox, "sandbox", false, "load the made-up scheme")
	c.Flags().StringVar(&folder, "scheme", "", "`folder` with the scheme's Bundles")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if sandbox == (folder != "") {
			return &usageError{"seed: say either --sandbox or --scheme DIR", "Try: claimwright seed --help"}
		}
		var files fs.FS
		if folder != "" {
			files = os.DirFS(folder)
		}
		return withApp(c, settings, func(a *app.App) error {
			if files == nil {
				return a.LoadSandbox(c.Context(), c.ErrOrStderr())
			}
			return a.LoadScheme(c.Context(), files, c.ErrOrStderr())
		})
	}
	c.AddCommand(newSeedPrices())
	return c
}

func newSeedPrices() *cobra.Command {
	settings := []setting{settingStore, settingLogLevel}
	var list seed.PriceList
	var dryRun bool
	c := &cobra.Command{
		Use:   "prices FILE.csv",
		Short: "Load the negotiated prices of a facility from CSV",
		Long: fmt.Sprintf(`Loads a price list from CSV as the Contract that claims are priced by. The columns are

  %v

in any order, with a header; valid_to may be empty. Every wrong cell is told with its line. Loading a list again replaces it.`, seed.Columns),
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &usageError{"seed prices: name one CSV file", "Try: claimwright seed prices --help"}
			}
			return nil
		},
	}
	settingsFlags(c.Flags(), settings...)
	c.Flags().StringVar(&list.Facility, "facility", "", "whose prices: a `reference` such as Organization/lakeview")
	c.Flags().StringVar(&list.Insurer, "insurer", "", "agreed with whom: a `reference` such as Organization/umoja")
	c.Flags().StringVar(&list.From, "from", "", "first `date` of the contract, such as 2026-01-01")
	c.Flags().StringVar(&list.To, "to", "", "last `date` of the contract; none: until further notice")
	c.Flags().StringVar(&list.ID, "id", "", "`id` of the Contract (default prices-<facility's id>)")
	c.Flags().StringVar(&list.Title, "title", "", "`title` of the Contract")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "check the file and print the Contract, write nothing")
	for _, name := range []string{"facility", "insurer", "from"} {
		_ = c.MarkFlagRequired(name) // fails only for a flag that is not there
	}
	c.RunE = func(c *cobra.Command, args []string) error {
		contract, err := readPriceList(args[0], list)
		if err != nil || dryRun {
			if err == nil {
				_, err = fmt.Fprintf(c.OutOrStdout(), "%s\n", contract)
			}
			return err
		}
		return withApp(c, settings, func(a *app.App) error {
			return a.LoadResource(c.Context(), contract)
		})
	}
	return c
}

func readPriceList(name string, list seed.PriceList) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	if list.ID == "" {
		list.ID = seed.DefaultID(list.Facility)
	}
	contract, err := list.Contract(f)
	if err != nil {
		return nil, fmt.Errorf("%s:\n%w", name, err)
	}
	return contract, nil
}

// withApp opens what the configuration names, runs and closes it.
func withApp(c *cobra.Command, settings []setting, run func(*app.App) error) (err error) {
	cfg, err := loadConfig(c, settings...)
	if err != nil {
		return err
	}
	a, err := app.Open(c.Context(), cfg, telemetry.NewLogger(c.ErrOrStderr(), cfg.Log.Level, cfg.Log.Format))
	if err != nil {
		return err
	}
	defer func() {
		if closed := a.Close(); err == nil {
			err = closed
		}
	}()
	return run(a)
}
