package simulation_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/claims"
	"claimwright/adjudication/claims/simulation"
	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/rules"
	"claimwright/fhir/bundle"
	"claimwright/fhir/codec"
	"claimwright/store"
	"claimwright/store/memory"
	"claimwright/store/resources"
	"claimwright/testdata/sandbox"
)

// world is a server without HTTP whose clock moves a second with each write.
type world struct {
	testing.TB
	store   store.Store
	service *resources.Service
	schemes *claims.Schemes
	claims  *claims.Claims
	sim     *simulation.Simulator
	clock   time.Time
	claimed int
}

var everyone = resources.Principal{ID: "officer", Request: "r-1", Access: store.Everything("officer")}

func newWorld(t testing.TB) *world { return worldOver(t, memory.New()) }

func worldOver(t testing.TB, st store.Store) *world {
	w := &world{TB: t, store: st, clock: time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)}
	w.service = resources.New(w.store, resources.Options{Clock: func() time.Time { return w.clock }})
	w.schemes = claims.NewSchemes(w.store)
	w.claims = claims.New(w.service, w.schemes, claims.Options{})
	w.sim = simulation.New(w.store, w.schemes)
	for _, name := range []string{"organizations.json", "locations.json", "plans.json", "register.json", "price-lists.json", "members.json", "policies.json"} {
		plan, err := bundle.Read(w.file(name), codec.Limits{}, bundle.Options{})
		require.NoError(t, err)
		_, err = w.service.Transaction(w.tick(), everyone, plan, resources.BundleOptions{})
		require.NoError(t, err)
	}
	return w
}

func (w *world) tick() context.Context {
	w.clock = w.clock.Add(time.Second)
	return context.Background()
}

func (w *world) file(name string) []byte {
	body, err := fs.ReadFile(sandbox.Files, name)
	require.NoError(w, err)
	var flat bytes.Buffer
	require.NoError(w, json.Compact(&flat, body))
	return flat.Bytes()
}

func (w *world) parse(body []byte) *codec.Document {
	doc, issues := codec.Parse(body, codec.Limits{})
	require.Empty(w, issues)
	return doc
}

// line is a service that is claimed.
type line struct{ code, price string }

// claim submits a claim for a member and returns the response.
func (w *world) claim(member, date string, lines ...line) *codec.Document {
	w.claimed++
	var items []string
	for i, l := range lines {
		items = append(items, fmt.Sprintf(`{"sequence":%d,"productOrService":{"coding":[{"system":"https://claimwright.org/sandbox/services","code":%q}]},
			"servicedDate":%q,"quantity":{"value":1},"unitPrice":{"value":%s,"currency":"KES"},"net":{"value":%[4]s,"currency":"KES"}}`, i+1, l.code, date, l.price))
	}
	body := fmt.Sprintf(`{"resourceType":"Claim","identifier":[{"system":"urn:test","value":"C-%d"}],"status":"active",
		"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"professional"}]},"use":"claim",
		"patient":{"reference":"Patient/%s"},"created":%q,"insurer":{"reference":"Organization/umoja"},"provider":{"reference":"Organization/ziwani"},
		"priority":{"coding":[{"code":"normal"}]},"insurance":[{"sequence":1,"focal":true,"coverage":{"reference":"Coverage/%[2]s"}}],"item":[%[4]s]}`,
		w.claimed, member, date, strings.Join(items, ","))
	answer, err := w.claims.Submit(w.tick(), everyone, w.parse([]byte(body)))
	require.NoError(w, err)
	return answer
}

// ruleJSON is a rule of one row.
func ruleJSON(id, status, condition, action, more string) string {
	return fmt.Sprintf(`{"resourceType":"PlanDefinition","id":%q,"status":%q,"title":"Rule %[1]s",%[3]s
		"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/plan-definition-type","code":"eca-rule"}]},
		"action":[{"title":"the only row","description":"Not like this.",%[4]s
			"condition":[{"kind":"applicability","expression":{"language":"text/cel","expression":%[5]q}}]}]}`, id, status, more, action, condition)
}

func does(code string) string {
	return fmt.Sprintf(`"code":[{"coding":[{"system":"https://claimwright.org/fhir/CodeSystem/rule-action","code":%q}]}],`, code)
}

