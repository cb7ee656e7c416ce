package search

import "time"

// Options say how a query string is to be read. The zero value is lenient, reads dates without a zone as UTC and knows no
// base url.
type Options struct {
	// Strict refuses unknown parameters (Prefer: handling=strict) instead of warning about them.
	Strict bool
	// DefaultCount is the page size where the client states none, 50 if zero; MaxCount the greatest one, 1,000 if zero.
	DefaultCount, MaxCount int
	// BaseURL is the server's own base ("https://claims.example.org/fhir"); absolute references below it are the same as
	// relative ones. It must be the Extractor's.
	BaseURL string
	// Zone is where dates without a zone are, UTC if nil. It must be the Extractor's.
	Zone *time.Location
	// Now is the clock for the prefix ap, which reaches a tenth of the distance from now. At the zero time ap has no reach.
	Now time.Time
	// Own are the names of parameters that are the server's own, such as that of its page links: they are neither read, nor
	// warned about, nor part of Applied.
	Own []string
	// Custom are the parameters beside R4's own, nil for none. It must be the Extractor's.
	Custom *Custom
}

const (
	defaultCount = 50
	maxCount     = 1000
)

func (o *Options) counts() (standard, most int) {
	standard, most = o.DefaultCount, o.MaxCount
	if standard <= 0 {
		standard = defaultCount
	}
	if most <= 0 {
		most = maxCount
	}
	return min(standard, most), most
}

// The bounds of a query, so that no request can ask for more work than a store should do.
const (
	// MaxQuery is the greatest length of a query string, or of the form of a _search, in bytes.
	MaxQuery = 64 << 10
	// MaxParams is the greatest number of parameters, repeated ones counted each time.
	MaxParams = 100
	// MaxConditions is the greatest number of conditions that all parameters together come to. A value is one condition or
	// two; an id without a type is one for each type that the parameter's references may point to.
	MaxConditions = 2000
	// MaxSorts is the greatest number of sort keys.
	MaxSorts = 8
)
