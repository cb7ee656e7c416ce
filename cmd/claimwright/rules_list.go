package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"claimwright/adjudication/claims"
	"claimwright/cmd/internal/app"
	"claimwright/fhir/codec"
	"claimwright/store"
	"claimwright/store/resources"
)

func newRulesList() *cobra.Command {
	settings := []setting{settingStore, settingLogLevel}
	var insurer, plan, server string
	c := &cobra.Command{
		Use:   "list --insurer Organization/ID",
		Short: "List the fixed checks and the scheme's rules in the order in which a line is held against them",
		Long: `Lists the fixed checks as an insurer, or with --plan a plan, has set them, and the rules in use between and after them: the same
list that PlanDefinition/$checklist gives. Checks are switched and set by the extension check-setting (docs/scheme.md).

The scheme comes from a store (--store, with --config as elsewhere) or from a running server (--url).`,
		Example: `  claimwright rules list --insurer Organization/umoja --plan BASIC --store sqlite:data.db
  claimwright rules list --insurer Organization/umoja --url http://127.0.0.1:8080/fhir`,
		Args: noArgs,
	}
	settingsFlags(c.Flags(), settings...)
	c.Flags().StringVar(&insurer, "insurer", "", "the insurer, as `Organization/ID`")
	c.Flags().StringVar(&plan, "plan", "", "a plan's `code`")
	c.Flags().StringVar(&server, "url", "", "FHIR base `URL` of a running server, such as http://127.0.0.1:8080/fhir")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if insurer == "" {
			return &usageError{"rules list: --insurer is missing", "Try: claimwright rules list --help"}
		}
		var list *codec.Document
		var err error
		if server != "" {
			query := url.Values{"insurer": {insurer}}
			if plan != "" {
				query.Set("plan", plan)
			}
			if list, err = onServer(server)(c.Context(), "PlanDefinition/$checklist?"+query.Encode()); err == nil && list == nil {
				err = errors.New("the server does not know the insurer, or has no such list")
			}
		} else {
			err = withApp(c, settings, func(a *app.App) (err error) {
				list, err = listInStore(c.Context(), a, insurer, plan)
				return err
			})
		}
		if err != nil {
			return fmt.Errorf("rules list: %w", err)
		}
		return tellList(c.OutOrStdout(), list)
	}
	return c
}

func listInStore(ctx context.Context, a *app.App, insurer, plan string) (*codec.Document, error) {
	parameters := []map[string]string{{"name": "insurer", "valueString": insurer}}
	if plan != "" {
		parameters = append(parameters, map[string]string{"name": "plan", "valueString": plan})
	}
	body, err := json.Marshal(map[string]any{"resourceType": "Parameters", "parameter": parameters})
	if err != nil {
		return nil, err
	}
	input, issues := codec.Parse(body, codec.Limits{})
	if len(issues) > 0 {
		return nil, errors.New(issues[0].Text)
	}
	decide := claims.New(resources.New(a.Store, resources.Options{}), claims.NewSchemes(a.Store), claims.Options{})
	return decide.Checklist(ctx, resources.Principal{ID: "cli", Request: "cli", Access: store.Everything("cli")}, input)
}

// listed is an entry of the list.
type listed map[string][]string

func (l listed) text(names ...string) string {
	var found []string
	for _, name := range names {
		found = append(found, l[name]...)
	}
	return strings.Join(found, " ")
}

// tellList writes a table.
func tellList(w io.Writer, list *codec.Document) error {
	var parameters struct {
		Parameter []struct{ Part []map[string]any }
	}
	if err := json.Unmarshal(list.Bytes(), &parameters); err != nil {
		return err
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if _, err := fmt.Fprintln(table, "NO\tCHECK OR RULE\tON\tACTION\tPER\tSETTINGS\tSET BY\tDATE\tTITLE"); err != nil {
		return err
	}
	for _, p := range parameters.Parameter {
		if _, err := fmt.Fprintln(table, row(listedOf(p.Part))); err != nil {
			return err
		}
	}
	return table.Flush()
}

func listedOf(parts []map[string]any) listed {
	l := listed{}
	for _, part := range parts {
		name, _ := part["name"].(string)
		for key, value := range part {
			if key != "name" {
				l[name] = append(l[name], fmt.Sprint(value))
			}
		}
	}
	return l
}

func row(l listed) string {
	on := map[string]string{"true": "yes", "false": "no"}[l.text("enabled")]
	if l.text("shadow") == "true" {
		on = "shadow"
	}
	var settings []string
	for _, name := range []string{"priority", "hit", "group", "days", "match", "list", "insurer", "plan", "facility", "claimType", "use", "from", "to"} {
		if text := l.text(name); text != "" {
			settings = append(settings, name+" "+text)
		}
	}
	source := l.text("source")
	source = strings.TrimPrefix(source, "https://claimwright.org/fhir/PlanDefinition/")
	return strings.Join([]string{l.text("number"), source, on, l.text("action"), l.text("per"), strings.Join(settings, ", "), l.text("setBy"), l.text("dateBasis"), l.text("title")}, "\t")
}
