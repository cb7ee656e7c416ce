package profile_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/claims"
	"claimwright/adjudication/claims/profile"
	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/rules/value"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/bundle"
	"claimwright/fhir/codec"
	"claimwright/store"
	"claimwright/store/memory"
	"claimwright/store/resources"
	"claimwright/testdata/sandbox"
)

var everyone = resources.Principal{ID: "officer", Request: "r-1", Access: store.Everything("officer")}

type world struct {
	testing.TB
	store   store.Store
	service *resources.Service
	schemes *claims.Schemes
	claims  *claims.Claims
	clock   time.Time
	claimed int
}

func newWorld(t testing.TB) *world {
	w := &world{TB: t, store: memory.New(), clock: time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)}
	w.service = resources.New(w.store, resources.Options{Clock: func() time.Time { return w.clock }})
	w.schemes = claims.NewSchemes(w.store)
	w.claims = claims.New(w.service, w.schemes, claims.Options{})
	for _, name := range []string{"organizations.json", "locations.json", "plans.json", "register.json", "price-lists.json", "members.json", "policies.json"} {
		body, err := sandbox.Files.ReadFile(name)
		require.NoError(t, err)
		var flat bytes.Buffer
		require.NoError(t, json.Compact(&flat, body))
		w.transact(flat.Bytes())
	}
	return w
}

func (w *world) transact(body []byte) {
	plan, err := bundle.Read(body, codec.Limits{}, bundle.Options{})
	require.NoError(w, err)
	w.clock = w.clock.Add(time.Second)
	_, err = w.service.Transaction(context.Background(), everyone, plan, resources.BundleOptions{})
	require.NoError(w, err)
}

// claim submits one line and returns the answer.
func (w *world) claim(provider, date, code string, quantity int, price string) *codec.Document {
	w.claimed++
	body := fmt.Sprintf(`{"resourceType":"Claim","identifier":[{"system":"urn:test","value":"C-%d"}],"status":"active",
		"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"professional"}]},"use":"claim",
		"patient":{"reference":"Patient/%s"},"created":%q,"insurer":{"reference":"Organization/umoja"},"provider":{"reference":"Organization/%s"},
		"priority":{"coding":[{"code":"normal"}]},"insurance":[{"sequence":1,"focal":true,"coverage":{"reference":"Coverage/%[2]s"}}],
		"item":[{"sequence":1,"productOrService":{"coding":[{"system":"https://claimwright.org/sandbox/services","code":%[5]q}]},
			"servicedDate":%[3]q,"quantity":{"value":%[6]d},"unitPrice":{"value":%[7]s,"currency":"KES"}}]}`,
		w.claimed, member, date, provider, code, quantity, price)
	doc, issues := codec.Parse([]byte(body), codec.Limits{})
	require.Empty(w, issues)
	w.clock = w.clock.Add(time.Second)
	answer, err := w.claims.Submit(context.Background(), everyone, doc)
	require.NoError(w, err)
	return answer
}

func (w *world) profile(since, until day.Date, least int) *profile.Report {
	sch, err := w.schemes.Latest(context.Background())
	require.NoError(w, err)
	report, err := profile.Compute(context.Background(), w.store, sch, profile.Request{Insurer: "Organization/umoja", Since: since, Until: until, Least: least}, nil)
	require.NoError(w, err)
	return report
}

// member has a cover for 2026.
const member = "p-2001-01"

var made = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

