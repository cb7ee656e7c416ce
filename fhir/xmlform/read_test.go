package xmlform

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
)

// layout is one of the ways to write.
type layout = func([]byte, *codec.Document) []byte

// requireRoundTrip demands that a resource says the same after XML and back.
func requireRoundTrip(t testing.TB, body []byte, layouts ...layout) {
	t.Helper()
	doc, issues := codec.ParseOwn(body)
	require.Empty(t, issues)
	for _, write := range layouts {
		xml := write(nil, doc)
		back, issues := Read(xml, codec.Limits{})
		require.Empty(t, issues, "%.3000s", xml)
		again, issues := codec.ParseOwn(back)
		require.Empty(t, issues, "%.3000s", back)
		requireSame(t, doc.Root(), again.Root(), doc.Type())
	}
}

// requireSame compares two values by their texts, members in any order.
func requireSame(t testing.TB, want, got codec.Value, path string) {
	t.Helper()
	if want.Kind() != got.Kind() {
		require.Equal(t, want.Kind(), got.Kind(), path)
	}
	switch want.Kind() {
	case codec.Array:
		list := slices.Collect(got.Each())
		i := 0
		for v := range want.Each() {
			require.Less(t, i, len(list), path)
			requireSame(t, v, list[i], path+"[]")
			i++
		}
		require.Len(t, list, i, path)
	case codec.Object:
		members := 0
		for name, v := range want.Members() {
			members++
			requireSame(t, v, got.Get(name), path+"."+name.String())
		}
		for range got.Members() {
			members--
		}
		require.Zero(t, members, path)
	default:
		if strings.TrimSpace(want.Text()) != strings.TrimSpace(got.Text()) { // white space around a narrative
			require.Equal(t, want.Text(), got.Text(), path)
		}
	}
}

func TestWhiteSpaceOfNarrativesSurvivesXML(t *testing.T) {
	requireRoundTrip(t, []byte(`{"resourceType":"Basic","code":{"text":"\t c\r\n"},"text":{"status":"generated","div":`+
		`"<div xmlns=\"http://www.w3.org/1999/xhtml\" title=\"a\r\n\tb\">\r\n\tc&#160;&amp;#10;<br title='\n'/>\r<!-- d\n --></div>"}}`), Append, AppendIndented)
}

func samples(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("../codec/testdata/samples/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	return append(files, "../codec/testdata/claim-10-items.json")
}

func TestSamplesSurviveXML(t *testing.T) {
	for _, file := range samples(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			body, err := os.ReadFile(file)
			require.NoError(t, err)
			requireRoundTrip(t, body, Append, AppendIndented)
		})
	}
}

// TestOfficialExamplesSurviveXML is the proof that XML and JSON are two forms of the same: every official example becomes
// XML and JSON again, and says the same with the same digits.
func TestOfficialExamplesSurviveXML(t *testing.T) {
	dir := os.Getenv("CLAIMWRIGHT_R4_EXAMPLES")
	if dir == "" {
		t.Skip("CLAIMWRIGHT_R4_EXAMPLES does not name the official examples")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	survived := 0
	for _, file := range files {
		body, err := os.ReadFile(file)
		require.NoError(t, err)
		if doc, _ := codec.ParseOwn(body); doc == nil { // not R4: see the codec's list of official examples refused
			continue
		}
		survived++
		if survived%10 == 0 {
			requireRoundTrip(t, body, AppendIndented)
			continue
		}
		requireRoundTrip(t, body, Append)
	}
	t.Logf("%d of %d files survived", survived, len(files))
}
