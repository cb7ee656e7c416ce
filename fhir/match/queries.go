package match

import (
	"net/url"
	"strings"

	"claimwright/fhir/codec"
)

// mostQueries bounds how many searches one description leads to.
const mostQueries = 12

// Queries are the searches of Patient that find candidates, all by indexed parameters: by each identifier and telecom, and
// by two of family name, given name and birth date at once. A description without any of these has none.
func Queries(described *codec.Document) []string {
	root := described.Root()
	var queries []string
	add := func(pairs ...string) {
		var query []string
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i+1] == "" {
				return
			}
			query = append(query, pairs[i]+"="+url.QueryEscape(pairs[i+1]))
		}
		if len(queries) < mostQueries {
			queries = append(queries, strings.Join(query, "&"))
		}
	}
	for v := range root.Field("identifier").Each() {
		if value := v.Field("value").Text(); value != "" {
			system := v.Field("system").Text()
			add("identifier", escaped(system)+"|"+escaped(value))
		}
	}
	birth := root.Field("birthDate").Text()
	for name := range root.Field("name").Each() {
		family := name.Field("family").Text()
		given := name.Field("given").Index(0).Text()
		add("family", escaped(family), "birthdate", birth)
		add("family", escaped(family), "given", escaped(given))
		add("given", escaped(given), "birthdate", birth)
	}
	for v := range root.Field("telecom").Each() {
		add("telecom", escaped(v.Field("value").Text()))
	}
	return queries
}

// escaped keeps the characters that separate a search's values from meaning that.
func escaped(text string) string {
	return strings.NewReplacer(`\`, `\\`, `,`, `\,`, `|`, `\|`, `$`, `\$`).Replace(text)
}
