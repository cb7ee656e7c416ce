package eligibility_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/claims"
	"claimwright/adjudication/eligibility"
	"claimwright/fhir/bundle"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store"
	"claimwright/store/resources"
	"claimwright/store/storetest"
	"claimwright/testdata/sandbox"
)

var (
	now      = time.Date(2026, 5, 5, 9, 0, 0, 0, time.UTC)
	everyone = resources.Principal{ID: "tester", Access: store.Everything("tester")}
)

type world struct {
	t           testing.TB
	store       store.Store
	service     *resources.Service
	schemes     *claims.Schemes
	claims      *claims.Claims
	eligibility *eligibility.Eligibility
}

func newWorld(t testing.TB, files ...string) *world {
	w := &world{t: t, store: storetest.NewMemory()}
	w.service = resources.New(w.store, resources.Options{Clock: func() time.Time { return now }})
	w.schemes = claims.NewSchemes(w.store)
	w.claims = claims.New(w.service, w.schemes, claims.Options{})
	w.eligibility = eligibility.New(w.service, w.schemes, eligibility.Options{})
	for _, file := range files {
		body, err := fs.ReadFile(sandbox.Files, file)
		require.NoError(t, err)
		plan, err := bundle.Read(body, codec.Limits{}, bundle.Options{})
		require.NoError(t, err)
		_, err = w.service.Transaction(context.Background(), everyone, plan, resources.BundleOptions{})
		require.NoError(t, err, file)
	}
	return w
}

func sandboxWorld(t testing.TB) *world {
	return newWorld(t, "organizations.json", "plans.json", "register.json", "price-lists.json", "members.json", "policies.json")
}

func parse(t testing.TB, body string) *codec.Document {
	doc, issues := codec.Parse([]byte(body), codec.Limits{})
	require.Empty(t, issues, body)
	return doc
}

func request(purposes, members string) string {
	return `{"resourceType":"CoverageEligibilityRequest","status":"active","purpose":` + purposes + `,"patient":{"reference":"Patient/p-2001-01"},
"created":"2026-05-05","insurer":{"reference":"Organization/umoja"},"provider":{"reference":"Organization/ziwani"}` + members + `}`
}

const ownCover = `,"insurance":[{"focal":true,"coverage":{"reference":"Coverage/p-2001-01"}}]`

func product(code string) string {
	return `{"productOrService":{"coding":[{"system":"https://claimwright.org/sandbox/services","code":"` + code + `"}]}}`
}

// response is what tests look at in a CoverageEligibilityResponse.
type response struct {
	doc          *codec.Document
	ResourceType string
	ID           string
	Outcome      string
	Disposition  string
	Purpose      []string
	Request      struct{ Reference string }
	Insurance    []struct {
		Coverage struct{ Reference string }
		Inforce  bool
		Item     []item
	}
	Error []struct {
		Code struct{ Coding []struct{ Code string } }
	}
}

type item struct {
	ProductOrService      *struct{ Coding []struct{ Code string } }
	Name, Description     string
	Excluded              bool
	AuthorizationRequired *bool
	Network               *struct{ Coding []struct{ Code string } }
	Unit                  struct{ Coding []struct{ Code string } }
	Benefit               []struct {
		Type               struct{ Coding []struct{ Code string } }
		AllowedMoney       *struct{ Value json.Number }
		UsedMoney          *struct{ Value json.Number }
		AllowedUnsignedInt *int
		UsedUnsignedInt    *int
		AllowedString      string
	}
}

func read(t testing.TB, doc *codec.Document) *response {
	r := &response{doc: doc}
	require.NoError(t, json.Unmarshal(doc.Bytes(), r))
	require.Equal(t, "CoverageEligibilityResponse", r.ResourceType)
	return r
}

func (w *world) ask(body string) *response {
	answer, err := w.eligibility.Submit(context.Background(), everyone, parse(w.t, body))
	require.NoError(w.t, err)
	return read(w.t, answer)
}

func (r *response) item(name string) *item {
	for i := range r.Insurance[0].Item {
		it := &r.Insurance[0].Item[i]
		if it.Name == name || it.ProductOrService != nil && it.ProductOrService.Coding[0].Code == name {
			return it
		}
	}
	return nil
}

