package resources_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"claimwright/fhir/codec"
	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/resources"
	"claimwright/store/storetest"
)

// The model evaluates joins on a small graph by walking it, as R4 §3.1.1.5 reads.

// thing is a resource of the model.
type thing struct {
	resourceType, id string
	// tokens are its values by parameter, links the "Type/id" that it refers to.
	tokens map[string]string
	links  map[string][]string
}

func (n *thing) key() string { return n.resourceType + "/" + n.id }

// tokensOf and linksOf are what the model knows of R4: parameters with their values, and references with their targets.
var (
	tokensOf = map[string]map[string][]string{
		"Organization": {"active": {"true", "false"}},
		"Patient":      {"gender": {"male", "female", "other"}, "active": {"true", "false"}},
		"Coverage":     {"status": {"active", "draft"}},
	}
	linksOf = map[string]map[string][]string{
		"Organization": {"partof": {"Organization"}},
		"Patient":      {"organization": {"Organization"}, "link": {"Patient"}},
		"Coverage":     {"beneficiary": {"Patient"}, "payor": {"Organization", "Patient"}},
	}
	modelTypes = []string{"Coverage", "Organization", "Patient"}
	counted    = map[string]int{"Coverage": 6, "Organization": 3, "Patient": 4}
)

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// graph draws resources; some references lead nowhere.
func graph(t *rapid.T) []*thing {
	var all []*thing
	for _, resourceType := range modelTypes {
		for i := range counted[resourceType] {
			n := &thing{resourceType, fmt.Sprintf("x%d", i), map[string]string{}, map[string][]string{}}
			for _, param := range sortedKeys(tokensOf[resourceType]) {
				if value := rapid.SampledFrom(append([]string{""}, tokensOf[resourceType][param]...)).Draw(t, param); value != "" || param == "status" {
					n.tokens[param] = value
				}
			}
			if resourceType == "Coverage" && n.tokens["status"] == "" {
				n.tokens["status"] = "active"
			}
			for _, param := range sortedKeys(linksOf[resourceType]) {
				for range rapid.IntRange(0, 2).Draw(t, param) {
					target := rapid.SampledFrom(linksOf[resourceType][param]).Draw(t, "target")
					n.links[param] = append(n.links[param], fmt.Sprintf("%s/x%d", target, rapid.IntRange(0, counted[target]).Draw(t, "to")))
					if param != "link" && param != "payor" {
						break
					}
				}
			}
			all = append(all, n)
		}
	}
	return all
}