func TestProfile(t *testing.T) {
	w := newWorld(t)
	// ten lines at one facility, 100 to 1,000, one of them with two zeros more; two at another; one too late
	for i := 1; i <= 10; i++ {
		w.claim("ziwani", fmt.Sprintf("2026-05-%02d", i), "S-XRAY", 1+i/10, fmt.Sprintf("%d.00", i*100))
	}
	w.claim("tumaini", "2026-06-01", "S-XRAY", 1, "100")
	w.claim("tumaini", "2026-06-02", "S-CBC", 1, "100")
	w.claim("tumaini", "2026-08-02", "S-CBC", 1, "100")
	report := w.profile(day.Of(2026, 5, 1), day.Of(2026, 7, 31), 5)
	require.Equal(t, []int{12, 12, 2, 1}, []int{report.Claims, report.Lines, report.Services, report.Known})
	body := report.Resource("peers-umoja", made)
	require.Equal(t, body, w.profile(day.Of(2026, 5, 1), day.Of(2026, 7, 31), 5).Resource("peers-umoja", made), "the same claims, the same report")

	w.transact([]byte(`{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"PUT","url":"MeasureReport/peers-umoja"},"resource":` + string(body) + `}]}`))
	sch, err := w.schemes.Latest(context.Background())
	require.NoError(t, err)
	require.Empty(t, w.schemes.Issues())
	peers := sch.Peers("Organization/umoja")
	const xray, cbc = "https://claimwright.org/sandbox/services|S-XRAY", "https://claimwright.org/sandbox/services|S-CBC"
	all := peers.Usual(xray, scheme.NoLevel)
	require.Equal(t, 11, all.Lines)
	require.Equal(t, "500", all.PriceMedian.String(), "the 6th of 100, 100, 200, …, 1,000")
	require.Equal(t, "1000", all.Price95.String())
	require.Equal(t, []string{"1", "2"}, []string{all.QuantityMedian.String(), all.Quantity95.String()})
	require.Equal(t, "10", all.PerMonth95.String(), "one member with ten lines in May and one in June")
	require.Zero(t, peers.Usual(cbc, scheme.NoLevel), "too few lines to be usual")
	level := sch.Facility("Organization/ziwani").Level
	require.Equal(t, 10, peers.Usual(xray, level).Lines)
	require.Equal(t, 11, peers.Usual(xray, sch.Facility("Organization/tumaini").Level).Lines, "of a level with too few lines, that of all")

	both := value.CodesOf("", "S-XRAY", "S-CBC")
	tumaini := peers.Facility("Organization/tumaini")
	require.Equal(t, 2, tumaini.Lines(both), "facilities are counted however few lines a service has")
	require.Equal(t, "50.00", tumaini.Share(value.CodesOf("", "S-XRAY"), both).String())
	require.Zero(t, tumaini.Share(both, value.CodesOf("", "S-CT")))
	require.Equal(t, 10, peers.AtLevel(level).Lines(both))
	require.Nil(t, peers.Facility("Organization/nobody"))
}

func TestAReportThatCannotBeUsedIsRefused(t *testing.T) {
	w := newWorld(t)
	put := func(id, group string) error {
		body := fmt.Sprintf(`{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"PUT","url":"MeasureReport/%s"},"resource":{
			"resourceType":"MeasureReport","id":%[1]q,"status":"complete","type":"summary","measure":"https://claimwright.org/fhir/Measure/peers",
			"period":{"start":"2026-01-01","end":"2026-06-30"},"reporter":{"reference":"Organization/umoja"},"group":[%s]}}]}`, id, group)
		plan, err := bundle.Read([]byte(body), codec.Limits{}, bundle.Options{})
		require.NoError(t, err)
		w.clock = w.clock.Add(time.Second)
		_, err = w.service.Transaction(context.Background(), everyone, plan, resources.BundleOptions{})
		return err
	}
	const code = `"code":{"coding":[{"system":"s","code":"A"}]}`
	statistic := func(part string) string {
		return `{` + code + `,"extension":[{"url":"https://claimwright.org/fhir/StructureDefinition/peer-statistics","extension":[` + part + `]}]}`
	}
	require.ErrorContains(t, put("p", `{"code":{"text":"x"},"population":[{"count":1}]}`), "The group names no service")
	require.ErrorContains(t, put("p", statistic(`{"url":"price99","valueDecimal":1}`)), "The extension has no such part")
	require.ErrorContains(t, put("p", statistic(`{"url":"level","valueCode":"X"}`)), "has an unknown code")
	require.ErrorContains(t, put("p", `{`+code+`,"stratifier":[{"stratum":[{"value":{"text":"somebody"},"population":[{"count":1}]}]}]}`), "The stratum does not count the lines of a facility")
	require.NoError(t, put("p", statistic(`{"url":"lines","valueUnsignedInt":100}`)))
	require.NoError(t, put("p", statistic(`{"url":"lines","valueUnsignedInt":200}`)), "the next version")
	_, err := w.schemes.Latest(context.Background())
	require.NoError(t, err)
	require.ErrorContains(t, put("q", statistic(`{"url":"lines","valueUnsignedInt":200}`)), "The insurer has two reports of what is usual")
}
