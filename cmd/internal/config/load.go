package config

import (
	"fmt"
	"strings"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"
)

// Prefix starts the name of every environment variable that is a setting.
const Prefix = "CLAIMWRIGHT_"

// Sources are where settings come from, in rising precedence.
type Sources struct {
	// File is the path of a YAML file; empty for none.
	File string
	// Environ is os.Environ(); variables that do not start with Prefix, or are Prefix+"TEST_…", are left alone.
	Environ []string
	// Flags are the settings given on the command line, by their dotted name.
	Flags map[string]any
	// Serving asks for settings to listen with: whoever only reads the store or asks a server for its health, perhaps in the
	// same container, need not say who may sign in.
	Serving bool
}

// Load reads, merges and checks the settings. Its error names every wrong setting at once.
func Load(s Sources) (Config, error) {
	k := koanf.New(".")
	if s.File != "" {
		if err := k.Load(file.Provider(s.File), yaml.Parser()); err != nil {
			return Config{}, fmt.Errorf("read configuration %s: %w", s.File, err)
		}
	}
	known := settings()
	environ := env.Provider(".", env.Opt{Prefix: Prefix, EnvironFunc: func() []string { return s.Environ },
		TransformFunc: func(name, value string) (string, any) {
			return known.byVariable[name], value
		}})
	if err := k.Load(environ, nil); err != nil {
		return Config{}, fmt.Errorf("read environment: %w", err)
	}
	if err := k.Load(confmap.Provider(s.Flags, "."), nil); err != nil {
		return Config{}, fmt.Errorf("read flags: %w", err)
	}
	var problems []string
	for _, name := range k.Keys() {
		if !known.names[name] {
			problems = append(problems, fmt.Sprintf("%s: no such setting", name))
		}
	}
	var c Config
	if err := k.Unmarshal("", &c); err != nil {
		problems = append(problems, err.Error())
	} else {
		c = c.withDefaults()
		problems = append(problems, c.problems(s.Serving)...)
	}
	if len(problems) > 0 {
		return Config{}, fmt.Errorf("configuration: %s", strings.Join(problems, "; "))
	}
	return c, nil
}
