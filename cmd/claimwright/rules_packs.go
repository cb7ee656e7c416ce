package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"claimwright/adjudication/engine/scheme"
	"claimwright/adjudication/packs"
	"claimwright/cmd/internal/console"
	"claimwright/fhir/codec"
)

func newRulesPacks() *cobra.Command {
	c := &cobra.Command{
		Use:   "packs",
		Short: "List the rule packs that come with Claimwright",
		Long: `Lists the packs, each with its rules, what they ask besides the claim itself, and the lists of codes that they name. All rules are
drafts: off until a scheme writes them to its server with status active.

  packs show NAME        what its rules ask and do, with the scores
  packs export NAME DIR  writes its resources, one file each, to be adapted; seed --scheme DIR or a PUT of each loads them

docs/rules/packs.md says of every rule what it catches, what it misses and which numbers to adapt.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return listPacks(c.OutOrStdout()) },
	}
	c.AddCommand(newPacksShow(), newPacksExport())
	return c
}

func newPacksShow() *cobra.Command {
	return &cobra.Command{
		Use:   "show NAME",
		Short: "Show what the rules of a pack ask and do",
		RunE: func(c *cobra.Command, args []string) error {
			pack, err := packNamed("show", 1, args)
			if err != nil {
				return err
			}
			return showPack(c.OutOrStdout(), pack)
		},
	}
}

func newPacksExport() *cobra.Command {
	return &cobra.Command{
		Use:     "export NAME DIR",
		Short:   "Write the resources of a pack into a folder, one file each",
		Example: "  claimwright rules packs export impossible ./my-scheme",
		RunE: func(c *cobra.Command, args []string) error {
			pack, err := packNamed("export", 2, args)
			if err != nil {
				return err
			}
			if err := exportPack(pack, args[1]); err != nil {
				return fmt.Errorf("rules packs export: %w", err)
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "%d files written to %s; the rules are drafts until their status is active\n", len(pack.Files), args[1])
			return err
		},
	}
}

func packNamed(verb string, arguments int, args []string) (packs.Pack, error) {
	hint := fmt.Sprintf("Try: claimwright rules packs %s --help", verb)
	if len(args) != arguments {
		return packs.Pack{}, &usageError{fmt.Sprintf("rules packs %s: %d arguments are needed, not %d", verb, arguments, len(args)), hint}
	}
	pack, ok := packs.Named(args[0])
	if !ok {
		return packs.Pack{}, &usageError{fmt.Sprintf("rules packs %s: there is no pack %q; there are %s", verb, args[0], strings.Join(packs.Names(), ", ")), hint}
	}
	return pack, nil
}

// exportPack never writes over a file: what is there may have been adapted.
func exportPack(pack packs.Pack, folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for i := range pack.Files {
		name := filepath.Join(folder, pack.Files[i].Name)
		if _, err := os.Lstat(name); err == nil {
			return fmt.Errorf("%s is there already: nothing was written", name)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	for i := range pack.Files {
		if err := os.WriteFile(filepath.Join(folder, pack.Files[i].Name), pack.Files[i].Body, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func listPacks(out io.Writer) error {
	var text strings.Builder
	for _, p := range packs.All() {
		rules, lists, err := contents(&p)
		if err != nil {
			return err
		}
		fmt.Fprintf(&text, "%s: %s\n", p.Name, p.About)
		table := console.NewTable()
		for i, doc := range rules {
			title := ""
			if i == 0 {
				title = "rules"
			}
			table.Row(title, doc.Root().Get(nTitle).Text())
		}
		if p.Needs != "" {
			table.Row("needs", p.Needs)
		}
		if len(lists) > 0 {
			table.Row("lists", strings.Join(lists, ", "))
		}
		table.Write(&text, "  ", console.Width(out))
		text.WriteByte('\n')
	}
	_, err := io.WriteString(out, text.String())
	return err
}

// contents are the rules of a pack and the names of its lists.
func contents(p *packs.Pack) (rules []*codec.Document, lists []string, err error) {
	for i := range p.Files {
		doc, issues := codec.Parse(p.Files[i].Body, codec.Limits{})
		if len(issues) > 0 {
			return nil, nil, fmt.Errorf("%s/%s cannot be read: %s", p.Name, p.Files[i].Name, issues[0].Text)
		}
		if p.Files[i].IsList() {
			lists = append(lists, doc.Root().Get(nName).Text())
		} else {
			rules = append(rules, doc)
		}
	}
	return rules, lists, nil
}

var (
	nAction       = codec.Intern("action")
	nCode         = codec.Intern("code")
	nCoding       = codec.Intern("coding")
	nCondition    = codec.Intern("condition")
	nDescription  = codec.Intern("description")
	nDynamicValue = codec.Intern("dynamicValue")
	nExpression   = codec.Intern("expression")
	nName         = codec.Intern("name")
	nPurpose      = codec.Intern("purpose")
	nTitle        = codec.Intern("title")
	nUsage        = codec.Intern("usage")
)

func showPack(out io.Writer, p packs.Pack) error {
	rules, _, err := contents(&p)
	if err != nil {
		return err
	}
	width := console.Width(out)
	var text strings.Builder
	fmt.Fprintf(&text, "%s: %s\n", p.Name, p.About)
	for _, doc := range rules {
		root := doc.Root()
		fmt.Fprintf(&text, "\nPlanDefinition/%s: %s\n", doc.ID(), root.Get(nTitle).Text())
		for _, name := range []codec.Name{nPurpose, nUsage} {
			for _, line := range console.Wrap(root.Get(name).Text(), width-2) {
				text.WriteString("  " + line + "\n")
			}
		}
		if named := scheme.ListsNamed(doc); len(named) > 0 {
			text.WriteString("  lists: " + strings.Join(unique(named), ", ") + "\n")
		}
		for row := range root.Get(nAction).Each() {
			showRow(&text, row)
		}
	}
	_, err = io.WriteString(out, text.String())
	return err
}

func showRow(text *strings.Builder, row codec.Value) {
	fmt.Fprintf(text, "\n  %s\n", row.Get(nTitle).Text())
	for condition := range row.Get(nCondition).Each() {
		fmt.Fprintf(text, "    when %s\n", condition.Find(nExpression, nExpression).Text())
	}
	for action := range row.Get(nAction).Each() {
		code := action.Get(nCode).Index(0).Find(nCoding, nCode).Text()
		if number := action.Get(nDynamicValue).Index(0).Find(nExpression, nExpression); number.Exists() {
			code += " " + number.Text()
		}
		fmt.Fprintf(text, "    then %s: %s\n", code, action.Get(nDescription).Text())
	}
}

// unique leaves out what was named before.
func unique(names []string) []string {
	var once []string
	for _, name := range names {
		if !slices.Contains(once, name) {
			once = append(once, name)
		}
	}
	return once
}
