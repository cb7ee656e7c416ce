package search

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode/utf8"
)

// The forms in which values are indexed and looked for. Extract and Parse both make them here, so that they cannot drift
// apart; any change of a form must raise ExtractorVersion.

// MaxText is the greatest length in bytes of a text in Values. Longer terms and exact texts end with a digest of the whole,
// so that they still match exactly; folded texts are cut, so that a search sees their beginning.
const MaxText = 1000

// digestLength is what the digest takes at the end of a bounded text: a separator and 16 bytes in hexadecimal.
const digestLength = 1 + 32

// bounded is the text itself, or a short stand-in for a long one.
func bounded(s string) string {
	if len(s) <= MaxText {
		return s
	}
	digest := sha256.Sum256([]byte(s))
	return cut(s, MaxText-digestLength) + "#" + hex.EncodeToString(digest[:16])
}

// cut shortens a text to a number of bytes without breaking a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// codeForm is a code alone: "active". Codes are compared without regard to case (R4 search, "token": when in doubt).
func codeForm(code string) string { return bounded(escaped(lower(code))) }

// codingForm is "system|code", or "|code" for a code without a system.
func codingForm(system, code string) string {
	return bounded(escaped(system) + "|" + escaped(lower(code)))
}

// systemForm is "system|": any code of a system.
func systemForm(system string) string { return bounded(escaped(system) + "|") }

// ofTypeForm is "system|code|value" of an identifier and its type.
func ofTypeForm(system, code, value string) string {
	return bounded(escaped(system) + "|" + escaped(lower(code)) + "|" + escaped(lower(value)))
}

// identifierMark stands before the forms of a reference's identifier.
const identifierMark = "identifier:"

// pairForm joins the forms of the two parts of a composite.
func pairForm(first, second string) string { return bounded(escapedDollar(first) + "$" + second) }

// unitForm is what follows a quantity's parameter name: "|system|code", or "||code" for a unit of any system.
func unitForm(system, code string) string {
	return "|" + bounded(escaped(system)+"|"+escaped(code))
}

// pairParam is the Param of a composite whose second part is no term: the parameter's name and the first part.
func pairParam(name, first string) string { return name + "|" + bounded(escapedDollar(first)) }

// lower folds case alone.
func lower(s string) string {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= utf8.RuneSelf || c >= 'A' && c <= 'Z' {
			return strings.ToLower(s)
		}
	}
	return s
}

var escapeBar = strings.NewReplacer(`\`, `\\`, `|`, `\|`)

// escaped marks the bars in a part as its own, so that parts cannot run into each other.
func escaped(s string) string {
	if strings.IndexByte(s, '|') < 0 && strings.IndexByte(s, '\\') < 0 {
		return s
	}
	return escapeBar.Replace(s)
}

func escapedDollar(s string) string {
	if strings.IndexByte(s, '$') < 0 {
		return s
	}
	return strings.ReplaceAll(s, "$", `\$`)
}
