package offline_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/claims"
	"claimwright/cmd/internal/offline"
	"claimwright/store"
	"claimwright/testdata/sandbox"
)

var now = time.Date(2027, 2, 1, 9, 0, 0, 0, time.UTC)

// scheme is the sandbox and families of three with a policy each: their ceilings are small enough to be used up.
func scheme(tb testing.TB, families int) fs.FS {
	folder := fstest.MapFS{}
	for _, name := range []string{"organizations.json", "locations.json", "plans.json", "register.json", "price-lists.json", "members.json", "policies.json"} {
		body, err := sandbox.Files.ReadFile(name)
		require.NoError(tb, err)
		folder[name] = &fstest.MapFile{Data: body}
	}
	var more bytes.Buffer
	for f := range families {
		fmt.Fprintf(&more, `{"resourceType":"Contract","id":"f-%d","status":"executed","type":{"coding":[{"system":"https://claimwright.org/fhir/CodeSystem/contract-type","code":"policy"}]},"applies":{"start":"2026-01-01","end":"2026-12-31"},"authority":[{"reference":"Organization/umoja"}]}`+"\n", f)
		for m := range 3 {
			id := fmt.Sprintf("f-%d-%d", f, m)
			fmt.Fprintf(&more, `{"resourceType":"Patient","id":%q,"identifier":[{"system":"urn:card","value":%[1]q}],"gender":"female","birthDate":"1990-01-01"}`+"\n", id)
			fmt.Fprintf(&more, `{"resourceType":"Coverage","id":%q,"status":"active","beneficiary":{"reference":"Patient/%[1]s"},"payor":[{"reference":"Organization/umoja"}],"period":{"start":"2026-01-01","end":"2026-12-31"},"class":[{"type":{"coding":[{"code":"plan"}]},"value":"GOLD"}],"contract":[{"reference":"Contract/f-%d"}]}`+"\n", id, f)
		}
	}
	folder["families.ndjson"] = &fstest.MapFile{Data: more.Bytes()}
	return folder
}

var services = []string{"S-CONS", "S-CBC", "S-MALRDT", "S-INJ", "S-XRAY", "S-MRI", "S-URINE", "S-GLUC", "S-DRESS", "S-TRIAGE"}

// claim is one on one line: of a member of a family, perhaps named by a number, with so many lines.
func claim(n, family, member, lines int, named bool) string {
	id := fmt.Sprintf("f-%d-%d", family, member)
	patient := fmt.Sprintf(`{"reference":"Patient/%s"}`, id)
	if named {
		patient = fmt.Sprintf(`{"identifier":{"system":"urn:card","value":%q}}`, id)
	}
	var items []string
	for i := range lines {
		items = append(items, fmt.Sprintf(`{"sequence":%d,"productOrService":{"coding":[{"system":"https://claimwright.org/sandbox/services","code":%q}]},"servicedDate":"2026-05-%02d","quantity":{"value":1},"unitPrice":{"value":%d.50,"currency":"KES"}}`,
			i+1, services[(n+i)%len(services)], 1+n%28, 300+n%7*400))
	}
	return fmt.Sprintf(`{"resourceType":"Claim","identifier":[{"system":"urn:test","value":"%d"}],"status":"active","type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"professional"}]},"use":"claim","patient":%s,"created":"2026-05-05","insurer":{"reference":"Organization/umoja"},"provider":{"reference":"Organization/ziwani"},"priority":{"coding":[{"code":"normal"}]},"insurance":[{"sequence":1,"focal":true,"coverage":{"reference":"Coverage/%s"}}],"item":[%s]}`,
		n, patient, id, strings.Join(items, ","))
}

// mixed is a file of claims of all kinds: the same twice, the same number with other content, in Bundles, broken.
func mixed(n, families int) string {
	r := rand.New(rand.NewPCG(7, 11))
	var out strings.Builder
	for i := range n {
		family, member := r.IntN(families), r.IntN(3)
		body := claim(i, family, member, 1+r.IntN(6), r.IntN(4) == 0)
		switch r.IntN(12) {
		case 0:
			body = claim(max(0, i-r.IntN(5)), family, member, 2, false) // somebody else's number
		case 1:
			body = fmt.Sprintf(`{"resourceType":"Bundle","type":"collection","entry":[{"resource":%s},{"resource":%s}]}`,
				body, claim(n+i, r.IntN(families), member, 1, false))
		case 2:
			body = strings.Replace(body, `"active"`, `"aktiv"`, 1)
		case 3:
			out.WriteString("\n")
		}
		out.WriteString(body + "\n")
	}
	return out.String()
}

