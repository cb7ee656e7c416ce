package mongo

import (
	"math"
	"regexp"
	"strings"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"

	"claimwright/fhir/search"
)

// The entries of the array index say the parameter and, by the character after it, what they hold of it.
const (
	termMark   = "|" // a term: "patient|Patient/1", "status|active", "identifier|system|value"
	foldedMark = "~" // a string folded, for starts-with and contains: "family~ouedraogo"
	exactMark  = "=" // a string as it stands: "family=Ouédraogo"
)

func termEntry(param, text string) string   { return param + termMark + text }
func foldedEntry(param, text string) string { return param + foldedMark + text }
func exactEntry(param, text string) string  { return param + exactMark + text }

// successor is the least string greater than every string that starts with prefix, in the order of code points, which
// is MongoDB's order of UTF-8 bytes too; "" if there is none.
func successor(prefix string) string {
	for len(prefix) > 0 {
		last, size := utf8.DecodeLastRuneInString(prefix)
		prefix = prefix[:len(prefix)-size]
		switch {
		case last == 0xD7FF: // the surrogates are no characters
			return prefix + string(rune(0xE000))
		case last < utf8.MaxRune:
			return prefix + string(last+1)
		}
	}
	return ""
}

// containing is the pattern of entries whose text contains sub. It starts with the entry's prefix, so that the index
// narrows it to the parameter.
func containing(param, sub string) string {
	return "^" + regexp.QuoteMeta(foldedEntry(param, "")) + `[\s\S]*` + regexp.QuoteMeta(sub)
}

// sortField is the field that a parameter is sorted by: the smallest value for ascending, the largest for descending.
func sortField(param string, desc bool) string {
	if desc {
		return "sort." + fieldName(param) + ".max"
	}
	return "sort." + fieldName(param) + ".min"
}

// fieldName makes a parameter's name safe as the name of a field.
func fieldName(param string) string {
	return strings.NewReplacer(".", "．", "$", "＄").Replace(param)
}

// appendValues appends the fields index, ranges and sort. The array index is there even when empty: it tells the
// document of a current version.
func appendValues(dst []byte, v *search.Values) []byte {
	if v == nil {
		v = &search.Values{}
	}
	dst = appendIndex(dst, v)
	if len(v.Ranges) > 0 {
		dst = appendRanges(dst, v.Ranges)
	}
	if len(v.Sorts) > 0 {
		dst = appendSorts(dst, v.Sorts)
	}
	return dst
}

func appendIndex(dst []byte, v *search.Values) []byte {
	seen := make(map[string]bool, len(v.Terms)+2*len(v.Strings))
	list := make([]string, 0, len(v.Terms)+2*len(v.Strings))
	add := func(entry string) {
		if !seen[entry] {
			seen[entry] = true
			list = append(list, entry)
		}
	}
	for i := range v.Terms {
		add(termEntry(v.Terms[i].Param, v.Terms[i].Text))
	}
	for i := range v.Strings {
		add(foldedEntry(v.Strings[i].Param, v.Strings[i].Folded))
		if v.Strings[i].Exact != "" {
			add(exactEntry(v.Strings[i].Param, v.Strings[i].Exact))
		}
	}
	return appendStrings(dst, "index", list)
}

func appendStrings(dst []byte, name string, list []string) []byte {
	index, dst := bsoncore.AppendArrayElementStart(dst, name)
	for i, text := range list {
		dst = bsoncore.AppendStringElement(dst, arrayKey(i), text)
	}
	dst, _ = bsoncore.AppendArrayEnd(dst, index)
	return dst
}

func appendRanges(dst []byte, ranges []search.Range) []byte {
	index, dst := bsoncore.AppendArrayElementStart(dst, "ranges")
	n := 0
	for i := range ranges {
		r := &ranges[i]
		if math.IsNaN(r.Lo) || math.IsNaN(r.Hi) {
			continue // no box holds it
		}
		var entry int32
		entry, dst = bsoncore.AppendDocumentElementStart(dst, arrayKey(n))
		dst = bsoncore.AppendStringElement(dst, "p", r.Param)
		dst = bsoncore.AppendDoubleElement(dst, "lo", r.Lo)
		dst = bsoncore.AppendDoubleElement(dst, "hi", r.Hi)
		dst, _ = bsoncore.AppendDocumentEnd(dst, entry)
		n++
	}
	dst, _ = bsoncore.AppendArrayEnd(dst, index)
	return dst
}

// appendSorts appends one value per parameter, the first if there are several.
func appendSorts(dst []byte, sorts []search.Sortable) []byte {
	index, dst := bsoncore.AppendDocumentElementStart(dst, "sort")
	seen := make(map[string]bool, len(sorts))
	for i := range sorts {
		v := &sorts[i]
		if seen[v.Param] {
			continue
		}
		seen[v.Param] = true
		var entry int32
		entry, dst = bsoncore.AppendDocumentElementStart(dst, fieldName(v.Param))
		if v.IsNum {
			dst = bsoncore.AppendDoubleElement(dst, "min", v.NumMin)
			dst = bsoncore.AppendDoubleElement(dst, "max", v.NumMax)
		} else {
			dst = bsoncore.AppendStringElement(dst, "min", v.TextMin)
			dst = bsoncore.AppendStringElement(dst, "max", v.TextMax)
		}
		dst, _ = bsoncore.AppendDocumentEnd(dst, entry)
	}
	dst, _ = bsoncore.AppendDocumentEnd(dst, index)
	return dst
}
