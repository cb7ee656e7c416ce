package profiles

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
	"claimwright/store"
	"claimwright/store/memory"
	"claimwright/store/resources"
)

func definition(t *testing.T, name, base string, min int) *codec.Document {
	t.Helper()
	doc, issues := codec.Parse([]byte(fmt.Sprintf(`{"resourceType":"StructureDefinition","id":%q,"url":"http://x/%s","version":"1","name":%q,"status":"active",
	 "kind":"resource","abstract":false,"type":"Patient","baseDefinition":%q,"derivation":"constraint",
	 "differential":{"element":[{"id":"Patient","path":"Patient"},{"id":"Patient.name","path":"Patient.name","min":%d}]}}`, name, name, name, base, min)), codec.Limits{})
	require.Empty(t, issues)
	return doc
}

func TestLibrary(t *testing.T) {
	service := resources.New(memory.New(), resources.Options{})
	everyone := resources.Principal{ID: "clerk", Access: store.Everything("clerk")}
	put := func(doc *codec.Document) {
		_, err := service.Update(t.Context(), everyone, store.Key{Type: doc.Type(), ID: doc.ID()}, doc, resources.UpdateOptions{})
		require.NoError(t, err)
	}
	const patient = "http://hl7.org/fhir/StructureDefinition/Patient"
	put(definition(t, "a", patient, 1))
	put(definition(t, "b", "http://x/a", 1))
	l := New()

	first, err := l.For(&service.Reads, everyone).Profile(t.Context(), "http://x/a|1")
	require.NoError(t, err)
	again, err := l.For(&service.Reads, everyone).Profile(t.Context(), "http://x/a")
	require.NoError(t, err)
	require.Same(t, first, again, "compiled once for a version")

	put(definition(t, "a", patient, 2))
	changed, err := l.For(&service.Reads, everyone).Profile(t.Context(), "http://x/a")
	require.NoError(t, err)
	require.NotSame(t, first, changed)

	derived, err := l.For(&service.Reads, everyone).Profile(t.Context(), "http://x/b")
	require.NoError(t, err)
	more, err := l.For(&service.Reads, everyone).Profile(t.Context(), "http://x/b")
	require.NoError(t, err)
	require.NotSame(t, derived, more, "its base may have changed")

	for name, ask := range map[string]struct {
		p         resources.Principal
		canonical string
	}{
		"unknown url":     {everyone, "http://x/c"},
		"unknown version": {everyone, "http://x/a|9"},
		"no access":       {resources.Principal{ID: "nobody"}, "http://x/a"},
	} {
		p, err := l.For(&service.Reads, ask.p).Profile(context.Background(), ask.canonical)
		require.NoError(t, err, name)
		require.Nil(t, p, name)
	}
}
