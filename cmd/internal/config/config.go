package config

import (
	"strings"
	"time"
)

// Config are all settings of the server. claimwright.yaml in the root of the repository lists them with their meaning.
type Config struct {
	// Listen is host:port. Default 127.0.0.1:8080. Anything but a loopback address needs Auth to be said.
	Listen string `koanf:"listen"`
	// BaseURL is the FHIR base as clients see it, without a trailing slash. Default http://<listen>/fhir.
	BaseURL string `koanf:"base_url"`
	// Store is sqlite:PATH or mongodb://…. Default sqlite:claimwright.db, with Sandbox sqlite:claimwright-sandbox.db.
	Store string `koanf:"store"`
	// Sandbox loads the made-up scheme at start.
	Sandbox bool `koanf:"sandbox"`
	// Auth says how callers sign in. "none" lets everybody in, and has to be said to listen beyond loopback.
	Auth   string `koanf:"auth"`
	CORS   CORS   `koanf:"cors"`
	Search Search `koanf:"search"`
	REST   REST   `koanf:"rest"`
	Log    Log    `koanf:"log"`
	Limits Limits `koanf:"limits"`
}

// CORS says which web pages may use the server from a browser.
type CORS struct {
	// Origins are addresses such as https://app.example.org, separated by blanks; "*" is every page, "none" no page but the
	// server's own. Default none; "*" with Sandbox or Auth none, where everybody may do everything anyway.
	Origins string `koanf:"origins"`
}

// List are the origins; nil for none.
func (c CORS) List() []string {
	if c.Origins == noOrigins {
		return nil
	}
	return strings.Fields(c.Origins)
}

// noOrigins switches CORS off.
const noOrigins = "none"

// Search says how searches are read.
type Search struct {
	// Handling is what becomes of unknown parameters where the client does not say (Prefer: handling): lenient ignores them
	// with a warning, strict refuses the search. Default lenient.
	Handling string `koanf:"handling"`
}

// REST says what the REST interface does where R4 leaves it to the server.
type REST struct {
	// ConditionalDelete is what a delete by a query does where it finds several resources: single refuses it, multiple deletes
	// all of them. Default single.
	ConditionalDelete string `koanf:"conditional_delete"`
	// Invariants is what a write does that breaks an invariant of R4's definitions: refuse or ignore. Default refuse.
	Invariants string `koanf:"invariants"`
}

// Log says what is logged and how.
type Log struct {
	// Level is debug, info, warn or error. Default info.
	Level string `koanf:"level"`
	// Format is text or json. Default text.
	Format string `koanf:"format"`
}

// Limits bound what one request, and all requests together, may cost.
type Limits struct {
	// Body is the largest request body in bytes. Default 10 MiB.
	Body int64 `koanf:"body"`
	// Concurrent is how many requests are served at once; more are told to come again. Default 512.
	Concurrent int `koanf:"concurrent"`
	// Request bounds the time of one request. Default 30s.
	Request time.Duration `koanf:"request"`
	// Grace is how long a stopping server waits for running requests. Default 15s.
	Grace time.Duration `koanf:"grace"`
}

const (
	defaultListen       = "127.0.0.1:8080"
	defaultStore        = "sqlite:claimwright.db"
	defaultSandboxStore = "sqlite:claimwright-sandbox.db"
)

// withDefaults fills every zero setting.
func (c Config) withDefaults() Config {
	set(&c.Listen, defaultListen)
	if c.Sandbox {
		set(&c.Store, defaultSandboxStore)
	}
	set(&c.Store, defaultStore)
	set(&c.BaseURL, "http://"+c.Listen+"/fhir")
	if c.Sandbox || c.Auth == "none" {
		set(&c.CORS.Origins, "*")
	}
	set(&c.CORS.Origins, noOrigins)
	set(&c.Search.Handling, "lenient")
	set(&c.REST.ConditionalDelete, "single")
	set(&c.REST.Invariants, "refuse")
	set(&c.Log.Level, "info")
	set(&c.Log.Format, "text")
	set(&c.Limits.Body, 10<<20)
	set(&c.Limits.Concurrent, 512)
	set(&c.Limits.Request, 30*time.Second)
	set(&c.Limits.Grace, 15*time.Second)
	return c
}

func set[T comparable](setting *T, value T) {
	var zero T
	if *setting == zero {
		*setting = value
	}
}
