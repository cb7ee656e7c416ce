package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"claimwright/adjudication/rules/table"
	"claimwright/adjudication/rules/table/sheet"
	"claimwright/cmd/internal/console"
	"claimwright/fhir/codec"
)

// importFlags are the flags of rules import.
type importFlags struct {
	out, url, sheet string
	list            bool
}

func newRulesImport() *cobra.Command {
	var f importFlags
	c := &cobra.Command{
		Use:   "import TABLE.csv|TABLE.xlsx",
		Short: "Make a rule of a decision table",
		Long: `Reads a decision table, CSV or a workbook, and writes the rule that it comes to: one PlanDefinition with an action for each row,
the same bytes for the same table. docs/rules/tables.md teaches the format; rules template writes an example.

Mistakes are told with their row and column, and nothing is written. Bands that overlap or leave gaps, and rows that can never
act, are told as warnings. With --url the rule is also stored on a server, which checks it once more; a rule acts when its
status is active.`,
		Example: `  claimwright rules import caps.csv --out caps.json
  claimwright rules import rules.xlsx --sheet Ages --url http://127.0.0.1:8080/fhir
  claimwright rules import --list-facts`,
		Args: func(_ *cobra.Command, args []string) error {
			if f.list && len(args) == 0 || !f.list && len(args) == 1 {
				return nil
			}
			return &usageError{"rules import: name one table, or --list-facts", "Try: claimwright rules import --help"}
		},
		RunE: func(c *cobra.Command, args []string) error {
			if f.list {
				return listHeadings(c.OutOrStdout())
			}
			return f.run(c, args[0])
		},
	}
	flags := c.Flags()
	flags.StringVar(&f.out, "out", "", "`file` to write the rule to (default standard output, unless --url is given)")
	flags.StringVar(&f.url, "url", "", "FHIR base `URL` of a server to store the rule on, such as http://127.0.0.1:8080/fhir")
	flags.StringVar(&f.sheet, "sheet", "", "`name` of the sheet of a workbook (default the first that can be seen)")
	flags.BoolVar(&f.list, "list-facts", false, "list what may stand above a table and as headings of its columns")
	return c
}

func (f *importFlags) run(c *cobra.Command, name string) error {
	rule, err := importTable(name, f.sheet)
	if err != nil {
		return err
	}
	for _, w := range rule.Warnings {
		if _, err := fmt.Fprintf(c.ErrOrStderr(), "warning: %s\n", w); err != nil {
			return err
		}
	}
	switch {
	case f.out != "":
		err = os.WriteFile(f.out, rule.Definition, 0o644)
	case f.url == "":
		_, err = c.OutOrStdout().Write(rule.Definition)
	}
	if err != nil || f.url == "" {
		return err
	}
	address, err := storeRule(c.Context(), f.url, rule)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.OutOrStdout(), "stored %q as %s, %d rows\n", rule.Title, address, len(rule.Compiled.Rows))
	return err
}

// importTable reads a table from a file.
func importTable(name, from string) (*table.Rule, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // it was only read
	data, err := io.ReadAll(io.LimitReader(file, sheet.MaxBytes+1))
	if err != nil {
		return nil, err
	}
	s, err := sheet.Read(filepath.Base(name), data, from)
	if err != nil {
		return nil, mistakesIn(err)
	}
	rule, err := table.Compile(s, table.Options{})
	if err != nil {
		return nil, mistakesIn(err)
	}
	return rule, nil
}

func mistakesIn(err error) error {
	var problems sheet.Problems
	if errors.As(err, &problems) {
		return fmt.Errorf("mistakes in the table:\n%w", err)
	}
	return err
}

// storeRule stores a rule on a server, and tells what the server finds wrong.
func storeRule(ctx context.Context, base string, rule *table.Rule) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	address := strings.TrimSuffix(base, "/") + "/PlanDefinition/" + rule.ID
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, address, bytes.NewReader(rule.Definition))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/fhir+json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }() // it was only read
	if response.StatusCode/100 == 2 {
		return address, nil
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return "", fmt.Errorf("read %s: %w", address, err)
	}
	return "", fmt.Errorf("%s answers %s%s", address, response.Status, diagnosticsIn(body))
}

// diagnosticsIn are the messages of an OperationOutcome, a line each.
func diagnosticsIn(body []byte) string {
	doc, issues := codec.Parse(body, codec.Limits{})
	if len(issues) > 0 || doc.Type() != "OperationOutcome" {
		return ""
	}
	text := ""
	for issue := range doc.Root().Get(codec.Intern("issue")).Each() {
		what := issue.Find(codec.Intern("details"), codec.Intern("text")).Text()
		if more := issue.Get(codec.Intern("diagnostics")).Text(); more != "" {
			what += ": " + more
		}
		text += "\n" + what
	}
	return text
}

// listHeadings lists what a table is made of.
func listHeadings(w io.Writer) error {
	var out strings.Builder
	section := func(title string, lines *console.Table) {
		out.WriteString(title + "\n\n")
		lines.Write(&out, "  ", listWidth)
		out.WriteString("\n")
	}
	lines := console.NewTable()
	for _, h := range table.Headers {
		lines.Row(h.Name, h.Doc+" Such as: "+h.Example)
	}
	section("Lines above the table: the name in the first cell, what it says in the next", lines)
	asks, does := console.NewTable(), console.NewTable()
	for _, h := range table.Headings() {
		text := h.Doc
		if h.Cells != "" {
			text += " Such as: " + h.Cells
		}
		if len(h.Aliases) > 0 {
			text += " Also: " + strings.Join(h.Aliases, ", ")
		}
		if h.Action {
			does.Row(h.Name, text)
		} else {
			asks.Row(h.Name, text)
		}
	}
	section("Columns that ask: a blank cell stands for anything, =… for an expression", asks)
	section("Columns that do something: a blank cell does nothing", does)
	_, err := io.WriteString(w, strings.TrimSuffix(out.String(), "\n"))
	return err
}

// listWidth is how wide the list is.
const listWidth = 120
