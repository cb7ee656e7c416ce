package rulebook

import (
	"context"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// blocks are the code blocks of a language in a page of the documentation.
func blocks(t *testing.T, page, language string) []string {
	t.Helper()
	body, err := os.ReadFile("../../../docs/rules/" + page)
	require.NoError(t, err)
	var found []string
	for _, m := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```$").FindAllStringSubmatch(string(body), -1) {
		found = append(found, m[1])
	}
	require.NotEmpty(t, found)
	return found
}

// compiled are the rules of a page.
func compiled(t *testing.T, page string) (*scheme.Scheme, []scheme.WrittenRule) {
	t.Helper()
	var docs []*codec.Document
	for _, block := range blocks(t, page, "json") {
		found, err := resourcesOf(page, []byte(block))
		require.NoError(t, err)
		docs = append(docs, found...)
	}
	sch, written, issues := scheme.CompileWithRules(docs)
	for _, i := range issues {
		require.NotEqual(t, outcome.Failure, i.Severity, Told(i))
	}
	return sch, written
}

func TestTheExamplesOfTesting(t *testing.T) {
	_, written := compiled(t, "testing.md")
	all, err := Test(context.Background(), written)
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.Zero(t, all[0].Failed())
	var text strings.Builder
	all[0].Write(&text, false)
	require.Equal(t, blocks(t, "testing.md", "text")[0], text.String())
}

func TestTheExamplesOfOrder(t *testing.T) {
	sch, written := compiled(t, "order.md")
	report, err := Order(sch, written, 0)
	require.NoError(t, err)
	var text strings.Builder
	WriteOrder(&text, report, false)
	require.Equal(t, blocks(t, "order.md", "text")[0], text.String())
}
