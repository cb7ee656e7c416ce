// Package config is the server's configuration: its settings, their defaults, where they come from and what is wrong
// with them.
//
// Settings come from a YAML file, then the environment (CLAIMWRIGHT_LOG_LEVEL for log.level), then flags; later wins. The
// zero value of every setting means its documented default. The package opens nothing and knows no other package of
// the project.
//
//	cfg, err := config.Load(config.Sources{File: "claimwright.yaml", Environ: os.Environ()})
package config
