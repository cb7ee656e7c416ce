package engine_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/ledger"
	"claimwright/testdata/sandbox"
)

// expectation is what the sandbox says of one claim.
type expectation struct {
	Claim   string
	Outcome engine.Outcome
	Lines   map[int]map[string]string
	Benefit string
}

// The expected amounts were worked out by hand from the plans, without this engine.
func TestSandboxClaimsAreDecidedAsExpected(t *testing.T) {
	body, err := sandbox.Files.ReadFile("claims/expected.yaml")
	require.NoError(t, err)
	var all []expectation
	require.NoError(t, yaml.Unmarshal(body, &all))
	require.Len(t, all, len(sandboxClaims(t)))
	w := newWorld(t)
	for _, want := range all {
		t.Run(want.Claim, func(t *testing.T) {
			body, err := sandbox.Files.ReadFile("claims/" + want.Claim)
			require.NoError(t, err)
			d := w.submit(body)
			require.Equal(t, want.Outcome, d.Outcome)
			require.Len(t, d.Lines, len(want.Lines))
			for i := range d.Lines {
				requireLine(t, want.Lines[i+1], &d.Lines[i])
			}
			if want.Benefit != "" {
				require.Equal(t, want.Benefit, d.Totals.Paid.String())
			}
		})
	}
	for id, m := range w.members {
		require.Empty(t, ledger.Prove(ledger.MemberID(id), &m.Tally, w.entries[ledger.MemberID(id)]))
	}
	for id, p := range w.policies {
		require.Empty(t, ledger.Prove(id, &p.Tally, w.entries[id]))
	}
}

func requireLine(t *testing.T, want map[string]string, l *engine.Line) {
	t.Helper()
	require.Equal(t, want["denied"], l.Denial.Code())
	got := map[string]string{"denied": l.Denial.Code()}
	for _, r := range l.Rows(nil) {
		got[r.Code] = r.Amount.String()
	}
	for key, value := range want {
		if value != "0.00" || got[key] != "" { // rows of nothing are left out
			require.Equal(t, value, got[key], key)
		}
	}
}

// Every claim of a policy sees what those before it used, so that the ceiling is met exactly and never passed.
func TestAPolicyPaysItsCeilingAndNoMore(t *testing.T) {
	w := newWorld(t)
	body, err := sandbox.Files.ReadFile("claims/14-policy-ceiling-met.json")
	require.NoError(t, err)
	var last *engine.Decision
	for range 10 {
		last = w.submit(body)
	}
	require.True(t, last.Totals.Paid.IsZero())
	require.Equal(t, engine.PartlyApproved, last.State)
	used, _ := w.policies["policy/p-2003/BASIC"].Used("", "basic-policy-ceiling", w.policies["policy/p-2003/BASIC"].Uses[0].Period)
	require.Equal(t, "30000.00", used.String())
}

func BenchmarkDecideTenLines(b *testing.B) {
	w := newWorld(b)
	c := w.caseOf(tenLines(b))
	b.ReportAllocs()
	for b.Loop() {
		if d := engine.Decide(c); d.Totals.Paid.IsZero() {
			b.Fatal(d.Disposition)
		}
	}
}

func BenchmarkReadClaimTenLines(b *testing.B) {
	doc := parse(b, tenLines(b))
	b.ReportAllocs()
	for b.Loop() {
		if _, issues := engine.ReadClaim(doc); len(issues) > 0 {
			b.Fatal(issues)
		}
	}
}

// BenchmarkDecideWithHistory decides for a member whose head is as full as it gets.
func BenchmarkDecideWithHistory(b *testing.B) {
	w := newWorld(b)
	c := w.caseOf(tenLines(b))
	full := *c.Member
	for _, item := range []string{"S-REVIEW", "S-HBA1C", "S-EYE", "M-GLASS", "S-PAP"} {
		s := ledger.Service{Item: "https://claimwright.org/sandbox/services|" + item}
		for i := range ledger.MaxDays {
			day := full.Covers[0].Period.From
			s.Days = append(s.Days, ledger.Count{Period: day.Year(), Times: int32(i)})
		}
		full.Services = append(full.Services, s)
	}
	c.Member = &full
	b.ReportAllocs()
	for b.Loop() {
		engine.Decide(c)
	}
}

// tenLines is the first claim of the sandbox with ten lines.
func tenLines(t testing.TB) []byte {
	t.Helper()
	body := `{"resourceType":"Claim","status":"active","type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"professional"}]},
		"use":"claim","patient":{"reference":"Patient/p-1001-02"},"created":"2026-03-04","insurer":{"reference":"Organization/umoja"},"provider":{"reference":"Organization/ziwani"},
		"priority":{"text":"normal"},"insurance":[{"sequence":1,"focal":true,"coverage":{"reference":"Coverage/p-1001-02"}}],"item":[`
	for i, code := range []string{"S-CONS", "S-REVIEW", "S-CBC", "S-GLUC", "S-HBA1C", "S-LIPID", "S-LFT", "S-MRI", "S-EYE", "S-PHYS"} {
		if i > 0 {
			body += ","
		}
		body += `{"sequence":` + strconv.Itoa(i+1) + `,"servicedDate":"2026-03-04","quantity":{"value":2},"unitPrice":{"value":1000.00,"currency":"KES"},"net":{"value":2000.00,"currency":"KES"},
			"productOrService":{"coding":[{"system":"https://claimwright.org/sandbox/services","code":"` + code + `"}]}}`
	}
	return []byte(body + `]}`)
}
