package conformance_test

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/conformance"
	"claimwright/fhir/codec"
)

const base = "https://claimwright.org/fhir/"

func parsed(t *testing.T) map[string]*codec.Document {
	t.Helper()
	docs := map[string]*codec.Document{}
	for name, body := range conformance.Definitions() {
		doc, issues := codec.Parse(body, codec.Limits{})
		require.Empty(t, issues, name)
		docs[name] = doc
	}
	require.NotEmpty(t, docs)
	return docs
}

func TestDefinitionsAreWhereTheirURLSays(t *testing.T) {
	for name, doc := range parsed(t) {
		root := doc.Root()
		require.Equal(t, doc.Type()+"-"+doc.ID()+".json", name)
		require.Equal(t, base+doc.Type()+"/"+doc.ID(), root.Field("url").Text())
		require.Equal(t, "active", root.Field("status").Text(), name)
		require.NotEmpty(t, root.Field("description").Text(), name)
	}
}

func TestCodeSystemsHaveDistinctCodesAndAValueSet(t *testing.T) {
	docs := parsed(t)
	for name, doc := range docs {
		if doc.Type() != "CodeSystem" {
			continue
		}
		seen := map[string]bool{}
		for concept := range doc.Root().Field("concept").Each() {
			code := concept.Field("code").Text()
			require.False(t, seen[code], "%s has %q twice", name, code)
			seen[code] = true
			require.NotEmpty(t, concept.Field("display").Text(), "%s %s", name, code)
		}
		count, _ := doc.Root().Field("count").Int()
		require.EqualValues(t, len(seen), count, name)
		set := docs["ValueSet-"+doc.ID()+".json"]
		require.NotNil(t, set, "%s has no value set", name)
		require.Equal(t, set.Root().Field("url").Text(), doc.Root().Field("valueSet").Text())
	}
}

func TestEveryOwnBindingIsDefined(t *testing.T) {
	docs := parsed(t)
	bound := 0
	for name, doc := range docs {
		if doc.Type() != "StructureDefinition" {
			continue
		}
		for element := range doc.Root().Field("differential").Field("element").Each() {
			url := element.Field("binding").Field("valueSet").Text()
			if id, own := strings.CutPrefix(url, base+"ValueSet/"); own {
				require.Contains(t, docs, "ValueSet-"+id+".json", name)
				bound++
			}
		}
	}
	require.Greater(t, bound, 20)
}

func TestExtensionsConstrainExtension(t *testing.T) {
	for name, doc := range parsed(t) {
		if doc.Type() != "StructureDefinition" {
			continue
		}
		root := doc.Root()
		require.Equal(t, "Extension", root.Field("type").Text(), name)
		require.Equal(t, "4.0.1", root.Field("fhirVersion").Text(), name)
		fixed := ""
		for element := range root.Field("differential").Field("element").Each() {
			require.NotEmpty(t, element.Field("id").Text(), name)
			if element.Field("id").Text() == "Extension.url" {
				fixed = element.Field("fixedUri").Text()
			}
		}
		require.Equal(t, root.Field("url").Text(), fixed, name)
	}
}

func TestDefinitionOfAnUnknownNameDoesNotExist(t *testing.T) {
	_, err := conformance.Definition("CodeSystem-nothing.json")
	require.ErrorIs(t, err, fs.ErrNotExist)
}
