package table

import (
	"slices"

	"claimwright/adjudication/engine/rules/fact"
	"claimwright/adjudication/engine/rules/value"
)

// Heading is what may stand above a column.
type Heading struct {
	Name string
	// Aliases are other names of the same.
	Aliases []string
	Doc     string
	// Cells are examples of what may stand beneath it.
	Cells string
	// Action tells a column that does something from one that asks.
	Action bool
}

// Headings are all headings: the facts as the catalogue has them, then the actions.
func Headings() []Heading {
	var all []Heading
	for i := range fact.Catalogue {
		k := &fact.Catalogue[i]
		if k.Type == value.CodedType {
			all = append(all, Heading{Name: k.Name, Aliases: aliasesOf(k.Name), Doc: k.Doc, Cells: cellsOf(k.Name, kindOf(k.Type))})
		}
		for _, f := range k.Fields {
			name := k.Name + "." + f.Name
			all = append(all, Heading{Name: name, Aliases: aliasesOf(name), Doc: f.Doc, Cells: cellsOf(name, kindOf(f.Type))})
		}
	}
	all = append(all, Heading{Name: "condition", Aliases: []string{"when"}, Doc: "Anything else, as an expression over the facts.", Cells: `history.times(list("scans"), 365) >= 2`},
		Heading{Name: "row title", Aliases: []string{"row", "rule"}, Doc: "What the row is called in traces and reports.", Cells: "Children"})
	for _, a := range actNames {
		all = append(all, Heading{Name: a.name, Aliases: a.aliases, Doc: a.doc, Cells: a.example, Action: true})
	}
	return append(all, Heading{Name: "reason", Doc: "The text of the row's actions whose cell says only x.", Cells: "Not covered at this age", Action: true})
}

func aliasesOf(name string) []string {
	var all []string
	for alias, full := range aliases {
		if full == name {
			all = append(all, alias)
		}
	}
	slices.Sort(all)
	return all
}

// cellsOf are examples of cells, by type.
func cellsOf(name string, kind kind) string {
	switch {
	case kind == wholeKind:
		return "5; 18-64; <5; >=65; not 18-64"
	case kind == amountKind:
		return "500; 100..499.99; <100; >=10000"
	case kind == dayKind:
		return "2026-02-28; 2026-01-01..2026-06-30; <2026-07-01; weekend; known"
	case kind == truthKind:
		return "yes; no"
	case name == "diagnoses" || name == "line.diagnoses":
		return "E11; O00-O9A, Z34; not O00-O9A; only O00-O9A; list:NAME"
	case closed[name] != nil:
		text := ""
		for _, v := range closed[name] {
			text += v + "; "
		}
		return text + "not " + closed[name][0]
	}
	return "A; A, B; not A; list:NAME"
}
