package conformance_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/conformance/testrun"
	"claimwright/store/memory"
)

// unpaid is a server that decides on other amounts than the scheme says.
func unpaid(category string) broken {
	return mistold(`("code":"`+category+`"\}\]\},(?:"reason":\{.*?\]\},)?"amount":\{"value":)-?\d+(?:\.\d+)?`, `${1}12.34`)
}

// outOf says another outcome, state another status.
func outOf(from, to string) broken {
	return mistold(`"outcome"\s*:\s*"`+from+`"`, `"outcome":"`+to+`"`)
}

func state(from, to string) broken { return mistold(`"status"\s*:\s*"`+from+`"`, `"status":"`+to+`"`) }

// reason is a server that denies for another reason.
func reason(code string) broken {
	return mistold(`"code":"`+code+`","display"`, `"code":"other","display"`)
}

// unwritten acknowledges changes of a type with a method, and leaves everything as it is.
func unwritten(method, kind string) broken {
	return broken{request: func(r *http.Request) {
		if r.Method == method && strings.Contains(r.URL.Path, "/"+kind+"/") {
			r.Method = http.MethodGet
			r.Header.Set("X-Undone", "yes")
		}
	}}
}

// lenient takes what is to be refused.
func lenient(statuses ...int) []broken {
	all := make([]broken, len(statuses))
	for i, status := range statuses {
		all[i] = miscounted(status, http.StatusOK)
	}
	return all
}

// balances are told wrong by naming another figure.
func balances(figure string) broken {
	return mistold(`("name":"`+figure+`","value(?:Money":\{"value":|Decimal":))\d+(?:\.\d+)?`, `${1}12.34`)
}

