package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"claimwright/cmd/internal/app"
)

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version, the revision it was built from and the versions of data and engine",
		Args:  noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			revision, when := revision()
			_, err := fmt.Fprintf(c.OutOrStdout(), "claimwright %s\nrevision    %s %s\nengine      %s\nextractor   %d\ngo          %s\n",
				app.Version, revision, when, app.EngineVersion, app.ExtractorVersion, runtime.Version())
			return err
		},
	}
}

// revision is the commit that the binary was built from, as far as the build recorded it.
func revision() (hash, when string) {
	hash = "unknown"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return hash, ""
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			hash = s.Value
		case "vcs.time":
			when = s.Value
		case "vcs.modified":
			if s.Value == "true" {
				hash += " (modified)"
			}
		}
	}
	return hash, when
}
