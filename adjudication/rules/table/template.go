package table

import (
	"embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed templates/*.csv
var templates embed.FS

// Kinds are the kinds of tables that there is a template of.
var Kinds = []string{"age-bands", "price-caps", "diagnosis-service"}

// Template is an example of a kind of table as CSV, to be filled in.
func Template(kind string) ([]byte, error) {
	if !slices.Contains(Kinds, kind) {
		return nil, fmt.Errorf("there is no kind of table %q: expected %s", kind, strings.Join(Kinds, ", "))
	}
	return templates.ReadFile("templates/" + kind + ".csv")
}
