package seed_test

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"claimwright/cmd/internal/seed"
	"claimwright/fhir/codec"
	"claimwright/testdata/sandbox"
)

type recorder struct {
	entries []int
	fail    error
}

func (r *recorder) Transaction(_ context.Context, bundle *codec.Document) error {
	r.entries = append(r.entries, bundle.Root().Field("entry").Len())
	return r.fail
}

func TestLoadWritesTheSandboxInOrder(t *testing.T) {
	var r recorder
	var files []string
	err := seed.Load(t.Context(), &r, sandbox.Files, func(file string, _, _ int) { files = append(files, file) })
	require.NoError(t, err)
	require.Equal(t, seed.Files, files)
	require.Equal(t, []int{4, 6, 2, 61, 3, 40, 51}, r.entries)
}

func TestLoadSaysWhichFileIsWrong(t *testing.T) {
	for name, test := range map[string]struct {
		folder fs.FS
		fail   error
		want   string
	}{
		"nothing there":   {fstest.MapFS{}, nil, "none of"},
		"not JSON":        {fstest.MapFS{"plans.json": {Data: []byte("{")}}, nil, "load plans.json"},
		"refused":         {sandbox.Files, errors.New("no"), "load organizations.json: no"},
		"unknown element": {fstest.MapFS{"plans.json": {Data: []byte(`{"resourceType":"Bundle","type":"transaction","entri":[]}`)}}, nil, "entri"},
	} {
		t.Run(name, func(t *testing.T) {
			err := seed.Load(t.Context(), &recorder{fail: test.fail}, test.folder, func(string, int, int) {})
			require.ErrorContains(t, err, test.want)
		})
	}
}

// keeper remembers what was written, in order.
type keeper struct{ keys []string }

func (k *keeper) Transaction(_ context.Context, bundle *codec.Document) error {
	for e := range bundle.Root().Field("entry").Each() {
		k.keys = append(k.keys, e.Field("request").Field("url").Text())
	}
	return nil
}

func TestLoadTakesPlainResourcesInTheOrderOfTheirKinds(t *testing.T) {
	var w keeper
	var files []string
	err := seed.Load(t.Context(), &w, fstest.MapFS{
		"a.ndjson": {Data: []byte(`{"resourceType":"Patient","id":"1"}
{"resourceType":"Organization","id":"1"}

{"resourceType":"Patient","id":"2"}`)},
		"b.json":       {Data: []byte(`{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Location","id":"1"}}]}`)},
		"members.json": {Data: []byte(`{"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"Patient","id":"3"},"request":{"method":"PUT","url":"Patient/3"}}]}`)},
		"z.json":       {Data: []byte(`{"resourceType":"Organization","id":"2"}`)},
		"README.md":    {Data: []byte(`not read`)},
		"claims/1":     {Data: []byte(`not read either`)},
	}, func(file string, _, _ int) { files = append(files, file) })
	require.NoError(t, err)
	require.Equal(t, []string{"Organization/1", "Organization/2", "Location/1", "Patient/1", "Patient/2", "Patient/3"}, w.keys)
	require.Equal(t, []string{"a.ndjson, line 2 to z.json", "b.json", "a.ndjson, line 1 to line 4", "members.json"}, files)
}

func TestLoadNamesTheLine(t *testing.T) {
	for body, want := range map[string]string{
		"\n{\"resourceType\":\"Patient\"}":                    "load a.ndjson: line 2: Patient.id: found none",
		"{\"resourceType\":\"Patient\",\"id\":\"1\",\"x\":1}": "load a.ndjson: line 1: ",
		"{\"resourceType\":\"Bundle\",\"type\":\"history\"}":  "expected transaction or collection",
	} {
		err := seed.Load(t.Context(), &keeper{}, fstest.MapFS{"a.ndjson": {Data: []byte(body)}}, func(string, int, int) {})
		require.ErrorContains(t, err, want)
	}
}

