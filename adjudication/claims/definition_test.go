package claims_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/conformance"
	"claimwright/fhir/codec"
)

// published are our extensions: for each path of urls the type of value that the definition allows, empty for none.
func published(t testing.TB) map[string]string {
	out := map[string]string{}
	for name, body := range conformance.Definitions() {
		if !strings.HasPrefix(name, "StructureDefinition-") {
			continue
		}
		doc := parse(t, string(body))
		for e := range doc.Root().Field("differential").Field("element").Each() {
			id, isValue := strings.CutSuffix(e.Field("id").Text(), ".value[x]")
			if !isValue {
				continue
			}
			path := doc.Root().Field("url").Text() + strings.ReplaceAll(strings.TrimPrefix(id, "Extension"), ".extension:", "/")
			out[path] = e.Field("type").Index(0).Field("code").Text()
		}
	}
	return out
}

// TestExtensionsAreAsPublished: every extension in a response is one of those under conformance, with the value that its
// definition allows.
func TestExtensionsAreAsPublished(t *testing.T) {
	defined := published(t)
	w := newMemoryWorld(t)
	seen := map[string]bool{}
	var walk func(path string, extension codec.Value)
	walk = func(path string, extension codec.Value) {
		path += extension.Field("url").Text()
		want, ok := defined[path]
		require.True(t, ok, "%s is not defined", path)
		seen[path] = true
		value := ""
		for name := range extension.Members() {
			if typ, ok := strings.CutPrefix(name.String(), "value"); ok {
				value = typ
			}
		}
		require.True(t, strings.EqualFold(want, value), "%s is %q, defined as %q", path, value, want)
		for sub := range extension.Field("extension").Each() {
			walk(path+"/", sub)
		}
	}
	for _, name := range []string{"01-outpatient-malaria.json", "07-quantity-cut-and-share.json", "09-delivery-first.json", "14-policy-ceiling-met.json", "12-inpatient-surgery.json"} {
		root := w.submit(sample(t, name)).doc.Root()
		for e := range root.Field("extension").Each() {
			walk("", e)
		}
		for item := range root.Field("item").Each() {
			for e := range item.Field("extension").Each() {
				walk("", e)
			}
		}
	}
	require.Greater(t, len(seen), 20)
}
