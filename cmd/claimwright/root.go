package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"claimwright/cmd/internal/config"
)

// usageError is a command line that makes no sense; it exits with 2 and says where help is.
type usageError struct{ text, hint string }

func (e *usageError) Error() string { return e.text }

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "claimwright",
		Short: "A FHIR R4 claims and coverage-eligibility server that explains every amount",
		Long: `Claimwright receives a FHIR R4 Claim, decides it line by line against the member's cover, the plan's limits and the
negotiated prices, and answers with a ClaimResponse that explains every amount.

Try it: claimwright serve --sandbox`,
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
		Args:              noArgs,
		RunE:              func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return &usageError{err.Error(), fmt.Sprintf("Try: %s --help", c.CommandPath())}
	})
	root.AddCommand(newServe(), newSeed(), newAdjudicate(), newScenario(), newRules(), newConformance(), newBench(), newBackup(), newVerify(), newExplain(), newReplay(), newReindex(), newHealthcheck(), newVersion())
	return root
}

func noArgs(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return &usageError{fmt.Sprintf("%s: unexpected %q", c.CommandPath(), args[0]), fmt.Sprintf("Try: %s --help", c.CommandPath())}
}

// settingsFlags adds --config and one flag per setting named, which then overrides file and environment. Usage texts come with the
// setting's dotted name; a flag's name is the last part of it.
func settingsFlags(flags *pflag.FlagSet, settings ...setting) {
	flags.String("config", "", "configuration `file` (YAML); claimwright.yaml in the sources has every setting")
	for _, s := range settings {
		if s.isBool {
			flags.Bool(s.flag, false, s.usage)
			continue
		}
		flags.String(s.flag, "", s.usage)
	}
}

// setting is a flag that sets a configuration setting.
type setting struct {
	flag, name, usage string
	isBool            bool
}

var (
	settingListen   = setting{flag: "listen", name: "listen", usage: "`host:port` to listen on (default 127.0.0.1:8080)"}
	settingStore    = setting{flag: "store", name: "store", usage: "where to keep everything: sqlite:`PATH` or mongodb://… (default sqlite:claimwright.db)"}
	settingBaseURL  = setting{flag: "base-url", name: "base_url", usage: "FHIR base `URL` as clients see it (default http://<listen>/fhir)"}
	settingAuth     = setting{flag: "auth", name: "auth", usage: "how callers sign in; \"none\" must be said to listen beyond this machine"}
	settingSandbox  = setting{flag: "sandbox", name: "sandbox", usage: "load the made-up scheme (default store sqlite:claimwright-sandbox.db)", isBool: true}
	settingLogLevel = setting{flag: "log-level", name: "log.level", usage: "debug, info, warn or error (default info)"}
	settingLogForm  = setting{flag: "log-format", name: "log.format", usage: "text or json (default text)"}
)

// loadConfig merges the file, the environment and the flags that were given. A command that serves has the flag --auth.
func loadConfig(c *cobra.Command, settings ...setting) (config.Config, error) {
	sources := config.Sources{Environ: os.Environ(), Flags: map[string]any{}, Serving: c.Flags().Lookup(settingAuth.flag) != nil}
	sources.File, _ = c.Flags().GetString("config")
	for _, s := range settings {
		flag := c.Flags().Lookup(s.flag)
		if flag == nil || !flag.Changed {
			continue
		}
		sources.Flags[s.name] = flag.Value.String()
	}
	cfg, err := config.Load(sources)
	if err != nil {
		return cfg, &usageError{err.Error(), fmt.Sprintf("Try: %s --help", c.CommandPath())}
	}
	return cfg, nil
}