func TestValidation(t *testing.T) {
	w := sandboxWorld(t)
	cases := []struct {
		name, members string
		inforce       []bool
	}{
		{"today", ownCover, []bool{true}},
		{"a day", `,"servicedDate":"2026-12-31"` + ownCover, []bool{true}},
		{"a day before", `,"servicedDate":"2024-12-31"` + ownCover, []bool{false}},
		{"the whole period counts", `,"servicedPeriod":{"start":"2026-12-30","end":"2027-01-02"}` + ownCover, []bool{false}},
		{"no cover named", ``, []bool{true}},
		{"somebody else's cover", `,"insurance":[{"focal":true,"coverage":{"reference":"Coverage/p-1001-01"}}]`, []bool{false}},
		{"by identifier", `,"insurance":[{"coverage":{"identifier":{"system":"https://claimwright.org/sandbox/members","value":"P-2001-01"}}}]`, []bool{true}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := w.ask(request(`["validation"]`, c.members))
			require.Equal(t, "complete", got.Outcome)
			require.Equal(t, []string{"validation"}, got.Purpose)
			var inforce []bool
			for _, in := range got.Insurance {
				inforce = append(inforce, in.Inforce)
				require.Empty(t, in.Item)
			}
			require.Equal(t, c.inforce, inforce)
			require.NotEmpty(t, got.Disposition)
		})
	}
}

func TestBenefits(t *testing.T) {
	w := sandboxWorld(t)
	before := w.ask(request(`["benefits"]`, ownCover)).item("basic-policy-ceiling")
	require.Equal(t, "30000.00", before.Benefit[0].AllowedMoney.Value.String())
	require.Equal(t, "0.00", before.Benefit[0].UsedMoney.Value.String())
	require.Equal(t, "family", before.Unit.Coding[0].Code)

	body, err := fs.ReadFile(sandbox.Files, "claims/13-consultation-ceiling.json")
	require.NoError(t, err)
	patient := parse(t, string(body)).Root().Field("patient").Field("reference").Text()
	_, err = w.claims.Submit(context.Background(), everyone, parse(t, string(body)))
	require.NoError(t, err)
	id := strings.TrimPrefix(patient, "Patient/")
	after := w.ask(strings.ReplaceAll(request(`["benefits","validation"]`, ownCover), "p-2001-01", id)).item("basic-policy-ceiling")
	require.Equal(t, "2000.00", after.Benefit[0].UsedMoney.Value.String())
	require.Contains(t, after.Description, "28000.00 KES left of 30000.00 KES")
}

func TestItems(t *testing.T) {
	w := sandboxWorld(t)
	got := w.ask(request(`["benefits","auth-requirements"]`, ownCover+`,"item":[`+product("S-CONS")+","+product("S-NONE")+`]`))
	consultation := got.item("S-CONS")
	require.False(t, consultation.Excluded)
	require.Equal(t, "General consultation", consultation.Name)
	require.Equal(t, "in", consultation.Network.Coding[0].Code)
	require.Equal(t, "copay-percent", consultation.Benefit[0].Type.Coding[0].Code)
	require.Equal(t, 20, *consultation.Benefit[0].AllowedUnsignedInt)
	require.False(t, *consultation.AuthorizationRequired)
	unknown := got.item("S-NONE")
	require.True(t, unknown.Excluded)
	require.NotEmpty(t, unknown.Description)
}

func TestDiscovery(t *testing.T) {
	w := sandboxWorld(t)
	_, err := w.service.Create(context.Background(), everyone, parse(t, `{"resourceType":"Coverage","status":"active","beneficiary":{"reference":"Patient/p-2001-01"},
"payor":[{"reference":"Organization/another"}]}`), resources.CreateOptions{})
	require.NoError(t, err)
	require.Len(t, w.ask(request(`["discovery"]`, "")).Insurance, 2, "whoever insures")
	require.Len(t, w.ask(request(`["validation"]`, "")).Insurance, 1, "the insurer asked only")
}

func TestUnknownParties(t *testing.T) {
	w := sandboxWorld(t)
	for name, c := range map[string]struct {
		from, to string
		codes    []string
	}{
		"patient": {"Patient/p-2001-01", "Patient/nobody", []string{"member-unknown"}},
		"insurer": {"Organization/umoja", "Organization/nobody", []string{"insurer-unknown"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := w.ask(strings.Replace(request(`["validation"]`, ownCover), c.from, c.to, 1))
			require.Equal(t, "error", got.Outcome)
			require.Empty(t, got.Insurance)
			var codes []string
			for _, e := range got.Error {
				codes = append(codes, e.Code.Coding[0].Code)
			}
			require.Equal(t, c.codes, codes)
		})
	}
}

func TestShapesAndStorage(t *testing.T) {
	w := sandboxWorld(t)
	body := request(`["validation"]`, ownCover)
	got := w.ask(`{"resourceType":"Parameters","parameter":[{"name":"resource","resource":` + body + `}]}`)
	for _, key := range []store.Key{{Type: "CoverageEligibilityRequest", ID: got.ID}, {Type: "CoverageEligibilityResponse", ID: got.ID}} {
		_, err := w.service.Read(context.Background(), everyone, key)
		require.NoError(t, err)
	}
	require.Equal(t, "CoverageEligibilityRequest/"+got.ID, got.Request.Reference)

	answer, err := w.eligibility.Submit(context.Background(), everyone, parse(t, `{"resourceType":"Bundle","type":"collection","entry":[{"resource":`+body+`},{"resource":`+strings.Replace(body, "active", "draft", 1)+`}]}`))
	require.NoError(t, err)
	require.Equal(t, "CoverageEligibilityResponse", answer.Root().Field("entry").Index(0).Field("resource").Field("resourceType").Text())
	require.Equal(t, "OperationOutcome", answer.Root().Field("entry").Index(1).Field("resource").Field("resourceType").Text())

	_, err = w.eligibility.Submit(context.Background(), everyone, parse(t, `{"resourceType":"Bundle","type":"collection"}`))
	var refused *outcome.Error
	require.ErrorAs(t, err, &refused)
	require.Equal(t, http.StatusBadRequest, refused.StatusOr500())
}

