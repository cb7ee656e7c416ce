package claims_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/outcome"
	"claimwright/store"
)

// ruleOf is a rule of one row that rejects.
func ruleOf(status, condition string) string {
	return fmt.Sprintf(`{"resourceType":"PlanDefinition","id":"rule-1","status":%q,"title":"No consultation for %s",
		"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/plan-definition-type","code":"eca-rule"}]},
		"action":[{"title":"the only row","description":"Not without a referral.",
			"code":[{"coding":[{"system":"https://claimwright.org/fhir/CodeSystem/rule-action","code":"reject"}]}],
			"condition":[{"kind":"applicability","expression":{"language":"text/cel","expression":%q}}]}]}`, status, status, condition)
}

func TestARuleIsLiveWithTheNextDecision(t *testing.T) {
	w := newMemoryWorld(t)
	before := w.submit(w.parse(claimSpec{identifier: "RULE-1"}.json()))
	_, denied := amounts(before.Item[0].Adjudication)
	require.Empty(t, denied)

	w.put(`{"resourceType":"ValueSet","id":"walk-in","url":"https://scheme.test/ValueSet/walk-in","name":"walk-in","status":"active",
		"compose":{"include":[{"system":"https://claimwright.org/sandbox/CodeSystem/register","concept":[{"code":"S-CON"}]}]}}`)
	w.later(time.Minute)
	w.put(ruleOf("active", `line.category == "consultation"`))
	w.later(time.Minute)
	after := w.submit(w.parse(claimSpec{identifier: "RULE-2"}.json()))
	_, denied = amounts(after.Item[0].Adjudication)
	require.Equal(t, "rejected-by-rule", denied)
	require.Contains(t, string(after.doc.Bytes()), `"Not without a referral."`)
	require.Contains(t, string(after.doc.Bytes()), `PlanDefinition/rule-1/_history/1`)

	w.later(time.Minute)
	w.put(ruleOf("retired", `line.category == "consultation"`))
	w.later(time.Minute)
	again := w.submit(w.parse(claimSpec{identifier: "RULE-3"}.json()))
	_, denied = amounts(again.Item[0].Adjudication)
	require.Empty(t, denied, "a retired rule rests")
	w.verify()
}

func TestRulesAreCheckedWhenTheyAreSaved(t *testing.T) {
	w := newMemoryWorld(t)
	for condition, says := range map[string]string{
		`member.agee > 3`:           `there is no fact "agee"`,
		`line.code in list("none")`: `there is no list "none"`,
	} {
		for _, status := range []string{"active", "draft"} {
			_, err := w.update(ruleOf(status, condition))
			var refused *outcome.Error
			require.ErrorAs(t, err, &refused, condition)
			require.Equal(t, http.StatusUnprocessableEntity, refused.Status)
			require.Contains(t, refused.Issues[0].Text, says)
		}
	}
	found, err := w.store.Get(context.Background(), store.System(), store.Key{Type: "PlanDefinition", ID: "rule-1"})
	require.NoError(t, err)
	require.Nil(t, found[0])
}