func (w *world) rule(body string) *rules.Rule {
	rule, err := w.schemes.Rule(context.Background(), w.parse([]byte(body)))
	require.NoError(w, err)
	return rule
}

func (w *world) put(body string) {
	doc := w.parse([]byte(body))
	_, err := w.service.Update(w.tick(), everyone, store.Key{Type: doc.Type(), ID: doc.ID()}, doc, resources.UpdateOptions{})
	require.NoError(w, err)
}

func (w *world) run(r simulation.Request) *simulation.Report {
	report, err := w.sim.Run(context.Background(), store.Everything("officer"), r, nil)
	require.NoError(w, err)
	return report
}

func text(t testing.TB, r *simulation.Report) string {
	var out strings.Builder
	require.NoError(t, r.Write(&out))
	return out.String()
}

func rejecting(w *world, id, condition string) *rules.Rule {
	return w.rule(ruleJSON(id, "draft", condition, does("reject"), ""))
}

func TestARuleThatRejectsIsCounted(t *testing.T) {
	w := newWorld(t)
	first := w.claim("p-2001-01", "2026-05-05", line{"S-CONS", "800.00"}, line{"S-CBC", "300.00"})
	w.claim("p-2001-01", "2026-06-05", line{"S-CBC", "300.00"})
	report := w.run(simulation.Request{Rules: []*rules.Rule{rejecting(w, "no-consultation", `line.code == "S-CONS"`)}})
	require.Equal(t, simulation.Counts{
		Claims: 2, Lines: 3, ClaimsChanged: 1, LinesChanged: 1, Denied: 1, Less: 1, PassedBefore: 2, PassedAfter: 1,
	}, report.Counts)
	require.Len(t, report.Largest, 1)
	d := report.Largest[0]
	require.Equal(t, "ClaimResponse/"+first.ID(), d.Response)
	require.Equal(t, "640.00", d.Before.Sub(d.After).String())
	require.Equal(t, "1 S-CONS 640.00 -> 0.00 (rejected-by-rule)", d.Lines[0].String())
	require.Equal(t, []simulation.Transition{{Before: "approved", After: "partly-approved", Claims: 1}}, report.States)
	require.Equal(t, "1120.00", report.Money[0].Before.String())
	require.Equal(t, "480.00", report.Money[0].After.String())
	dimensions := map[simulation.Dimension]string{}
	for _, g := range report.Groups {
		dimensions[g.Dimension] = g.Key
		require.EqualValues(t, 1, g.Lines)
		require.Equal(t, "640.00", g.Before.Sub(g.After).String())
	}
	require.Equal(t, map[simulation.Dimension]string{
		simulation.ByInsurer: "Organization/umoja", simulation.ByFacility: "Organization/ziwani", simulation.ByPlan: "BASIC",
		simulation.ByService: "https://claimwright.org/sandbox/services|S-CONS",
	}, dimensions)
	require.Equal(t, int64(1), report.Fired[0].Lines)
	require.Contains(t, text(t, report), simulation.Caveat)
}

// TestTheReportSaysWhatReallyHappens: a rule that is simulated and then switched on does to the next claims what was told.
func TestTheReportSaysWhatReallyHappens(t *testing.T) {
	for name, c := range map[string]struct{ condition, action string }{
		"reject":        {`line.billed > 500`, does("reject")},
		"review":        {`line.code == "S-CONS"`, does("review")},
		"cap":           {`line.code == "S-CONS"`, does("cap-price") + `"dynamicValue":[{"path":"unitPrice","expression":{"language":"text/cel","expression":"500"}}],`},
		"authorization": {`line.code == "S-CBC"`, does("require-authorization")},
		"nothing":       {`line.code == "S-OTHER"`, does("reject")},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			lines := []line{{"S-CONS", "800.00"}, {"S-CBC", "300.00"}}
			w.claim("p-2001-01", "2026-05-05", lines...)
			report := w.run(simulation.Request{Rules: []*rules.Rule{w.rule(ruleJSON("tried", "draft", c.condition, c.action, ""))}})
			w.put(ruleJSON("tried", "active", c.condition, c.action, ""))
			live := w.claim("p-2001-01", "2026-05-06", lines...)
			require.Equal(t, report.Money[0].After.String(), benefit(t, live))
			require.Equal(t, report.FromReview+report.ToReview > 0, live.Root().Field("outcome").Text() == "partial")
		})
	}
}

