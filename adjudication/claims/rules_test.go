package claims_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/outcome"
	"claimwright/store"
	"claimwright/store/mongo"
	"claimwright/store/mongo/mongotest"
	"claimwright/store/sqlite"
	"claimwright/store/storetest"
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
		"compose":{"include":[{"system":"https://claimwright.org/sandbox/CodeSystem/register","concept":[{"code":"S-CONS"}]}]}}`)
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

// openStores opens one store of each backend.
func openStores(t *testing.T) map[string]store.Store {
	ctx := context.Background()
	embedded, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "claims.db"))
	require.NoError(t, err)
	uri, _ := mongotest.Start(t)
	cluster, err := mongo.Open(ctx, uri)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, errors.Join(embedded.Close(), cluster.Close())) })
	return map[string]store.Store{"memory": storetest.NewMemory(), "sqlite": embedded, "mongo": cluster}
}

// A rule counts, with the list that it names, on every server from its commit on, whichever wrote it; and on a server that
// starts afterwards.
func TestARuleIsLiveOnEveryServer(t *testing.T) {
	for name, st := range openStores(t) {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, st)
			other := joinWorld(t, st)
			denied := func(on *world, identifier string) string {
				_, denied := amounts(on.submit(on.parse(claimSpec{identifier: identifier}.json())).Item[0].Adjudication)
				return denied
			}
			require.Empty(t, denied(w, "LIVE-1"))
			require.Empty(t, denied(other, "LIVE-2"))

			w.later(time.Minute)
			w.put(`{"resourceType":"ValueSet","id":"walk-in","url":"https://scheme.test/ValueSet/walk-in","name":"walk-in","status":"active",
				"compose":{"include":[{"system":"https://claimwright.org/sandbox/CodeSystem/register","concept":[{"code":"S-CONS"}]}]}}`)
			w.put(ruleOf("active", `line.code in list("walk-in")`))
			other.later(2 * time.Minute)
			require.Equal(t, "rejected-by-rule", denied(other, "LIVE-3"), "written on the one, live on the other")
			started := joinWorld(t, st)
			started.later(2 * time.Minute)
			require.Equal(t, "rejected-by-rule", denied(started, "LIVE-4"), "live on a server that starts afterwards")

			other.put(ruleOf("retired", `line.code in list("walk-in")`))
			w.later(2 * time.Minute)
			started.later(2 * time.Minute)
			require.Empty(t, denied(w, "LIVE-5"))
			require.Empty(t, denied(started, "LIVE-6"))
			w.verify()
		})
	}
}

func TestARuleAndItsListInOneTransaction(t *testing.T) {
	w := newMemoryWorld(t)
	rule := ruleOf("active", `line.code in list("walk-in")`)
	w.transact(`{"resourceType":"Bundle","type":"transaction","entry":[
		{"request":{"method":"PUT","url":"ValueSet/walk-in"},"resource":{"resourceType":"ValueSet","id":"walk-in","url":"https://scheme.test/ValueSet/walk-in","name":"walk-in","status":"active",
			"compose":{"include":[{"system":"https://claimwright.org/sandbox/CodeSystem/register","concept":[{"code":"S-CONS"}]}]}}},
		{"request":{"method":"PUT","url":"PlanDefinition/rule-1"},"resource":` + rule + `}]}`)
	w.later(time.Minute)
	_, denied := amounts(w.submit(w.parse(claimSpec{identifier: "ONE-1"}.json())).Item[0].Adjudication)
	require.Equal(t, "rejected-by-rule", denied)
}

func TestTheTestsOfARuleRunWhenItIsSaved(t *testing.T) {
	w := newMemoryWorld(t)
	withTest := func(status, facts string) string {
		return strings.Replace(ruleOf(status, `member.age < 5`), `"title"`, fmt.Sprintf(`"extension":[
			{"url":"https://claimwright.org/fhir/StructureDefinition/rule-test","extension":[{"url":"name","valueString":"a small child"},
				{"url":"facts","valueString":%q},{"url":"expect","extension":[{"url":"action","valueCode":"reject"}]}]}],"title"`, facts), 1)
	}
	for _, status := range []string{"active", "draft"} {
		_, err := w.update(withTest(status, `{"member": {"age": 7}}`))
		var refused *outcome.Error
		require.ErrorAs(t, err, &refused)
		require.Equal(t, http.StatusUnprocessableEntity, refused.Status)
		require.Equal(t, outcome.Issue{
			Severity: outcome.Failure, Code: outcome.BusinessRule, Expression: "PlanDefinition.extension[0]", Text: "The test of the rule fails: a small child",
			Found: "expected reject; found nothing; in member.age < 5: member.age < 5 is false (line 1, column 1)", Expected: "reject",
		}, refused.Issues[0])
		_, err = w.update(withTest(status, `{"member": {"aeg": 7}}`))
		require.ErrorAs(t, err, &refused)
		require.Contains(t, refused.Issues[0].Text, `there is no fact "aeg" in member`)
		w.mustUpdate(withTest(status, `{"member": {"age": 4}}`))
		w.later(time.Minute)
	}
	_, err := w.update(withTest("retired", `{"member": {"age": 7}}`))
	require.NoError(t, err, "a rule can be retired though its tests fail")
}