func run(tb testing.TB, o offline.Options, in string) (string, offline.Summary, *offline.Adjudicator) {
	a, err := offline.Open(tb.Context(), o, func(string, int, int) {})
	require.NoError(tb, err)
	var out bytes.Buffer
	summary, err := a.Run(tb.Context(), strings.NewReader(in), &out, func(int64) {})
	require.NoError(tb, err)
	return out.String(), summary, a
}

// TestTheNumberOfWorkersDecidesNothing: the same bytes, whoever decides what when.
func TestTheNumberOfWorkersDecidesNothing(t *testing.T) {
	in, folder := mixed(600, 6), scheme(t, 6)
	want, summary, a := run(t, offline.Options{Scheme: folder, Now: now, Workers: 1}, in)
	require.Equal(t, 600, strings.Count(want, "\n"), "an answer for each line that is not blank")
	require.Positive(t, summary.Refused)
	require.Positive(t, summary.PartlyApproved, "limits are met")
	require.Positive(t, summary.Rejected, "duplicates are found")
	require.NoError(t, claims.VerifyLedger(t.Context(), a.Store(), func(f store.Finding) { t.Errorf("%s: %s", f.Key, f.Text) }, nil))
	for range 3 {
		got, again, _ := run(t, offline.Options{Scheme: folder, Now: now, Workers: 8}, in)
		require.Equal(t, want, got)
		require.Equal(t, summary, again)
	}
}

func TestSandboxClaims(t *testing.T) {
	files, err := fs.Glob(sandbox.Files, "claims/*.json")
	require.NoError(t, err)
	var in strings.Builder
	for _, name := range files {
		body, err := sandbox.Files.ReadFile(name)
		require.NoError(t, err)
		var flat bytes.Buffer
		require.NoError(t, json.Compact(&flat, body))
		in.WriteString(flat.String() + "\r\n")
	}
	out, summary, _ := run(t, offline.Options{Scheme: sandbox.Files}, strings.TrimSuffix(in.String(), "\r\n"))
	require.Equal(t, int64(len(files)), summary.Decided)
	require.Zero(t, summary.Refused)
	require.EqualValues(t, 1, summary.InError, "the unknown member")
	require.Equal(t, summary.Decided, summary.Approved+summary.PartlyApproved+summary.Rejected+summary.AwaitingReview+summary.Other+summary.InError)
	for line := range strings.Lines(out) {
		require.True(t, json.Valid([]byte(line)))
		require.Contains(t, line, `"resourceType":"ClaimResponse"`)
	}
}

func TestWhatCannotBeProcessed(t *testing.T) {
	in := "{\n" + `{"resourceType":"Patient"}` + "\n" + strings.Repeat(" ", 11<<20) + "\n" + claim(1, 0, 0, 1, false)
	out, summary, _ := run(t, offline.Options{Scheme: scheme(t, 1), Workers: 2}, in)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	require.Len(t, lines, 4)
	for i, want := range []string{"broken", "does not take this type", "longer than", `"outcome":"complete"`} {
		require.Contains(t, lines[i], want)
	}
	require.EqualValues(t, 3, summary.Refused)
	require.EqualValues(t, 1, summary.Decided)
	require.Equal(t, "700.50", summary.Billed["KES"].String())
	require.Equal(t, "200.00", summary.Paid["KES"].String(), "the list price of 700 less the deductible of 500")
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, fs.ErrClosed }

func TestAnAnswerThatCannotBeWritten(t *testing.T) {
	a, err := offline.Open(t.Context(), offline.Options{Scheme: scheme(t, 2), Workers: 2}, func(string, int, int) {})
	require.NoError(t, err)
	_, err = a.Run(t.Context(), strings.NewReader(mixed(500, 2)), brokenWriter{}, func(int64) {})
	require.ErrorIs(t, err, fs.ErrClosed)
}

// BenchmarkRun is claims of ten lines, from the bytes of the file to the bytes of the answers.
func BenchmarkRun(b *testing.B) {
	a, err := offline.Open(b.Context(), offline.Options{Scheme: scheme(b, 2000), Now: now}, func(string, int, int) {})
	require.NoError(b, err)
	var in bytes.Buffer
	for i := range b.N {
		in.WriteString(claim(i, i%2000, i/2000%3, 10, false) + "\n")
	}
	b.SetBytes(int64(in.Len() / b.N))
	b.ReportAllocs()
	b.ResetTimer()
	summary, err := a.Run(b.Context(), &in, discard{}, func(int64) {})
	require.NoError(b, err)
	require.EqualValues(b, b.N, summary.Decided)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "claims/s")
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
