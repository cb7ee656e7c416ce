package packs_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/scheme"
	"claimwright/adjudication/packs"
	"claimwright/fhir/codec"
)

// documents are a pack's resources.
func documents(t testing.TB, p packs.Pack) (lists, rules []*codec.Document) {
	t.Helper()
	for i := range p.Files {
		doc, issues := codec.Parse(p.Files[i].Body, codec.Limits{})
		require.Empty(t, issues, p.Files[i].Name)
		require.Contains(t, p.Files[i].Name, strings.TrimPrefix(doc.ID(), "pack-"))
		if p.Files[i].IsList() {
			require.Equal(t, "ValueSet", doc.Type(), p.Files[i].Name)
			lists = append(lists, doc)
		} else {
			require.Equal(t, "PlanDefinition", doc.Type(), p.Files[i].Name)
			rules = append(rules, doc)
		}
	}
	return lists, rules
}

func TestEveryPackIsThereAndListed(t *testing.T) {
	entries, err := os.ReadDir(".")
	require.NoError(t, err)
	var folders []string
	for _, e := range entries {
		if e.IsDir() {
			folders = append(folders, e.Name())
		}
	}
	require.ElementsMatch(t, folders, packs.Names())
	for _, p := range packs.All() {
		same, ok := packs.Named(p.Name)
		require.True(t, ok)
		require.Equal(t, p, same)
		require.NotEmpty(t, p.About)
	}
	_, ok := packs.Named("none")
	require.False(t, ok)
}

func TestEveryPackCanBeSwitchedOn(t *testing.T) {
	for _, p := range packs.All() {
		t.Run(p.Name, func(t *testing.T) {
			lists, rules := documents(t, p)
			require.NotEmpty(t, rules)
			off, issues := scheme.Compile(append(lists, rules...))
			require.Empty(t, issues)
			require.Nil(t, off.Rules(), "a pack comes as drafts")
			on := lists
			for _, doc := range rules {
				root := doc.Root()
				require.Equal(t, "draft", root.Field("status").Text())
				require.Contains(t, string(doc.Bytes()), "StructureDefinition/rule-test", "%s brings its own tests", doc.ID())
				for _, field := range []string{"title", "purpose", "usage", "version", "url"} {
					require.NotEmpty(t, root.Field(field).Text(), field)
				}
				require.False(t, root.Field("useContext").Exists(), "the scope is empty")
				on = append(on, active(t, doc))
			}
			compiled, issues := scheme.Compile(on)
			require.Empty(t, issues)
			require.Len(t, compiled.Rules().Rules(), len(rules))
		})
	}
}

func TestEveryListIsNamedByARuleOfItsPack(t *testing.T) {
	for _, p := range packs.All() {
		lists, rules := documents(t, p)
		var named []string
		for _, doc := range rules {
			named = append(named, scheme.ListsNamed(doc)...)
		}
		for _, doc := range lists {
			require.Contains(t, named, doc.Root().Field("name").Text(), p.Name)
		}
	}
}

func TestNoTwoPacksClaimAnIdOrAList(t *testing.T) {
	seen := map[string]string{}
	for _, p := range packs.All() {
		lists, rules := documents(t, p)
		for _, doc := range append(lists, rules...) {
			for _, key := range []string{doc.Type() + "/" + doc.ID(), "list " + doc.Root().Field("name").Text()} {
				if key != "list " {
					require.Empty(t, seen[key], "%s has %s too", p.Name, key)
					seen[key] = p.Name
				}
			}
		}
	}
}

var draft = regexp.MustCompile(`"status":\s*"draft"`)

func active(t testing.TB, doc *codec.Document) *codec.Document {
	t.Helper()
	on, issues := codec.Parse(draft.ReplaceAll(doc.Bytes(), []byte(`"status": "active"`)), codec.Limits{})
	require.Empty(t, issues)
	return on
}

func TestTheGuideTellsOfEveryRuleAndScenariosTryIt(t *testing.T) {
	guide, err := os.ReadFile("../../docs/rules/packs.md")
	require.NoError(t, err)
	scenarios, err := os.ReadFile("../../testdata/scenarios/packs.yaml")
	require.NoError(t, err)
	for _, p := range packs.All() {
		require.Contains(t, string(guide), "`"+p.Name+"`")
		for i := range p.Files {
			if !p.Files[i].IsList() {
				rule := strings.TrimSuffix(p.Files[i].Name, ".json")
				require.Contains(t, string(guide), "`"+rule+"`")
				require.Regexp(t, `(?m)^    source: pack `+p.Name+`,.*\b`+rule+`$|\b`+rule+` and`, string(scenarios))
			}
		}
	}
}