// body writes a thing as FHIR.
func (n *thing) body() string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"resourceType":%q,"id":%q`, n.resourceType, n.id)
	for _, param := range sortedKeys(n.tokens) {
		if param == "active" {
			fmt.Fprintf(&b, `,"active":%s`, n.tokens[param])
		} else {
			fmt.Fprintf(&b, `,%q:%q`, param, n.tokens[param])
		}
	}
	one := func(param, element string) {
		if to := n.links[param]; len(to) > 0 {
			fmt.Fprintf(&b, `,%q:{"reference":%q}`, element, to[0])
		}
	}
	switch n.resourceType {
	case "Organization":
		b.WriteString(`,"name":"x"`)
		one("partof", "partOf")
	case "Patient":
		one("organization", "managingOrganization")
		var others []string
		for _, to := range n.links["link"] {
			others = append(others, fmt.Sprintf(`{"type":"seealso","other":{"reference":%q}}`, to))
		}
		if len(others) > 0 {
			b.WriteString(`,"link":[` + strings.Join(others, ",") + `]`)
		}
	case "Coverage":
		if len(n.links["beneficiary"]) == 0 {
			b.WriteString(`,"beneficiary":{"display":"x"}`)
		}
		one("beneficiary", "beneficiary")
		payors := []string{`{"display":"x"}`}
		for _, to := range n.links["payor"] {
			payors = append(payors, fmt.Sprintf(`{"reference":%q}`, to))
		}
		b.WriteString(`,"payor":[` + strings.Join(payors, ",") + `]`)
	}
	return b.String() + "}"
}

// criterion is a search parameter with what it means.
type criterion struct {
	name, value string
	holds       func(all []*thing, n *thing) bool
}

func drawCriterion(t *rapid.T, resourceType string, depth int) criterion {
	kind := 0
	if depth > 0 {
		kind = rapid.IntRange(0, 2).Draw(t, "kind")
	}
	switch kind {
	case 1:
		return drawChain(t, resourceType, depth)
	case 2:
		return drawHas(t, resourceType, depth)
	}
	param := rapid.SampledFrom(sortedKeys(tokensOf[resourceType])).Draw(t, "param")
	values := rapid.SliceOfNDistinct(rapid.SampledFrom(tokensOf[resourceType][param]), 1, 2, rapid.ID).Draw(t, "values")
	name, not := param, rapid.Bool().Draw(t, "not")
	if not {
		name += ":not"
	}
	return criterion{name, strings.Join(values, ","), func(_ []*thing, n *thing) bool {
		return slices.Contains(values, n.tokens[param]) != not
	}}
}

func drawChain(t *rapid.T, resourceType string, depth int) criterion {
	param := rapid.SampledFrom(sortedKeys(linksOf[resourceType])).Draw(t, "link")
	target := rapid.SampledFrom(linksOf[resourceType][param]).Draw(t, "target")
	rest := drawCriterion(t, target, depth-1)
	return criterion{param + ":" + target + "." + rest.name, rest.value, func(all []*thing, n *thing) bool {
		return slices.ContainsFunc(all, func(to *thing) bool {
			return to.resourceType == target && slices.Contains(n.links[param], to.key()) && rest.holds(all, to)
		})
	}}
}

func drawHas(t *rapid.T, resourceType string, depth int) criterion {
	var ways [][2]string
	for _, source := range modelTypes {
		for _, param := range sortedKeys(linksOf[source]) {
			if slices.Contains(linksOf[source][param], resourceType) {
				ways = append(ways, [2]string{source, param})
			}
		}
	}
	if len(ways) == 0 {
		return drawChain(t, resourceType, depth)
	}
	way := rapid.SampledFrom(ways).Draw(t, "has")
	rest := drawCriterion(t, way[0], depth-1)
	return criterion{"_has:" + way[0] + ":" + way[1] + ":" + rest.name, rest.value, func(all []*thing, n *thing) bool {
		return slices.ContainsFunc(all, func(from *thing) bool {
			return from.resourceType == way[0] && slices.Contains(from.links[way[1]], n.key()) && rest.holds(all, from)
		})
	}}
}

// drawIncludes draws includes and the query that asks for them.
func drawIncludes(t *rapid.T) (includes []search.Include, query string) {
	for range rapid.IntRange(0, 3).Draw(t, "includes") {
		i := search.Include{Reverse: rapid.Bool().Draw(t, "reverse"), Iterate: rapid.Bool().Draw(t, "iterate")}
		name, value := "_include", "*"
		if i.Reverse {
			name = "_revinclude"
		}
		if i.Iterate {
			name += ":iterate"
		}
		if i.Source = rapid.SampledFrom(append([]string{""}, modelTypes...)).Draw(t, "source"); i.Source != "" {
			i.Param = rapid.SampledFrom(append([]string{""}, sortedKeys(linksOf[i.Source])...)).Draw(t, "param")
			value = i.Source + ":" + i.Param
			if i.Param == "" {
				value += "*"
			} else if rapid.Bool().Draw(t, "typed") {
				i.Target = rapid.SampledFrom(linksOf[i.Source][i.Param]).Draw(t, "target")
				value += ":" + i.Target
			}
		}
		includes = append(includes, i)
		query += "&" + name + "=" + value
	}
	return includes, query
}

// including is what the matches include, by walking the graph until nothing is new.
func including(all, matches []*thing, includes []search.Include) []string {
	found := map[*thing]bool{}
	leads := func(i search.Include, from, to *thing) bool {
		if i.Source != "" && i.Source != from.resourceType || i.Target != "" && i.Target != to.resourceType {
			return false
		}
		for param, links := range from.links {
			if (i.Param == "" || i.Param == param) && slices.Contains(links, to.key()) {
				return true
			}
		}
		return false
	}
	frontier := matches
	for round := 0; len(frontier) > 0; round++ {
		var next []*thing
		for _, i := range includes {
			if round > 0 && !i.Iterate {
				continue
			}
			for _, n := range frontier {
				for _, other := range all {
					if (!i.Reverse && leads(i, n, other) || i.Reverse && leads(i, other, n)) && !found[other] && !slices.Contains(matches, other) {
						found[other] = true
						next = append(next, other)
					}
				}
			}
		}
		frontier = next
	}
	var keys []string
	for n := range found {
		keys = append(keys, n.key())
	}
	slices.Sort(keys)
	return keys
}

func TestJoinsAgreeWithTheGraph(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := graph(t)
		service := resources.New(storetest.NewMemory(), resources.Options{})
		require.NoError(t, service.Do(context.Background(), clerk, nil, func(ctx context.Context, u *resources.Unit) error {
			for _, n := range all {
				doc, issues := codec.Parse([]byte(n.body()), codec.Limits{})
				require.Empty(t, issues, n.body())
				if _, err := u.Put(ctx, store.Key{Type: n.resourceType, ID: n.id}, doc, "test"); err != nil {
					return err
				}
			}
			return nil
		}))
		for range 5 {
			agree(t, service, all)
		}
	})
}

func agree(t *rapid.T, service *resources.Service, all []*thing) {
	resourceType := rapid.SampledFrom(modelTypes).Draw(t, "searched")
	var criteria []criterion
	query := "_count=100"
	for range rapid.IntRange(0, 2).Draw(t, "criteria") {
		c := drawCriterion(t, resourceType, 3)
		criteria = append(criteria, c)
		query += "&" + c.name + "=" + c.value
	}
	includes, asked := drawIncludes(t)
	var matches []*thing
	want := []string{}
	for _, n := range all {
		if n.resourceType == resourceType && !slices.ContainsFunc(criteria, func(c criterion) bool { return !c.holds(all, n) }) {
			matches = append(matches, n)
			want = append(want, n.key())
		}
	}
	q, _, err := search.Parse(resourceType, query+asked, service.SearchOptions())
	require.NoError(t, err, query)
	page, err := service.Search(context.Background(), clerk, q, "")
	require.NoError(t, err, query)
	found, included := []string{}, []string(nil)
	for _, r := range page.Records {
		found = append(found, r.Key.String())
	}
	for _, r := range page.Included {
		included = append(included, r.Key.String())
	}
	slices.Sort(included)
	require.Equal(t, want, found, query)
	require.Equal(t, including(all, matches, includes), included, query+asked)
	require.False(t, page.Cut)
}
