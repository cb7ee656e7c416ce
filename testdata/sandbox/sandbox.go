// Package sandbox holds a made-up scheme to try Claimwright with: one insurer with two plans, three facilities in two
// districts, forty members in eleven families, a register of services and items, negotiated prices (as CSV and as FHIR) and
// twenty claims with the answers that are expected. Every name in it is invented; every resource carries the tag "sandbox".
//
// It owns data only and knows nothing of the code that loads them.
//
//	body, err := sandbox.Files.ReadFile("claims/09-delivery-first.json")
package sandbox

import "embed"

// Files are the scheme's Bundles, price lists and claims.
//
//go:embed *.json price-lists/*.csv claims
var Files embed.FS
