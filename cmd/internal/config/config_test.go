package config_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/cmd/internal/config"
)

func TestDefaults(t *testing.T) {
	c, err := config.Load(config.Sources{})
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1:8080", c.Listen)
	require.Equal(t, "sqlite:claimwright.db", c.Store)
	require.Equal(t, "http://127.0.0.1:8080/fhir", c.BaseURL)
	require.Equal(t, 30*time.Second, c.Limits.Request)
}

func TestSampleFileSaysTheDefaults(t *testing.T) {
	fromFile, err := config.Load(config.Sources{File: "../../../claimwright.yaml"})
	require.NoError(t, err)
	defaults, err := config.Load(config.Sources{})
	require.NoError(t, err)
	require.Equal(t, defaults, fromFile)
}

func TestSampleFileHasEverySetting(t *testing.T) {
	text, err := os.ReadFile("../../../claimwright.yaml")
	require.NoError(t, err)
	for _, name := range config.SettingNames() {
		require.Contains(t, string(text), filepath.Ext("x." + name)[1:]+":", name)
	}
}

func TestPrecedence(t *testing.T) {
	file := filepath.Join(t.TempDir(), "c.yaml")
	require.NoError(t, os.WriteFile(file, []byte("listen: 127.0.0.1:1\nlog: {level: warn, format: json}\n"), 0o600))
	c, err := config.Load(config.Sources{
		File:    file,
		Environ: []string{"CLAIMWRIGHT_LOG_LEVEL=debug", "CLAIMWRIGHT_LISTEN=127.0.0.1:2", "CLAIMWRIGHT_TEST_MONGODB_URI=x", "HOME=/x"},
		Flags:   map[string]any{"listen": "127.0.0.1:3"},
	})
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1:3", c.Listen, "a flag wins")
	require.Equal(t, "debug", c.Log.Level, "the environment wins over the file")
	require.Equal(t, "json", c.Log.Format)
}

func TestSandboxHasAStoreOfItsOwn(t *testing.T) {
	c, err := config.Load(config.Sources{Flags: map[string]any{"sandbox": true}})
	require.NoError(t, err)
	require.Equal(t, "sqlite:claimwright-sandbox.db", c.Store)
}

func TestProblems(t *testing.T) {
	for name, test := range map[string]struct {
		flags map[string]any
		want  []string
	}{
		"all at once":           {map[string]any{"log.level": "loud", "store": "file:x"}, []string{"log.level", "store"}},
		"open to the network":   {map[string]any{"listen": "0.0.0.0:8080"}, []string{"listen", "--auth none"}},
		"every interface":       {map[string]any{"listen": ":8080"}, []string{"listen", "--auth none"}},
		"handling":              {map[string]any{"search.handling": "loose"}, []string{"search.handling", "loose"}},
		"invariants":            {map[string]any{"rest.invariants": "warn"}, []string{"rest.invariants", "warn"}},
		"conditional delete":    {map[string]any{"rest.conditional_delete": "all"}, []string{"rest.conditional_delete", "all"}},
		"no origin":             {map[string]any{"cors.origins": "https://a.example.org app.example.org"}, []string{"cors.origins", "app.example.org"}},
		"origin with a path":    {map[string]any{"cors.origins": "https://a.example.org/"}, []string{"cors.origins"}},
		"unknown sign-in":       {map[string]any{"auth": "magic"}, []string{"auth"}},
		"unknown setting":       {map[string]any{"listne": "x"}, []string{"listne: no such setting"}},
		"not a number":          {map[string]any{"limits.body": "much"}, []string{"limits.body"}},
		"slash at the end":      {map[string]any{"base_url": "http://x/fhir/"}, []string{"base_url"}},
		"sqlite without a path": {map[string]any{"store": "sqlite:"}, []string{"store"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := config.Load(config.Sources{Flags: test.flags, Serving: true})
			for _, want := range test.want {
				require.ErrorContains(t, err, want)
			}
		})
	}
}

func TestAuthNoneOpensTheNetwork(t *testing.T) {
	_, err := config.Load(config.Sources{Flags: map[string]any{"listen": "0.0.0.0:8080", "auth": "none"}, Serving: true})
	require.NoError(t, err)
	_, err = config.Load(config.Sources{Flags: map[string]any{"listen": "[::1]:8080"}, Serving: true})
	require.NoError(t, err, "loopback needs no word")
	_, err = config.Load(config.Sources{Flags: map[string]any{"listen": "0.0.0.0:8080"}})
	require.NoError(t, err, "asking for health is not listening")
}