// brokenClaims are the mistakes that the scripts of claims have to catch.
var brokenClaims = map[string][]broken{
	"claim/submit-claim":                    {unsaid("Location"), unsaid("Content-Location"), miscounted(200, 201), mistold(`"request":\{"reference":"[^"]*"\},?`, ``), outOf("complete", "partial")},
	"claim/submit-parameters":               lenient(400),
	"claim/submit-bundle":                   {mistold(`"fullUrl":"urn:`, `"fullUrl":"urn:x-`), mistold(`"type":"collection"`, `"type":"searchset"`), mistold(`"reference":"Patient/`, `"reference":"urn:uuid:`)},
	"claim/submit-dangling-reference":       {misread(`,\s*"careTeam"\s*:\s*\[[^\]]*\]`, ``)},
	"claim/submit-bundle-of-several":        {mistold(`"OperationOutcome"`, `"Parameters"`), unpaid("submitted"), misread(`-c"`, `-d"`)},
	"claim/submit-bundle-of-bundles":        {outOf("complete", "error")},
	"claim/submit-by-post-only":             lenient(405),
	"claim/submit-in-batch":                 {mistold(`"status":"200[^"]*"`, `"status":"405"`), outOf("complete", "error")},
	"claim/submit-nothing":                  lenient(400),
	"claim/submit-xml":                      {unheard("Accept"), mistold(`value="benefit"`, `value="benefits"`), mistold(`"id":"[^"]*"`, `"id":"x"`)},
	"claim/refused-content":                 append(lenient(400, 422), mistold(`"expression":\[[^\]]*\],?`, ``)),
	"claim/post-claim":                      {outOf("complete", "error"), unpaid("benefit"), unasked("_include"), unasked("_revinclude"), unasked("request*")},
	"claim/post-in-transaction":             {unpaid("benefit"), mistold(`"status":"201[^"]*"`, `"status":"200"`)},
	"claim/error-answer":                    {outOf("error", "complete"), mistold(`"error":\[.*?\}\],?`, ``), miscounted(200, 422)},
	"claim/denied-lines":                    {reason("not-covered"), reason("patient-category"), reason("quantity-limit"), reason("not-in-register"), reason("not-in-price-list"), unpaid("benefit"), mistold(`"processNote"`, `"note"`)},
	"claim/denied-no-cover":                 {reason("no-cover"), mistold(`"code":"rejected"`, `"code":"approved"`)},
	"claim/denied-frequency":                {reason("frequency"), unpaid("benefit")},
	"claim/adds-up":                         {unpaid("benefit"), unpaid("submitted"), unpaid("copay"), unpaid("price-reduction"), unpaid("member-liability"), unpaid("provider-liability")},
	"claim/adjudication-categories":         {mistold(`"code":"eligible"`, `"code":"eligibel"`), mistold(`"value":80\b`, `"value":79`), mistold(`"system":"http://terminology.hl7.org/CodeSystem/adjudication",`, ``)},
	"claim/notes":                           {mistold(`"number":2`, `"number":1`), mistold(`"noteNumber":\[`, `"noteNumber":[9,`), mistold(`"type":"display"`, `"type":"shown"`)},
	"claim/details":                         {unpaid("benefit"), mistold(`"detailSequence":2`, `"detailSequence":3`), mistold(`"subDetail":`, `"subdetail":`)},
	"claim/same-submission":                 {misread(`"system"\s*:\s*"https://claimwright.org/conformance/claims",\s*"value"`, `"value"`), balances("used")},
	"claim/idempotency-key":                 {unheard("X-Idempotency-Key")},
	"claim/duplicate":                       {reason("duplicate"), mistold(`"duplicateOf"`, `"other"`), unpaid("benefit")},
	"claim/draft":                           {misread(`"draft"`, `"active"`), undone(http.MethodDelete, 204)},
	"claim/draft-submitted":                 {misread(`"id"\s*:\s*"[^"]*",`, ``), unwritten(http.MethodPut, "Claim")},
	"claim/immutable":                       append(lenient(422), mistold(`"item"\s*:\s*\[`, `"item":[{"sequence":9,"productOrService":{"text":"x"}},`)),
	"claim/cancel-by-put":                   {unwritten(http.MethodPut, "Claim"), state("cancelled", "active"), balances("used"), miscounted(422, 200)},
	"claim/cancel-by-patch":                 {unwritten(http.MethodPatch, "Claim"), state("cancelled", "active"), balances("used"), miscounted(422, 200)},
	"claim/answer-is-the-servers":           {miscounted(422, 200), unpaid("benefit"), miscounted(201, 422)},
	"claim/preauthorization":                {mistold(`"preAuthRef":"[^"]*",?`, ``), mistold(`"preAuthPeriod":\{[^}]*\},?`, ``), mistold(`"fundsReserve"`, `"funds"`), balances("reserved")},
	"claim/preauthorized-claim":             {misread(`"preAuthRef"\s*:\s*\[[^\]]*\]`, `"businessArrangement":"x"`), balances("reserved"), balances("used")},
	"claim/preauthorization-unknown-number": {mistold(`PA-NOBODY`, `PA`), unpaid("benefit")},
	"claim/preauthorization-cancelled":      {unwritten(http.MethodPatch, "Claim"), balances("reserved")},
	"claim/preauthorization-without-funds":  {misread(`"fundsReserve"\s*:\s*\{[^\]]*\]\s*\},?`, ``), balances("reserved")},
	"claim/predetermination":                {misread(`"predetermination"`, `"claim"`), balances("used"), balances("reserved")},
	"claim/more-than-authorized":            {unpaid("benefit"), unpaid("provider-liability")},
	"claim/other-payer":                     {misread(`,\s*"claimResponse"\s*:\s*\{(?:[^{}]|\{[^}]*\})*\}`, ``), unpaid("benefit")},
	"claim/other-payer-refused":             {misread(`,\s*"claimResponse"\s*:\s*\{(?:[^{}]|\{[^}]*\})*\}`, ``), miscounted(422, 200), mistold(`claimResponse`, `coverage`)},
	"claim/replace-prior":                   {misread(`"related"\s*:\s*\[(?:[^\[\]]|\[[^\]]*\])*\],?`, ``), balances("used"), state("cancelled", "active")},
	"claim/replace-unknown":                 {reason("claim-not-found"), miscounted(422, 200)},
	"claim/waiting":                         {outOf("partial", "complete"), balances("reserved"), mistold(`"code":"awaiting-review"`, `"code":"approved"`)},
	"claim/review":                          {miscounted(409, 200), outOf("complete", "partial"), unpaid("benefit"), mistold(`Seen on the ward`, `Nothing`)},
	"claim/review-rejects":                  {miscounted(409, 200), miscounted(404, 200), unpaid("benefit"), balances("used")},
	"claim/agreed-price":                    {unpaid("price-reduction"), unpaid("eligible"), unpaid("submitted")},
	"claim/deductible":                      {unpaid("deductible"), unpaid("benefit"), unpaid("member-liability")},
	"claim/ceiling":                         {unpaid("over-ceiling"), unpaid("benefit")},
	"claim/trace":                           {mistold(`"url":"priceList"`, `"url":"prices"`), mistold(`"url":"bearer"`, `"url":"by"`), mistold(`("url":"amount","valueDecimal":)\d+\.\d+`, `${1}1.23`)},
	"claim/life-cycle-task":                 {mistold(`"code":"approved"`, `"code":"paid"`), miscounted(422, 204), unasked("business-status")},
	"claim/by-identifiers":                  {mistold(`"reference":"Organization/mwangaza"`, `"display":"?"`), unpaid("benefit")},
	"claim/submit-bundle-with-prior":        {misread(`"fullUrl"\s*:\s*"[^"]*",`, ``), unpaid("submitted"), unasked("identifier")},
	"claim/submit-with-id":                  {miscounted(409, 200), miscounted(404, 200)},
	"claim/submit-contained":                {unpaid("benefit"), mistold(`Abasi`, `Other`), mistold(`"reference"\s*:\s*"#`, `"reference":"#x`)},
	"claim/post-if-none-exist":              {unheard("If-None-Exist"), balances("used")},
	"claim/put-claim":                       {unwritten(http.MethodPut, "Claim"), unpaid("benefit"), balances("used")},
	"claim/error-corrected":                 {unwritten(http.MethodPut, "Claim"), undone(http.MethodDelete, 204), outOf("error", "complete")},
	"claim/currency":                        {outOf("error", "complete"), miscounted(422, 200)},
	"claim/bindings":                        {miscounted(422, 200), miscounted(400, 200), unpaid("benefit"), mistold(`"own"`, `"other"`)},
	"claim/attachments":                     {mistold(`Qmxv`, `Qmxw`), mistold(`"informationSequence"`, `"information"`), mistold(`DocumentReference/`, `Media/`)},
	"claim/communication":                   {unasked("based-on"), mistold(`Qmxv`, `Qmxw`)},
	"claim/other-payer-none":                {unpaid("benefit"), mistold(`"focal":true`, `"focal":false`)},
	"claim/other-payer-own":                 {misread(`,\s*"claimResponse"\s*:\s*\{(?:[^{}]|\{[^}]*\})*\}`, ``)},
	"claim/polls":                           {unasked("use"), unasked("_include:iterate"), unasked("_revinclude"), unasked("_has*")},
	"claim/history":                         {state("active", "cancelled"), unwritten(http.MethodPatch, "Claim")},
	"claim/funds-of-a-claim":                lenient(422),
	"claim/business-cycle":                  {mistold(`"inforce":true`, `"inforce":false`), mistold(`"preAuthRef":"[^"]*",?`, ``), unasked("payment-status"), unpaid("benefit")},
	"eligibility/today":                     {mistold(`"inforce":false`, `"inforce":true`), mistold(`"inforce":true`, `"inforce":false`)},
	"claim/reimbursement":                   {misread(`"subscriber"`, `"provider"`), unpaid("member-liability"), unpaid("provider-liability")},
	"claim/refused-amounts":                 lenient(400),
	"eligibility/submit-xml":                {unheard("Accept"), mistold(`inforce value="true"`, `inforce value="false"`)},
	"task/cancel-xml":                       {unheard("Accept"), misread(`value="cancel"`, `value="status"`)},
	"task/searched":                         {unasked("code"), unasked("status"), unasked("owner"), unasked("requester")},
	"task/cancel":                           {misread(`"cancel"`, `"status"`), state("completed", "failed"), state("cancelled", "active"), mistold(`"output":`, `"input":`), balances("used")},
	"task/cancel-twice":                     {state("rejected", "completed"), mistold(`"statusReason"`, `"why"`)},
	"task/cancel-by-identifier":             {misread(`"focus"`, `"basedOn"`), state("cancelled", "active")},
	"task/cancel-by-answer":                 {state("completed", "failed"), state("cancelled", "active")},
	"task/wrong-focus":                      {state("failed", "completed"), mistold(`"statusReason"`, `"why"`)},
	"task/wrong-payer":                      {misread(`"owner"\s*:\s*\{[^}]*\{[^}]*\}\s*\},?`, ``), state("rejected", "failed")},
	"task/cancel-draft":                     {state("cancelled", "draft")},
	"task/record":                           {miscounted(422, 200), undone(http.MethodDelete, 403)},
	"task/requested-later":                  {unwritten(http.MethodPut, "Task"), misread(`"draft"`, `"requested"`)},
	"task/in-bundles":                       {misread(`"cancel"`, `"status"`)},
	"task/release":                          {misread(`"release"`, `"status"`), balances("reserved"), state("rejected", "completed")},
	"task/release-claim":                    {state("rejected", "completed")},
	"task/stored-codes":                     {misread(`"(poll|reprocess|status|nullify|deliver)"\s*\}`, `"cancel"}`), state("requested", "completed")},
	"task/inv-1":                            {mistold(`"severity":"error"`, `"severity":"warning"`)},
	"eligibility/submit":                    {unsaid("Location"), unsaid("Content-Location"), outOf("complete", "queued"), mistold(`"request":\{"reference":"[^"]*"\},?`, ``)},
	"eligibility/submit-parameters":         {mistold(`"inforce":true`, `"inforce":false`)},
	"eligibility/submit-bundle":             {mistold(`"inforce":true`, `"inforce":false`), mistold(`"reference":"Patient/`, `"reference":"urn:uuid:`)},
	"eligibility/submit-bundle-of-several":  {mistold(`"inforce":false`, `"inforce":true`)},
	"eligibility/submit-by-post-only":       lenient(400, 405, 422),
	"eligibility/post":                      {mistold(`"inforce":true`, `"inforce":false`), unasked("request")},
	"eligibility/validation":                {mistold(`"inforce":false`, `"inforce":true`), mistold(`"benefitPeriod"`, `"period"`)},
	"eligibility/validation-of-covers":      {misread(`"insurance"\s*:\s*\[[^\]]*\],?`, ``), mistold(`"inforce":false`, `"inforce":true`)},
	"eligibility/benefits":                  {mistold(`"excluded":true`, `"excluded":false`), mistold(`"value":1280.00`, `"value":1600.00`), mistold(`"code":"in"`, `"code":"out"`), balances("used")},
	"eligibility/benefits-left":             {mistold(`("usedMoney":\{"value":)640\.00`, `${1}0.00`), mistold(`("allowedMoney":\{"value":)30000\.00`, `${1}1.00`)},
	"eligibility/benefits-waiting":          {mistold(`"excluded":true`, `"excluded":false`), mistold(`"allowedString":"2026-03-11"`, `"allowedString":"2026-03-12"`)},
	"eligibility/auth-requirements":         {mistold(`"authorizationRequired":false`, `"authorizationRequired":true`)},
	"eligibility/discovery":                 {mistold(`"reference":"Coverage/`, `"reference":"Coverage/x`)},
	"eligibility/several-purposes":          {mistold(`"auth-requirements",`, ``), mistold(`"authorizationRequired":false,?`, ``)},
	"eligibility/error-answer":              {outOf("error", "complete"), mistold(`"error":\[.*?\}\],?`, ``), miscounted(200, 422)},
	"eligibility/asked-again":               {unasked("identifier"), mistold(`"id":"[^"]*"`, `"id":"x"`)},
	"eligibility/draft":                     {misread(`"draft"`, `"active"`)},
	"payment/paid":                          {mistold(`("payment":\{.*?"value":)640\.00`, `${1}1.00`), mistold(`"code":"complete"`, `"code":"partial"`), unasked("payment-date"), mistold(`"code":"paid"`, `"code":"approved"`)},
	"payment/paid-by-claim":                 {misread(`"request"`, `"predecessor"`)},
	"payment/paid-in-parts":                 {mistold(`"code":"partial"`, `"code":"complete"`), mistold(`"code":"complete"`, `"code":"partial"`)},
	"payment/paid-together":                 {mistold(`("payment":\{.*?"value":)560\.00`, `${1}1.00`)},
	"payment/refused":                       lenient(422),
	"payment/not-owed":                      lenient(422),
	"payment/draft":                         {misread(`"draft"`, `"active"`), unwritten(http.MethodPut, "PaymentReconciliation")},
	"payment/cancelled":                     {miscounted(422, 200), unwritten(http.MethodPatch, "PaymentReconciliation")},
	"payment/taken-back":                    {mistold(`("payment":\{.*?"value":)600\.00`, `${1}640.00`)},
	"payment/recovery":                      {mistold(`-640\.00`, `640.00`), mistold(`"code":"adjustment"`, `"code":"payment"`), state("cancelled", "active")},
	"payment/replaced":                      {misread(`"related"\s*:\s*\[(?:[^\[\]]|\[[^\]]*\])*\],?`, ``)},
	"payment/notice":                        {unasked("payment-status"), miscounted(201, 404)},
	"coverage/balance":                      {balances("left"), balances("allowed"), balances("used"), miscounted(404, 200), miscounted(400, 200)},
	"coverage/balance-used":                 {balances("used"), balances("reserved"), balances("left")},
	"coverage/balance-of-patient":           {miscounted(400, 200), mistold(`"name":"cover"`, `"name":"over"`)},
	"coverage/balance-not-in-force":         {mistold(`("name":"inforce","valueBoolean":)false`, `${1}true`)},
	"coverage/best-cover":                   {unpaid("benefit"), mistold(`-second`, `-first`)},
	"coverage/ended":                        {reason("no-cover"), unwritten(http.MethodPatch, "Coverage")},
}

