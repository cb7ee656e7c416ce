package codec

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// mustParse parses a resource that the test knows to be valid.
func mustParse(t testing.TB, body string) *Document {
	t.Helper()
	d, issues := Parse([]byte(body), Limits{})
	require.Empty(t, issues)
	return d
}

// requireSoundTape proves a spliced tape by parsing its bytes anew.
func requireSoundTape(t *testing.T, d *Document) {
	t.Helper()
	again := mustParse(t, string(d.body))
	require.Equal(t, again.tape, d.tape)
	require.Equal(t, again.typ, d.typ)
}

func TestWithMetaKeepsAllOtherBytes(t *testing.T) {
	updated := time.Date(2026, 3, 5, 11, 30, 15, 250_400_000, time.FixedZone("EAT", 3*3600))
	for name, test := range map[string]struct{ body, want string }{
		"neither id nor meta": {
			`{ "resourceType" : "Patient", "active":true }`,
			`{ "resourceType" : "Patient","id":"new","meta":{"versionId":"7","lastUpdated":"2026-03-05T08:30:15.250Z"}, "active":true }`,
		},
		"only the type": {
			`{"resourceType":"Patient"}`,
			`{"resourceType":"Patient","id":"new","meta":{"versionId":"7","lastUpdated":"2026-03-05T08:30:15.250Z"}}`,
		},
		"type last": {
			`{"active":true,"name":[{"family":"A"}],"resourceType":"Patient"}`,
			`{"active":true,"name":[{"family":"A"}],"resourceType":"Patient","id":"new","meta":{"versionId":"7","lastUpdated":"2026-03-05T08:30:15.250Z"}}`,
		},
		"id is kept in place": {
			`{"resourceType":"Patient","active":true,"id":"an-older-id"}`,
			`{"resourceType":"Patient","active":true,"id":"new","meta":{"versionId":"7","lastUpdated":"2026-03-05T08:30:15.250Z"}}`,
		},
		"meta keeps profile and tag": {
			`{"resourceType":"Patient","meta":{"profile":["http://a.example/p"],"tag":[{"code":"x"}]},"active":true}`,
			`{"resourceType":"Patient","id":"new","meta":{"versionId":"7","lastUpdated":"2026-03-05T08:30:15.250Z","profile":["http://a.example/p"],"tag":[{"code":"x"}]},"active":true}`,
		},
		"meta with a version": {
			`{"meta":{"tag":[{"code":"x"}],"versionId":"123456"},"id":"i","resourceType":"Patient","active":true}`,
			`{"meta":{"lastUpdated":"2026-03-05T08:30:15.250Z","tag":[{"code":"x"}],"versionId":"7"},"id":"new","resourceType":"Patient","active":true}`,
		},
		"meta with both": {
			`{"resourceType":"Patient","meta":{"lastUpdated":"2020-01-01T00:00:00Z", "versionId":"1"},"id":"i"}`,
			`{"resourceType":"Patient","meta":{"lastUpdated":"2026-03-05T08:30:15.250Z", "versionId":"7"},"id":"new"}`,
		},
		"id before the type": {
			`{"id":"i","resourceType":"Patient"}`,
			`{"id":"new","meta":{"versionId":"7","lastUpdated":"2026-03-05T08:30:15.250Z"},"resourceType":"Patient"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			before := mustParse(t, test.body)
			after := before.WithMeta("new", 7, updated)
			require.Equal(t, test.want, string(after.Bytes()))
			require.Equal(t, test.body, string(before.Bytes()))
			require.Equal(t, "new", after.ID())
			require.Equal(t, "7", after.VersionID())
			require.Equal(t, "2026-03-05T08:30:15.250Z", after.LastUpdated())
			requireSoundTape(t, after)
		})
	}
}

func TestWithMetaWithoutIDKeepsTheOwn(t *testing.T) {
	d := mustParse(t, `{"resourceType":"Basic","code":{"text":"x"}}`).WithMeta("", 1, time.Unix(0, 0))
	want := `{"resourceType":"Basic","meta":{"versionId":"1","lastUpdated":"1970-01-01T00:00:00.000Z"},"code":{"text":"x"}}`
	require.Equal(t, []byte(want), d.Bytes())
	d = mustParse(t, `{"resourceType":"Basic","id":"own","code":{"text":"x"}}`).WithMeta("", 1, time.Unix(0, 0))
	require.Equal(t, "own", d.ID())
	requireSoundTape(t, d)
}

const smallBundle = `{"resourceType":"Bundle","type":"transaction","entry":[
 {"fullUrl":"urn:uuid:0b9ab2d0-cf64-4b0f-a1f0-3d1c79cfb0a1","resource":{"resourceType":"Patient","id":"p","name":[{"family":"O\u0027Neil \/ sons"}]},"request":{"method":"POST","url":"Patient"}},
 {"resource":{"resourceType":"Coverage","status":"active","beneficiary":{"reference":"urn:uuid:0b9ab2d0-cf64-4b0f-a1f0-3d1c79cfb0a1"},"payor":[{"reference":"Organization/1"}]},"request":{"method":"POST","url":"Coverage"}}]}`

func TestExtract(t *testing.T) {
	bundle := mustParse(t, smallBundle)
	var got []*Document
	for _, e := range bundle.Root().All(nil, Intern("entry"), Intern("resource")) {
		d := bundle.Extract(e)
		requireSoundTape(t, d)
		got = append(got, d)
	}
	require.Len(t, got, 2)
	require.Equal(t, "Patient", got[0].Type())
	require.Equal(t, "p", got[0].ID())
	require.Equal(t, "O'Neil / sons", got[0].Root().Find(Intern("name"), Intern("family")).Text())
	require.Equal(t, "Coverage.payor[0].reference", got[1].Root().Find(Intern("payor"), Intern("reference")).Path())
	require.Nil(t, bundle.Extract(bundle.Root().Find(Intern("entry"))), "an entry is no resource")
	require.Nil(t, bundle.Extract(Value{}))
}

func TestReplace(t *testing.T) {
	bundle := mustParse(t, smallBundle)
	var edits []Edit
	for v := range bundle.References() {
		if v.IsReference() && v.Text() == "urn:uuid:0b9ab2d0-cf64-4b0f-a1f0-3d1c79cfb0a1" {
			edits = append(edits, Edit{v, []byte(`"Patient/77"`)})
		}
	}
	require.Len(t, edits, 1)
	after, issues := bundle.Replace(edits)
	require.Empty(t, issues)
	require.Equal(t, "Patient/77", after.Root().Find(Intern("entry"), Intern("resource"), Intern("beneficiary"), Intern("reference")).Text())
	requireSoundTape(t, after)

	_, issues = bundle.Replace([]Edit{{edits[0].At, []byte(`"Organization/77"`)}})
	require.Len(t, issues, 1, "a replacement is checked like a request")
	require.Equal(t, "Bundle.entry[1].resource.beneficiary.reference", issues[0].Expression)

	_, issues = bundle.Replace([]Edit{{bundle.Root(), []byte(`{}`)}, edits[0]})
	require.Len(t, issues, 1, "edits may not contain one another")
	_, issues = after.Replace(edits)
	require.Len(t, issues, 1, "edits of another document are refused")
}

func TestWithMetaThatIsThereAlready(t *testing.T) {
	updated := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	first := mustParse(t, `{"resourceType":"Basic","code":{"text":"x"}}`).WithMeta("b1", 2, updated)
	require.Same(t, first, first.WithMeta("b1", 2, updated))
	require.Same(t, first, first.WithMeta("", 2, updated))
	for _, other := range []*Document{first.WithMeta("b2", 2, updated), first.WithMeta("b1", 3, updated), first.WithMeta("b1", 2, updated.Add(time.Second))} {
		require.NotSame(t, first, other)
	}
}
