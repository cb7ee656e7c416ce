package search

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
	"claimwright/fhir/registry"
	"claimwright/fhir/search/expression"
)

// TestExtractOfTheOfficialExamples holds Extract against a plain reading of the same JSON: wherever a path that needs no
// filter has an element with something to find, there must be a value. It needs the official package, which is not in the
// tree; continuous integration gets it from npm.
func TestExtractOfTheOfficialExamples(t *testing.T) {
	folder := os.Getenv("CLAIMWRIGHT_R4_EXAMPLES")
	if folder == "" {
		t.Skip("CLAIMWRIGHT_R4_EXAMPLES does not name the folder of the npm package hl7.fhir.r4.examples 4.0.1")
	}
	names, err := filepath.Glob(filepath.Join(folder, "*.json"))
	require.NoError(t, err)
	read, compared, queried := 0, 0, 0
	for _, name := range names {
		base := filepath.Base(name)
		body, err := os.ReadFile(name)
		require.NoError(t, err)
		d, issues := codec.Parse(body, codec.Limits{MaxBytes: 64 << 20})
		if len(issues) > 0 {
			continue // the codec's own test lists which examples are refused, and why
		}
		read++
		values := Extract(d)
		compared += holdAgainstJSON(t, base, d.Type(), body, values)
		holdMissingAgainstValues(t, base, d.Type(), values)
		if len(values.Terms) < 100 {
			queried += searchBack(t, base, d, values)
		}
	}
	require.Greater(t, read, 5000)
	require.Greater(t, compared, 50_000)
	require.Greater(t, queried, 100_000)
}

// holdAgainstJSON checks every simple path of a resource and returns how many had something to find.
func holdAgainstJSON(t *testing.T, file, resourceType string, body []byte, values *Values) (compared int) {
	var resource map[string]any
	require.NoError(t, json.Unmarshal(body, &resource))
	for _, p := range registry.Params(resourceType) {
		if !Offered(p) || p.Type == registry.Composite || p.Type == registry.Special || p.Name == "_id" || p.Name == "_lastUpdated" {
			continue
		}
		paths, err := expression.Parse(p.Expression)
		require.NoError(t, err)
		for i, path := range paths {
			if needsFilter(path) || !hasSomething(resource, p.Type, path, p.Leaves[i]) {
				continue
			}
			compared++
			require.NotEmpty(t, textsOf(values, p.Name), "%s: %s", file, p.Name)
		}
	}
	return compared
}

// holdMissingAgainstValues: a parameter is missing or not, and is not where it has values.
func holdMissingAgainstValues(t *testing.T, file, resourceType string, values *Values) {
	for _, p := range registry.Params(resourceType) {
		if !takesMissing(p) {
			continue
		}
		missing := mustParse(t, resourceType, p.Name+":missing=true", Options{}).Match(Candidate{Values: values})
		there := mustParse(t, resourceType, p.Name+":missing=false", Options{}).Match(Candidate{Values: values})
		require.NotEqual(t, missing, there, "%s: %s", file, p.Name)
		if len(textsOf(values, p.Name)) > 0 {
			require.True(t, there, "%s: %s", file, p.Name)
		}
	}
}

func needsFilter(p expression.Path) bool {
	return p.Truth || slices.ContainsFunc(p.Steps, func(s expression.Step) bool {
		return s.Index >= 0 || s.Where != "" || s.Resolves != "" || s.URL != ""
	})
}

// hasSomething tells whether a path leads to an element that can be found by. TestEveryTypeCompiles has the types of elements
// that have no meaning for their parameter.
func hasSomething(resource map[string]any, kind registry.ParamType, path expression.Path, leaf registry.Leaf) bool {
	for _, name := range leaf.Types {
		if converterOf(kind, name) == nil {
			continue
		}
		steps := slices.Clone(path.Steps)
		if leaf.Choice {
			steps[len(steps)-1].As = name
		}
		at := []any{resource}
		for _, s := range steps {
			var next []any
			for _, v := range at {
				object, _ := v.(map[string]any)
				switch child := object[jsonName(s)].(type) {
				case nil:
				case []any:
					next = append(next, child...)
				default:
					next = append(next, child)
				}
			}
			at = next
		}
		if slices.ContainsFunc(at, func(v any) bool { return canBeFoundBy(name, v) }) {
			return true
		}
	}
	return false
}

