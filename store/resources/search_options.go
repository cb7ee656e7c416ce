package resources

import "claimwright/fhir/search"

// SearchOptions are how a client's query must be read so that it finds what was indexed: with the same base URL, zone and
// parameters, and the service's clock. The caller adds what is his own, such as strictness.
func (s *Service) SearchOptions() search.Options {
	return search.Options{BaseURL: s.options.BaseURL, Zone: s.options.Zone, Now: s.options.Clock(), Custom: s.Custom()}
}
