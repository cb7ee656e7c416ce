package reference

import (
	"fmt"
	"strings"

	"cel.dev/cel-go/cel"

	"claimwright/adjudication/engine/rules/fact"
	"claimwright/adjudication/engine/rules/value"
)

const head = `# What rules can ask

This page is made from the program (` + "`go generate ./...`, or `claimwright rules facts`" + `). [guide.md](guide.md) tells how rules are written.

A condition is an expression that is true or false: facts, compared (` + "`==`, `!=`, `<`, `<=`, `>`, `>=`, `in`" + `) and joined by
` + "`&&` (and), `||` (or) and `!` (not)" + `. Texts stand in quotes. Amounts are exact, in the currency of the insurer.

All facts are about **the date of service**. Whether a rule is in force is a different question: its period goes by the date of
service, too, unless the rule says that it goes by the day of receipt (` + "`dateBasis`" + `).

Facts that are marked *late* are known only after a line was valued. Only rules that review, flag, score or note can ask them.

A fact that is not recorded is never an error: a text is empty (` + `""` + `), an age is -1, an amount is 0, a list has no codes. A day may be
*not known*; ask ` + "`known()`" + ` first where that can be.
`

// Markdown is the page.
func Markdown() string {
	var b strings.Builder
	b.WriteString(head)
	for i := range fact.Catalogue {
		kind(&b, &fact.Catalogue[i])
	}
	b.WriteString("\n## Functions\n\n| | gives | | example |\n|---|---|---|---|\n")
	for _, f := range value.Functions {
		row(&b, f.Name, f.Result, f.Doc, f.Example)
	}
	return b.String()
}

// kind writes the table of one kind, or, where it is a value of its own, what it is.
func kind(b *strings.Builder, k *fact.Kind) {
	fmt.Fprintf(b, "\n## %s\n\n%s", k.Name, k.Doc)
	if k.Type == value.CodedType {
		b.WriteString(" They are codes, as those of a line are: see the functions of codes.")
	}
	b.WriteString("\n")
	first := true
	write := func(name string, f *fact.Field) {
		if first {
			b.WriteString("\n| fact | is | | example |\n|---|---|---|---|\n")
			first = false
		}
		doc := f.Doc
		if f.Late {
			doc = "*late* " + doc
		}
		row(b, name, words(f.Type), doc, f.Example)
	}
	for i := range k.Fields {
		write(k.Name+"."+k.Fields[i].Name, &k.Fields[i])
	}
	for i := range fact.Functions {
		if strings.HasPrefix(fact.Functions[i].Name, k.Name+".") {
			write(fact.Functions[i].Name, &fact.Functions[i])
		}
	}
}

func row(b *strings.Builder, name, is, doc, example string) {
	fmt.Fprintf(b, "| `%s` | %s | %s | `%s` |\n", name, is, doc, strings.ReplaceAll(example, "|", `\|`))
}

// words are a type in the words of people.
func words(t *cel.Type) string {
	switch t.TypeName() {
	case "decimal":
		return "an amount"
	case "int":
		return "a whole number"
	case "string":
		return "a text"
	case "bool":
		return "yes or no"
	case "date":
		return "a day"
	case "coded", "codes":
		return "codes"
	}
	return t.TypeName()
}
