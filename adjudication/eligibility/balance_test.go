package eligibility_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine"
	"claimwright/fhir/codec"
)

// balances are the limits of each cover in an answer: by cover, then by limit, "allowed used reserved left" with a star
// where it may be incomplete.
func balances(t testing.TB, doc *codec.Document) map[string]map[string]string {
	t.Helper()
	var answer struct {
		Parameter []struct {
			Name string
			Part []struct {
				Name           string
				ValueReference struct{ Reference string }
				Part           []struct {
					Name         string
					ValueString  string
					ValueMoney   *struct{ Value json.Number }
					ValueDecimal json.Number
					ValueBoolean *bool
				}
			}
		}
	}
	require.NoError(t, json.Unmarshal(doc.Bytes(), &answer))
	all := map[string]map[string]string{}
	for _, cover := range answer.Parameter {
		require.Equal(t, "cover", cover.Name)
		limits := map[string]string{}
		for _, part := range cover.Part {
			id, figures := "", []string{}
			for _, p := range part.Part {
				switch {
				case p.Name == "id":
					id = p.ValueString
				case p.ValueMoney != nil:
					figures = append(figures, p.ValueMoney.Value.String())
				case p.ValueDecimal != "":
					figures = append(figures, p.ValueDecimal.String())
				case p.Name == "complete" && !*p.ValueBoolean:
					figures = append(figures, "*")
				}
			}
			if part.Name == "limit" {
				limits[id] = strings.Join(figures, " ")
			}
		}
		all[cover.Part[0].ValueReference.Reference] = limits
	}
	return all
}

func TestBalance(t *testing.T) {
	w := sandboxWorld(t)
	before, err := w.eligibility.Balance(context.Background(), everyone, "p-2001-01", nil)
	require.NoError(t, err)
	require.Equal(t, "30000.00 0.00 0.00 30000.00", balances(t, before)["Coverage/p-2001-01"]["basic-policy-ceiling"])
	w.submitClaim(claimFor("B-1", "S-CONS", "1", "800.00"))
	after, err := w.eligibility.Balance(context.Background(), everyone, "p-2001-01", nil)
	require.NoError(t, err)
	require.Equal(t, "30000.00 640.00 0.00 29360.00", balances(t, after)["Coverage/p-2001-01"]["basic-policy-ceiling"])
	require.Contains(t, string(after.Bytes()), `{"name":"inforce","valueBoolean":true}`)
	require.Contains(t, string(after.Bytes()), `{"name":"date","valueDate":"2026-05-05"}`)

	year := parse(t, `{"resourceType":"Parameters","parameter":[{"name":"date","valueDate":"2031-05-05"}]}`)
	later, err := w.eligibility.Balance(context.Background(), everyone, "p-2001-01", year)
	require.NoError(t, err)
	require.Contains(t, string(later.Bytes()), `{"name":"inforce","valueBoolean":false}`)

	for _, patient := range []string{`"valueString":"Patient/p-2001-01"`, `"valueReference":{"reference":"Patient/p-2001-01"}`,
		`"valueString":"https://claimwright.org/sandbox/members|P-2001-01"`} {
		all, err := w.eligibility.Balances(context.Background(), everyone, parse(t, `{"resourceType":"Parameters","parameter":[{"name":"patient",`+patient+`}]}`))
		require.NoError(t, err)
		require.Equal(t, balances(t, after), balances(t, all), patient)
	}
	require.Equal(t, int64(1), w.count("Claim"), "nothing is written")
}

// What waits for a review is reserved, and no longer when it is decided.
func TestWhatIsReserved(t *testing.T) {
	w := sandboxWorld(t)
	waiting := w.submitClaim(strings.ReplaceAll(claimFor("B-3", "S-DEL", "1", "9000.00"), "2026-05-05", "2026-05-04"))
	reserved := func() string {
		doc, err := w.eligibility.Balance(context.Background(), everyone, "p-2001-01", nil)
		require.NoError(t, err)
		return balances(t, doc)["Coverage/p-2001-01"]["basic-policy-ceiling"]
	}
	require.Equal(t, "30000.00 9000.00 9000.00 21000.00", reserved())
	_, err := w.claims.Review(context.Background(), everyone, waiting.ID(), parse(t, `{"resourceType":"Parameters"}`))
	require.NoError(t, err)
	require.Equal(t, "30000.00 9000.00 0.00 21000.00", reserved())
}

// The balance is what the engine's own standing says, for every member of the sandbox.
func TestBalanceIsTheEnginesStanding(t *testing.T) {
	w := sandboxWorld(t)
	w.submitClaim(claimFor("B-2", "S-CONS", "1", "800.00"))
	for _, id := range []string{"p-1001-01", "p-1001-02", "p-2001-01", "p-2002-03"} {
		doc, err := w.eligibility.Balance(context.Background(), everyone, id, nil)
		require.NoError(t, err)
		got := balances(t, doc)["Coverage/"+id]
		s := w.standing(id)
		require.Len(t, got, len(s.Balances))
		for _, b := range s.Balances {
			figures := strings.Fields(got[b.ID])
			require.GreaterOrEqual(t, len(figures), 4, b.ID)
			for i, want := range []string{b.Allowed.String(), b.Used.String(), b.Reserved.String(), b.Left.String()} {
				require.InDelta(t, number(t, want), number(t, figures[i]), 0, "%s %d", b.ID, i)
			}
		}
	}
}

func number(t testing.TB, text string) float64 {
	f, err := json.Number(text).Float64()
	require.NoError(t, err)
	return f
}

func (w *world) standing(patient string) engine.Standing {
	q := w.inquiry(patient)
	return engine.Standings(&q)[0]
}

func TestWhatHasNoBalance(t *testing.T) {
	w := sandboxWorld(t)
	ask := func(parameter string) *codec.Document {
		return parse(t, `{"resourceType":"Parameters","parameter":[`+parameter+`]}`)
	}
	for name, c := range map[string]struct {
		input  *codec.Document
		cover  string
		status int
	}{
		"an unknown cover":         {nil, "unknown", http.StatusNotFound},
		"an unknown parameter":     {ask(`{"name":"day","valueDate":"2026-01-01"}`), "p-2001-01", http.StatusBadRequest},
		"a patient and a cover":    {ask(`{"name":"patient","valueString":"Patient/p-2001-01"}`), "p-2001-01", http.StatusBadRequest},
		"a month":                  {ask(`{"name":"date","valueDate":"2026-01"}`), "p-2001-01", http.StatusBadRequest},
		"no patient":               {nil, "", http.StatusBadRequest},
		"an unknown patient":       {ask(`{"name":"patient","valueString":"Patient/unknown"}`), "", http.StatusNotFound},
		"an unknown number":        {ask(`{"name":"patient","valueString":"urn:x|y"}`), "", http.StatusUnprocessableEntity},
		"something else in a body": {parse(t, request(`["benefits"]`, "")), "p-2001-01", http.StatusBadRequest},
	} {
		t.Run(name, func(t *testing.T) {
			var err error
			if c.cover != "" {
				_, err = w.eligibility.Balance(context.Background(), everyone, c.cover, c.input)
			} else {
				_, err = w.eligibility.Balances(context.Background(), everyone, c.input)
			}
			requireStatus(t, err, c.status)
		})
	}
}