func TestTooMuchAtOnce(t *testing.T) {
	w := sandboxWorld(t)
	_, err := w.eligibility.Submit(context.Background(), everyone, parse(t, request(`["benefits"]`, `,"item":[`+strings.Repeat(product("S-CONS")+",", 500)+product("S-CONS")+`]`)))
	var refused *outcome.Error
	require.ErrorAs(t, err, &refused)
	require.Equal(t, "CoverageEligibilityRequest.item", refused.Issues[0].Expression)
}

func TestDaysThatEndBeforeTheyStart(t *testing.T) {
	w := sandboxWorld(t)
	_, err := w.eligibility.Submit(context.Background(), everyone, parse(t, request(`["validation"]`, `,"servicedPeriod":{"start":"2026-12-30","end":"2026-12-29"}`)))
	requireStatus(t, err, http.StatusUnprocessableEntity)
	var refused *outcome.Error
	require.ErrorAs(t, err, &refused)
	require.Equal(t, "CoverageEligibilityRequest.serviced", refused.Issues[0].Expression)
}

func TestPlainCreate(t *testing.T) {
	w := sandboxWorld(t)
	stored, err := w.service.Create(context.Background(), everyone, parse(t, request(`["validation"]`, ownCover)), resources.CreateOptions{})
	require.NoError(t, err)
	require.True(t, read(t, stored.Result).Insurance[0].Inforce)

	draft, err := w.service.Create(context.Background(), everyone, parse(t, strings.Replace(request(`["validation"]`, ownCover), "active", "draft", 1)), resources.CreateOptions{})
	require.NoError(t, err)
	require.Nil(t, draft.Result)

	changed := strings.Replace(string(stored.Doc.Bytes()), `"validation"`, `"discovery"`, 1)
	again, err := w.service.Update(context.Background(), everyone, stored.Key, parse(t, changed), resources.UpdateOptions{})
	require.NoError(t, err)
	require.Equal(t, "2", again.Result.VersionID(), "a changed request is answered anew")

	response := store.Key{Type: "CoverageEligibilityResponse", ID: again.Result.ID()}
	_, err = w.service.Update(context.Background(), everyone, response, parse(t, strings.Replace(string(again.Result.Bytes()), "complete", "partial", 1)), resources.UpdateOptions{})
	require.ErrorAs(t, err, new(*outcome.Error), "responses of this insurer are the server's own")

	_, err = w.service.Delete(context.Background(), everyone, stored.Key, resources.DeleteOptions{})
	require.NoError(t, err)
	_, err = w.service.Read(context.Background(), everyone, response)
	require.Error(t, err)
}

func TestAnotherPayersResponse(t *testing.T) {
	w := sandboxWorld(t)
	body := `{"resourceType":"CoverageEligibilityResponse","id":"%s","status":"active","purpose":["validation"],"patient":{"reference":"Patient/1"},"created":"2026-01-01",
"request":{"reference":"CoverageEligibilityRequest/x"},"outcome":"complete","insurer":{"reference":"Organization/another"}}`
	put := func(doc *codec.Document) error {
		_, err := w.service.Update(context.Background(), everyone, store.Key{Type: doc.Type(), ID: doc.ID()}, doc, resources.UpdateOptions{})
		return err
	}
	require.NoError(t, put(parse(t, fmt.Sprintf(body, "claim-mine"))))
	mine := strings.Replace(request(`["validation"]`, ownCover), `Request",`, `Request","id":"mine",`, 1)
	var refused *outcome.Error
	require.ErrorAs(t, put(parse(t, mine)), &refused)
	require.Equal(t, http.StatusConflict, refused.StatusOr500(), "the response would overwrite it")
}

// TestOfficialExamples asks R4's examples of a server that knows nobody.
func TestOfficialExamples(t *testing.T) {
	folder := os.Getenv("CLAIMWRIGHT_R4_EXAMPLES")
	if folder == "" {
		t.Skip("CLAIMWRIGHT_R4_EXAMPLES does not name the folder of hl7.fhir.r4.examples")
	}
	files, err := filepath.Glob(filepath.Join(folder, "CoverageEligibilityRequest-*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	w := newWorld(t)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			body, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Equal(t, "error", w.ask(string(body)).Outcome)
		})
	}
}