// TestBrokenClaimsAreCaught: a server that gets one thing about claims wrong fails the script for it, and every script of claims
// has such a thing.
func TestBrokenClaimsAreCaught(t *testing.T) {
	good := inProcess{openServer(t, memory.New())}
	// What a search must leave out is there from the beginning, whichever script comes first.
	others := httptest.NewRequest(http.MethodPut, "/fhir/CoverageEligibilityRequest/others", strings.NewReader(`{"resourceType":"CoverageEligibilityRequest","id":"others",
		"status":"active","purpose":["validation"],"patient":{"reference":"Patient/p-1001-01"},"created":"2026-01-01","insurer":{"reference":"Organization/umoja"}}`))
	others.Header.Set("Content-Type", "application/fhir+json")
	answer := httptest.NewRecorder()
	good.handler.ServeHTTP(answer, others)
	require.Equal(t, http.StatusCreated, answer.Code, answer.Body)
	for _, s := range scripts(t) {
		folder, _, _ := strings.Cut(s.Path, "/")
		switch folder {
		case "claim", "task", "eligibility", "payment", "coverage":
		default:
			continue
		}
		name := strings.TrimSuffix(s.Path, ".json")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.NotEmpty(t, brokenClaims[name], "no mistake is known that it catches")
			for i, b := range brokenClaims[name] {
				b.next = good
				require.Equal(t, testrun.Fail, runOver(t, b, s).Verdict, "mistake %d is not caught", i)
			}
		})
	}
}

// TestIgnoredParametersAreCaught: a server that ignores the parameters of a search fails each test of parameters.
func TestIgnoredParametersAreCaught(t *testing.T) {
	deaf := reasked(func(q url.Values) {
		for name := range q {
			if name != "_tag" {
				delete(q, name)
			}
		}
	})
	deaf.next = inProcess{openServer(t, memory.New())}
	for _, s := range scripts(t) {
		if !strings.HasPrefix(s.Path, "parameters/") {
			continue
		}
		t.Run(s.Path, func(t *testing.T) {
			t.Parallel()
			r := runOver(t, deaf, s)
			for i := range r.Tests {
				require.Equal(t, testrun.Fail, r.Tests[i].Verdict, r.Tests[i].Test.Title())
			}
		})
	}
}
