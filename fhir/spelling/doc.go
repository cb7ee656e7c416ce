// Package spelling finds what a misspelt word probably means among the words that would have been right. It knows words only,
// not what they stand for.
//
//	spelling.Nearest("mamber", []string{"member", "claim"}) // "member"
package spelling
