package resources

import "time"

// ForgetFreshness makes a service ask before its next commit whether the search parameters are still the same.
func (s *Service) ForgetFreshness() { s.parameters.seen.Store(-int64(time.Hour)) }
