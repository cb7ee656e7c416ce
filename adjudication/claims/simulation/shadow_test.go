package simulation_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/claims/simulation"
	"claimwright/fhir/codec"
	"claimwright/store"
	"claimwright/store/resources"
)

func shadow(body string) string {
	return strings.Replace(body, `"status":`, `"experimental":true,"status":`, 1)
}

// review lets a person decide about the first line of a claim.
func (w *world) review(response *codec.Document, line string) {
	id := strings.TrimPrefix(response.Root().Field("request").Field("reference").Text(), "Claim/")
	_, err := w.claims.Review(w.tick(), everyone, id, w.parse(fmt.Appendf(nil, `{"resourceType":"Parameters","parameter":[{"name":"line","part":[
		{"name":"sequence","valuePositiveInt":1}%s]}]}`, line)))
	require.NoError(w, err)
}

func TestShadowReport(t *testing.T) {
	w := newWorld(t)
	w.claim("p-2001-01", "2026-05-01", line{"S-CONS", "800.00"}) // before the rule
	w.put(shadow(ruleJSON("watch", "active", `line.code == "S-CONS"`, does("reject"), "")))
	first := w.claim("p-2001-01", "2026-05-02", line{"S-CONS", "800.00"}, line{"S-CBC", "300.00"})
	require.Contains(t, string(first.Bytes()), `"url":"shadow","valueBoolean":true`)
	w.claim("p-2001-01", "2026-05-03", line{"S-CBC", "300.00"}) // not concerned
	rejected := w.claim("p-2001-01", "2026-05-04", line{"S-CONS", "800.00"})
	w.review(rejected, `,{"name":"reject","valueBoolean":true},{"name":"justification","valueString":"not needed"}`)
	kept := w.claim("p-2001-01", "2026-05-05", line{"S-CONS", "800.00"})
	w.review(kept, "")

	report := w.run(simulation.Shadow("PlanDefinition/watch"))
	require.EqualValues(t, 3, report.Claims, "those on which the rule has recorded")
	require.EqualValues(t, 3, report.Denied)
	require.EqualValues(t, 2, report.Reviewed)
	require.EqualValues(t, 1, report.Agreed)
	require.Len(t, report.Fired, 1)
	require.Equal(t, simulation.Fired{
		Rule: "PlanDefinition/watch", Title: "Rule watch", Row: 1, RowTitle: "the only row", Action: "reject", Lines: 3, Claims: 3,
	}, report.Fired[0])
	require.Equal(t, "1920.00", report.Money[0].Before.Sub(report.Money[0].After).String())
	require.Contains(t, text(t, report), "A person reviewed 2 of the lines that are cut, and cut 1 of them as well.")

	o := simulation.NewOperations(w.store, w.schemes)
	answer, err := o.ShadowReport(t.Context(), everyone, "watch", nil)
	require.NoError(t, err)
	require.Equal(t, []string{"3"}, parameter(answer, "linesDenied"))
	require.Equal(t, []string{"1"}, parameter(answer, "linesCutByReviewer"))
	_, err = o.ShadowReport(t.Context(), everyone, "nobody", nil)
	requireRefused(t, err, 404, "There is no PlanDefinition/nobody")
}

// TestARuleLeavesTheShadow: enforced from the next decision on, and who did it is on record.
func TestARuleLeavesTheShadow(t *testing.T) {
	w := newWorld(t)
	body := ruleJSON("watch", "active", `line.code == "S-CONS"`, does("reject"), "")
	w.put(shadow(body))
	before := w.claim("p-2001-01", "2026-05-02", line{"S-CONS", "800.00"})
	require.Equal(t, "640.00", benefit(t, before))

	doc := w.parse([]byte(body))
	chief := resources.Principal{ID: "chief-medical-officer", Request: "r-42", Access: store.Everything("chief-medical-officer")}
	key := store.Key{Type: "PlanDefinition", ID: "watch"}
	_, err := w.service.Update(w.tick(), chief, key, doc, resources.UpdateOptions{})
	require.NoError(t, err)
	switched := w.clock

	after := w.claim("p-2001-01", "2026-05-03", line{"S-CONS", "800.00"})
	require.Equal(t, "0.00", benefit(t, after))
	require.Contains(t, string(after.Bytes()), "PlanDefinition/watch/_history/2")
	require.NotContains(t, string(after.Bytes()), `"url":"shadow"`)

	history, err := w.store.History(t.Context(), store.System(), store.HistoryQuery{Type: key.Type, ID: key.ID, Limit: 10})
	require.NoError(t, err)
	require.Len(t, history.Records, 2)
	require.Equal(t, store.Audit{Principal: "chief-medical-officer", Request: "r-42", Interaction: "update"}, history.Records[0].Audit)
	require.Equal(t, switched, history.Records[0].Updated)
	require.NotContains(t, string(history.Records[0].Body), "experimental")
	require.Equal(t, "officer", history.Records[1].Audit.Principal)

	report := w.run(simulation.Shadow("PlanDefinition/watch"))
	require.EqualValues(t, 1, report.Claims, "what it did in earnest is no part of the report")
	require.EqualValues(t, 1, report.Denied)
}
