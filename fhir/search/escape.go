package search

import "strings"

var escapeValue = strings.NewReplacer(`\`, `\\`, `,`, `\,`, `|`, `\|`, `$`, `\$`)

// Escaped is a text as it stands in the value of a search parameter, where a comma, a bar, a dollar sign and a backslash
// mean something (R4 search, "escaping"). It is not yet percent-encoded.
func Escaped(text string) string { return escapeValue.Replace(text) }
