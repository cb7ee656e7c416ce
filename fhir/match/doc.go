// Package match judges how well a Patient fits a description of one, for Patient/$match.
//
// It owns the weights, the grades and which searches find candidates. It is pure: the same two resources give the same
// score. It must not know a store.
//
// Identifiers decide. Where one agrees in system and value, the score is 0.9 and a tenth of what the rest says, and the
// match is certain, unless birth date or family name contradict: then it is 0.7. Without one, the score is the share of the
// weights that agree: family name 0.25, given name 0.20, birth date 0.30 (half of it where only the year and month are
// known and agree), gender 0.05, telecom 0.10, address 0.10. What the found patient does not say counts half; what the
// description does not say does not count. Where both have an identifier of one system and none agrees, the score is at
// most 0.6, and a description that tells little, less than half of all weights, is at most 0.6, too. Names are compared
// folded. Grades: probable from 0.8, possible from 0.5, else certainly not. Only an identifier makes a match certain.
//
//	for _, query := range match.Queries(described) { … search Patient … }
//	result := match.Judge(described, found)
package match