// benefit is what a response pays in all.
func benefit(t testing.TB, response *codec.Document) string {
	for total := range response.Root().Field("total").Each() {
		if total.Field("category").Field("coding").Index(0).Field("code").Text() == "benefit" {
			return total.Field("amount").Field("value").Text()
		}
	}
	require.Fail(t, "no benefit", string(response.Bytes()))
	return ""
}

func TestRulesOfThenCanBeReplacedAndLeftOut(t *testing.T) {
	w := newWorld(t)
	w.put(ruleJSON("live", "active", `line.code == "S-CONS"`, does("reject"), ""))
	w.claim("p-2001-01", "2026-05-05", line{"S-CONS", "800.00"}, line{"S-CBC", "300.00"})
	w.put(ruleJSON("live", "retired", `line.code == "S-CONS"`, does("reject"), ""))

	without := w.run(simulation.Request{Without: []string{"PlanDefinition/live"}})
	require.EqualValues(t, 1, without.Accepted)
	require.EqualValues(t, 1, without.LinesChanged)
	replaced := w.run(simulation.Request{Rules: []*rules.Rule{rejecting(w, "live", `line.code == "S-CBC"`)}})
	require.EqualValues(t, 1, replaced.Accepted)
	require.EqualValues(t, 1, replaced.Denied)
	beside := w.run(simulation.Request{Rules: []*rules.Rule{rejecting(w, "other", `line.code == "S-CBC"`)}})
	require.EqualValues(t, 0, beside.Accepted)
	require.EqualValues(t, 1, beside.Denied)
}

func TestRangeAndFilters(t *testing.T) {
	w := newWorld(t) // on 1 October 2026
	w.claim("p-2001-01", "2026-05-05", line{"S-CONS", "800.00"})
	w.clock = w.clock.AddDate(0, 0, 1)
	w.claim("p-2001-01", "2026-06-05", line{"S-CONS", "800.00"})
	rule := rejecting(w, "tried", `line.code == "S-CONS"`)
	for name, c := range map[string]struct {
		request simulation.Request
		want    int64
	}{
		"all":              {simulation.Request{}, 2},
		"since":            {simulation.Request{Since: day.Of(2026, 10, 2)}, 1},
		"until":            {simulation.Request{Until: day.Of(2026, 10, 1)}, 1},
		"by service":       {simulation.Request{Since: day.Of(2026, 6, 1), ByService: true}, 1},
		"insurer":          {simulation.Request{Insurer: "Organization/umoja"}, 2},
		"another insurer":  {simulation.Request{Insurer: "Organization/other"}, 0},
		"facility":         {simulation.Request{Facility: "Organization/ziwani"}, 2},
		"another facility": {simulation.Request{Facility: "Organization/tumaini"}, 0},
		"plan":             {simulation.Request{Plan: "BASIC"}, 2},
		"another plan":     {simulation.Request{Plan: "GOLD"}, 0},
		"another use":      {simulation.Request{Use: "preauthorization"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			c.request.Rules = []*rules.Rule{rule}
			require.Equal(t, c.want, w.run(c.request).Denied)
		})
	}
	cut := w.run(simulation.Request{Rules: []*rules.Rule{rule}, Most: 1})
	require.EqualValues(t, 1, cut.Claims)
	require.Contains(t, text(t, cut), "cut short: at most 1 responses")
	none, err := w.sim.Run(t.Context(), store.Nothing("stranger"), simulation.Request{Rules: []*rules.Rule{rule}}, nil)
	require.NoError(t, err)
	require.Zero(t, none.Claims)
}

