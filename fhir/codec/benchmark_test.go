package codec

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// claimBody is a claim of ten items, as a clinic would send it.
func claimBody(tb testing.TB) []byte {
	tb.Helper()
	body, err := os.ReadFile("testdata/claim-10-items.json")
	require.NoError(tb, err)
	return body
}

// bundleBody holds the claim n times.
func bundleBody(tb testing.TB, n int) []byte {
	claim := string(claimBody(tb))
	entries := strings.TrimSuffix(strings.Repeat(`{"resource":`+claim+`},`, n), ",")
	return []byte(`{"resourceType":"Bundle","type":"collection","entry":[` + entries + `]}`)
}

func BenchmarkParseClaim(b *testing.B) {
	body := claimBody(b)
	d, issues := Parse(body, Limits{})
	require.Empty(b, issues)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		Parse(body, Limits{})
	}
	b.ReportMetric(float64(len(d.tape)*nodeSize), "tape-B")
}

func BenchmarkParseBundleOf50Claims(b *testing.B) {
	body := bundleBody(b, 50)
	_, issues := Parse(body, Limits{})
	require.Empty(b, issues)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		Parse(body, Limits{})
	}
}

// BenchmarkParseTypeLast has every resourceType at the end, so that the parser looks ahead.
func BenchmarkParseTypeLast(b *testing.B) {
	body := claimBody(b)
	body = append(bytes.TrimSuffix(bytes.Replace(body, []byte(`"resourceType":"Claim",`), nil, 1), []byte("}")), `,"resourceType":"Claim"}`...)
	_, issues := Parse(body, Limits{})
	require.Empty(b, issues)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		Parse(body, Limits{})
	}
}

func BenchmarkParseClaimWithProblems(b *testing.B) {
	body := bytes.ReplaceAll(claimBody(b), []byte(`"currency":"KES"`), []byte(`"currency":"KSH"`))
	_, issues := Parse(body, Limits{})
	require.Len(b, issues, 21)
	b.ReportAllocs()
	for b.Loop() {
		Parse(body, Limits{})
	}
}

func BenchmarkWithMeta(b *testing.B) {
	d, _ := Parse(claimBody(b), Limits{})
	now := time.Now()
	b.ReportAllocs()
	for b.Loop() {
		d.WithMeta("0b9ab2d0-cf64-4b0f-a1f0-3d1c79cfb0a1", 3, now)
	}
}

// BenchmarkRead looks up what a search index wants of a claim.
func BenchmarkRead(b *testing.B) {
	d, _ := Parse(claimBody(b), Limits{})
	item, service, coding, code := Intern("item"), Intern("productOrService"), Intern("coding"), Intern("code")
	patient, status, created := Intern("patient"), Intern("status"), Intern("created")
	values := make([]Value, 0, 16)
	b.ReportAllocs()
	for b.Loop() {
		root := d.Root()
		values = root.All(values[:0], item, service, coding, code)
		values = append(values, root.Find(patient, nameReference), root.Get(status), root.Get(created))
	}
	require.Len(b, values, 13)
}

func BenchmarkCompileSchema(b *testing.B) {
	for b.Loop() {
		compileSchema()
	}
}