// The sandbox has its prices in both forms; they must say the same.
func TestPriceListsInCSVAreTheOnesInFHIR(t *testing.T) {
	body, err := sandbox.Files.ReadFile("price-lists.json")
	require.NoError(t, err)
	bundle, issues := codec.Parse(body, codec.Limits{})
	require.Empty(t, issues)
	seen := 0
	for entry := range bundle.Root().Field("entry").Each() {
		want := entry.Field("resource")
		id := want.Field("id").Text()
		facility := strings.TrimPrefix(id, "prices-")
		csv, err := sandbox.Files.Open("price-lists/" + facility + ".csv")
		require.NoError(t, err)
		got, err := seed.PriceList{
			ID: id, Title: want.Field("title").Text(), Facility: "Organization/" + facility, Insurer: "Organization/umoja",
			Identifier: "https://claimwright.org/sandbox/price-lists|" + strings.ToUpper(facility), From: "2025-01-01", To: "2027-12-31",
			Tag: "https://claimwright.org/fhir/CodeSystem/tag|sandbox|made-up data of the sandbox",
		}.Contract(csv)
		require.NoError(t, err)
		_, issues := codec.Parse(got, codec.Limits{})
		require.Empty(t, issues, "a Contract that is valid FHIR")
		require.JSONEq(t, string(want.Raw()), string(got))
		seen++
	}
	require.Equal(t, 3, seen)
}

func TestWrongCellsAreToldWithTheirLine(t *testing.T) {
	const header = "system,code,unit_price,currency,valid_from,valid_to\n"
	for name, test := range map[string]struct {
		csv  string
		want []string
	}{
		"empty":           {"", []string{"header"}},
		"no prices":       {header, []string{"no prices"}},
		"missing columns": {"system,code\n", []string{"line 1", "unit_price, currency, valid_from, valid_to"}},
		"all cells at once": {header + "s,A,1.00,KES,2026-01-01,\n,,1'000,kes,1.1.2026,x\n",
			[]string{"line 3, system", "line 3, code", `line 3, unit_price: found "1'000"`, "line 3, currency", "line 3, valid_from", "line 3, valid_to"}},
		"negative":       {header + "s,A,-1,KES,2026-01-01,\n", []string{"line 2, unit_price"}},
		"ends too early": {header + "s,A,1,KES,2026-01-02,2026-01-01\n", []string{"line 2, valid_to"}},
		"twice":          {header + "s,A,1,KES,2026-01-01,\ns,A,2,KES,2026-01-01,\n", []string{"line 3: A from 2026-01-01 stands in line 2 already"}},
		"a cell too few": {header + "s,A,1,KES\n", []string{"line 2"}},
	} {
		t.Run(name, func(t *testing.T) {
			contract, err := seed.PriceList{ID: "x"}.Contract(strings.NewReader(test.csv))
			require.Nil(t, contract)
			for _, want := range test.want {
				require.ErrorContains(t, err, want)
			}
		})
	}
}

func TestColumnsMayComeInAnyOrder(t *testing.T) {
	got, err := seed.PriceList{ID: "x", Facility: "Organization/f", Insurer: "Organization/i", From: "2026-01-01"}.Contract(
		strings.NewReader("\ufeffvalid_to,valid_from,currency,unit_price,code,system\n,2026-01-01,KES,0,A,s\n"))
	require.NoError(t, err)
	require.Contains(t, string(got), `"unitPrice":{"value":0,"currency":"KES"}`, "an explicit zero is a price")
}

func FuzzPriceList(f *testing.F) {
	f.Add("system,code,unit_price,currency,valid_from,valid_to\ns,A,1.00,KES,2026-01-01,\n")
	f.Fuzz(func(t *testing.T, text string) {
		body, err := seed.PriceList{ID: "x", Facility: "Organization/f", Insurer: "Organization/i", From: "2026-01-01"}.Contract(strings.NewReader(text))
		require.Equal(t, err == nil, body != nil)
	})
}