func TestWhatCannotBeEvaluatedIsTold(t *testing.T) {
	w := newWorld(t)
	w.claim("p-2001-01", "2026-05-05", line{"S-CONS", "800.00"}, line{"S-CBC", "300.00"})
	report := w.run(simulation.Request{Rules: []*rules.Rule{rejecting(w, "broken", `line.date > member.died`)}})
	require.Len(t, report.Faults, 1)
	require.EqualValues(t, 2, report.Faults[0].Lines)
	require.EqualValues(t, 1, report.Faults[0].Claims)
	require.Contains(t, report.Faults[0].Text, "the day is not known")
	require.Zero(t, report.ClaimsChanged)
	require.Contains(t, text(t, report), "Nothing changes.")
}

// TestLooksBackThatWereNotRemembered: heads hold only what a rule of then made them remember.
func TestLooksBackThatWereNotRemembered(t *testing.T) {
	w := newWorld(t)
	w.put(`{"resourceType":"ValueSet","id":"seen","url":"https://scheme.test/ValueSet/seen","name":"seen","status":"active",
		"compose":{"include":[{"system":"https://claimwright.org/sandbox/services","concept":[{"code":"S-CONS"}]}]}}`)
	w.claim("p-2001-01", "2026-05-05", line{"S-CONS", "800.00"})
	condition := `history.times(list("seen"), 30) > 0`
	before := w.run(simulation.Request{Rules: []*rules.Rule{rejecting(w, "tried", condition)}})
	require.EqualValues(t, 1, before.Forgotten)
	w.put(ruleJSON("looks", "active", condition, does("flag"), `"experimental":true,`))
	w.claim("p-2001-01", "2026-05-06", line{"S-CONS", "800.00"})
	w.claim("p-2001-01", "2026-05-07", line{"S-CONS", "800.00"})
	after := w.run(simulation.Request{Rules: []*rules.Rule{rejecting(w, "tried", condition)}})
	require.EqualValues(t, 1, after.Forgotten)
	require.EqualValues(t, 1, after.Denied)
}

func TestCancelledAndUndecidedClaimsAreLeftOut(t *testing.T) {
	w := newWorld(t)
	response := w.claim("p-2001-01", "2026-05-05", line{"S-CONS", "800.00"})
	w.claim("nobody", "2026-05-05", line{"S-CONS", "800.00"})
	key := store.Key{Type: "Claim", ID: strings.TrimPrefix(response.Root().Field("request").Field("reference").Text(), "Claim/")}
	found, err := w.store.Get(t.Context(), store.System(), key)
	require.NoError(t, err)
	w.put(strings.Replace(string(found[0].Body), `"status":"active"`, `"status":"cancelled"`, 1))
	report := w.run(simulation.Request{Rules: []*rules.Rule{rejecting(w, "tried", `line.code == "S-CONS"`)}})
	require.Equal(t, simulation.Counts{Cancelled: 1, NoDecision: 1}, report.Counts)
}

// TestTheReportDoesNotDependOnParallelism, nor on the page that a claim is on, and nothing is written.
func TestTheReportDoesNotDependOnParallelism(t *testing.T) {
	w := newWorld(t)
	for i := range 450 {
		w.claim("p-2001-01", fmt.Sprintf("2026-05-%02d", i%28+1), line{"S-CONS", fmt.Sprintf("%d.00", 300+i%7)}, line{"S-CBC", "300.00"})
	}
	rule := rejecting(w, "tried", `line.code == "S-CONS" && line.billed > 302`)
	before, err := w.store.Stats(t.Context())
	require.NoError(t, err)
	last := int64(0)
	report, err := w.sim.Run(t.Context(), store.System(), simulation.Request{Rules: []*rules.Rule{rule}}, func(done, total int64) {
		require.Greater(t, done, last)
		last = done
		require.EqualValues(t, 450, total)
	})
	require.NoError(t, err)
	require.EqualValues(t, 450, last)
	require.EqualValues(t, 450, report.Claims)
	require.Len(t, report.Largest, simulation.MostLargest)
	for _, processors := range []int{1, 7} {
		was := runtime.GOMAXPROCS(processors)
		again := w.run(simulation.Request{Rules: []*rules.Rule{rule}})
		runtime.GOMAXPROCS(was)
		require.Equal(t, text(t, report), text(t, again))
		require.Equal(t, report.Groups, again.Groups)
	}
	after, err := w.store.Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, before, after, "nothing is written")
}