// canBeFoundBy tells whether an element of a type has what a search compares.
func canBeFoundBy(name string, v any) bool {
	object, _ := v.(map[string]any)
	text := func(key string) string { s, _ := object[key].(string); return s }
	switch name {
	case "code", "string", "markdown", "uri", "url", "canonical", "id", "date", "dateTime", "instant", "boolean", "integer", "decimal":
		return v != nil
	case "Coding":
		return text("code") != "" || text("system") != ""
	case "CodeableConcept":
		codings, _ := object["coding"].([]any)
		return slices.ContainsFunc(codings, func(c any) bool { return canBeFoundBy("Coding", c) })
	case "Identifier":
		return text("value") != "" || text("system") != ""
	case "ContactPoint":
		return text("value") != ""
	case "Reference":
		return text("reference") != "" && text("reference")[0] != '#'
	case "Period":
		return text("start") != "" || text("end") != ""
	case "Quantity", "Age", "Duration", "Money":
		return object["value"] != nil
	case "HumanName":
		return object["family"] != nil || object["text"] != nil
	case "Address":
		return object["city"] != nil || object["text"] != nil
	}
	return false
}

// searchBack looks for a resource by each of its own terms and texts, and returns how many there were.
func searchBack(t *testing.T, file string, d *codec.Document, values *Values) (queried int) {
	escape := strings.NewReplacer(`\`, `\\`, `|`, `\|`, `$`, `\$`, `,`, `\,`)
	search := func(param, value string) {
		q, _, err := Parse(d.Type(), param+"="+url.QueryEscape(value), Options{})
		require.NoError(t, err, "%s: %s=%s", file, param, value)
		require.True(t, q.Match(Candidate{Values: values}), "%s: %s=%s", file, param, value)
		queried++
	}
	for _, term := range values.Terms {
		if strings.Contains(term.Param, ":") {
			continue // of a modifier
		}
		p, ok := registry.Lookup(d.Type(), term.Param)
		require.True(t, ok)
		identifier, logical := strings.CutPrefix(term.Text, identifierMark)
		switch {
		case p.Type == registry.Special:
			search(p.Name, term.Text)
		case p.Type == registry.Token:
			search(p.Name, strings.ReplaceAll(strings.ReplaceAll(term.Text, ",", `\,`), "$", `\$`))
		case p.Type == registry.Reference && logical:
			search(p.Name+":identifier", strings.ReplaceAll(identifier, ",", `\,`))
		case p.Type == registry.Reference && !isTarget(p, term.Text):
		case p.Type == registry.Reference || p.Type == registry.URI:
			search(p.Name, escape.Replace(term.Text))
		}
	}
	for _, text := range values.Strings {
		if param, modifier, ok := strings.Cut(text.Param, ":"); ok {
			if wanted := escape.Replace(text.Folded); modifier == "text" && wanted != "" || modifier == "below" {
				search(param+":"+modifier, wanted)
			}
			continue
		}
		if !strings.Contains(text.Param, "|") && text.Folded != "" && len(text.Exact) < MaxText {
			search(text.Param, escape.Replace(text.Exact))
			search(text.Param+":exact", escape.Replace(text.Exact))
			search(text.Param+":contains", escape.Replace(text.Exact))
		}
	}
	return queried
}

// isTarget tells whether a reference is one that its parameter may hold; some examples break that rule.
func isTarget(p *registry.Param, reference string) bool {
	resourceType, _, relative := strings.Cut(reference, "/")
	return isURL(reference) || relative && slices.Contains(p.Targets, resourceType)
}
