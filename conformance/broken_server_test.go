package conformance_test

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/conformance/testrun"
	"claimwright/conformance/testscript"
	"claimwright/store/memory"
)

// broken is a server that does one thing wrong.
type broken struct {
	next http.RoundTripper
	// request spoils what the server gets to see, answer what comes back; either may be nil.
	request func(*http.Request)
	answer  func(*http.Request, *http.Response)
}

func (b broken) RoundTrip(r *http.Request) (*http.Response, error) {
	if b.request != nil {
		r = r.Clone(r.Context())
		b.request(r)
	}
	w, err := b.next.RoundTrip(r)
	if err == nil && b.answer != nil {
		b.answer(r, w)
	}
	return w, err
}

// unheard is a request header that the server does not hear.
func unheard(name string) broken {
	return broken{request: func(r *http.Request) { r.Header.Del(name) }}
}

// unsaid is a header that the server does not send.
func unsaid(name string) broken {
	return broken{answer: func(_ *http.Request, w *http.Response) { w.Header.Del(name) }}
}

// unasked is a parameter that the server takes no notice of; it may end with * for all that begin so.
func unasked(name string) broken {
	return reasked(func(q url.Values) {
		for key := range q {
			if prefix, open := strings.CutSuffix(name, "*"); key == name || open && strings.HasPrefix(key, prefix) {
				q.Del(key)
			}
		}
	})
}

// reasked changes the parameters of a search.
func reasked(change func(url.Values)) broken {
	return broken{request: func(r *http.Request) {
		q := r.URL.Query()
		change(q)
		r.URL.RawQuery = q.Encode()
	}}
}

// renamed takes one parameter for another.
func renamed(from, to string) broken {
	return reasked(func(q url.Values) {
		if values, ok := q[from]; ok {
			q.Del(from)
			q[to] = append(q[to], values...)
		}
	})
}

// mistold changes the text of answers, misread that of requests.
func mistold(from, to string) broken {
	pattern := regexp.MustCompile(from)
	return broken{answer: func(_ *http.Request, w *http.Response) {
		body, err := io.ReadAll(w.Body)
		if err != nil { // both ends are in this process, and a broken server has no test to fail
			panic(err)
		}
		w.Body = io.NopCloser(bytes.NewReader(pattern.ReplaceAll(body, []byte(to))))
	}}
}

func misread(from, to string) broken {
	pattern := regexp.MustCompile(from)
	return broken{request: func(r *http.Request) {
		if r.Body == nil {
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil { // both ends are in this process, and a broken server has no test to fail
			panic(err)
		}
		body = pattern.ReplaceAll(body, []byte(to))
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	}}
}

// miscounted answers another status.
func miscounted(from, to int) broken {
	return broken{answer: func(_ *http.Request, w *http.Response) {
		if w.StatusCode == from {
			w.StatusCode = to
		}
	}}
}

// undone acknowledges requests of a method that it does not carry out.
func undone(method string, status int) broken {
	return broken{request: func(r *http.Request) {
		if r.Method == method {
			r.Method = http.MethodGet
			r.Header.Set("X-Undone", "yes")
		}
	}, answer: func(r *http.Request, w *http.Response) {
		if r.Header.Get("X-Undone") != "" {
			w.StatusCode = status
		}
	}}
}

// TestBrokenServersAreCaught: a server that gets one behaviour wrong fails the script for it.
func TestBrokenServersAreCaught(t *testing.T) {
	good := inProcess{openServer(t, memory.New())}
	for script, mistakes := range map[string][]broken{
		"rest/C1-json":                     {miscounted(200, 406), mistold(`.*`, ``)},
		"rest/C1-xml":                      {unheard("Accept")},
		"rest/C2-format-parameter":         {unasked("_format")},
		"rest/C3-fhir-version":             {unheard("Accept")},
		"rest/C4-summary-elements":         {unasked("_elements"), unasked("_summary"), mistold(`SUBSETTED`, `OTHER`)},
		"rest/C5-head":                     {undone(http.MethodHead, 405)},
		"rest/C6-request-id":               {unheard("X-Request-Id")},
		"rest/M1-version-headers":          {unsaid("ETag"), unsaid("Last-Modified")},
		"rest/M2-conditional-read":         {unheard("If-None-Match"), unheard("If-Modified-Since")},
		"rest/P1-return":                   {unheard("Prefer")},
		"rest/P2-handling":                 {unheard("Prefer"), mistold(`_tag=`, `favourite-colour=blue&_tag=`)},
		"rest/R1-read":                     {miscounted(410, 404), miscounted(404, 200), mistold(`"family"\s*:\s*"Mwangi"`, `"family":"Other"`)},
		"rest/R2-vread":                    {mistold(`"active"\s*:\s*true`, `"active":false`)},
		"rest/CR1-create":                  {unsaid("Location"), miscounted(201, 200)},
		"rest/CR2-refused-content":         {miscounted(400, 201)},
		"rest/CR3-conditional-create":      {unheard("If-None-Exist"), miscounted(412, 200), miscounted(200, 201)},
		"rest/U1-update":                   {mistold(`"versionId":"\d+"`, `"versionId":"1"`), miscounted(400, 200)},
		"rest/U3-if-match":                 {unheard("If-Match"), miscounted(412, 409)},
		"rest/U4-conditional-update":       {miscounted(412, 200), miscounted(400, 200)},
		"rest/PA1-json-patch":              {unheard("If-Match")},
		"rest/D1-delete":                   {undone(http.MethodDelete, 204)},
		"rest/D3-conditional-delete":       {undone(http.MethodDelete, 204)},
		"rest/H1-instance-history":         {mistold(`"request":\{[^}]*\},?`, ``), mistold(`DELETE`, `PUT`)},
		"rest/H2-history-parameters":       {unasked("_count"), unasked("_since")},
		"search/S0-forms":                  {misread(`gender=male`, ``)},
		"search/S1-bundle":                 {mistold(`"mode":"match"`, `"mode":"include"`), mistold(`"total":3`, `"total":1`), mistold(`"relation":"self"`, `"relation":"other"`)},
		"search/S3-count":                  {unasked("_count"), mistold(`"relation":"next"`, `"relation":"more"`)},
		"search/S5-pages":                  {unasked("_count")},
		"search/S6-unknown-parameter":      {mistold(`\?_tag=`, `?favourite-colour=blue&_tag=`)},
		"search/S6-custom-parameter":       {miscounted(422, 201), miscounted(400, 200), mistold(`SearchParameter\.expression`, `SearchParameter.code`)},
		"search/S7-unknown-modifier":       {renamed("family:sounds-like", "family")},
		"search/S8-values":                 {miscounted(400, 200)},
		"search/string":                    {renamed("family:exact", "family"), renamed("family:contains", "family"), unasked("address")},
		"search/token":                     {renamed("gender:not", "gender"), unasked("active"), unasked("identifier")},
		"search/date":                      {reasked(func(q url.Values) { replaceAll(q["birthdate"], "ge", "gt") }), reasked(func(q url.Values) { replaceAll(q["birthdate"], "sa", "eb") })},
		"search/date-period":               {reasked(func(q url.Values) { replaceAll(q["date"], "sa", "lt") })},
		"search/number":                    {reasked(func(q url.Values) { replaceAll(q["probability"], "gt", "ge") })},
		"search/quantity":                  {reasked(func(q url.Values) { replaceAll(q["value-quantity"], "||kg", "") }), unasked("value-quantity")},
		"search/composite":                 {renamed("code-value-quantity", "nothing")},
		"search/uri":                       {renamed("url:below", "url")},
		"search/reference":                 {unasked("beneficiary*"), unasked("payor*")},
		"search/missing":                   {reasked(func(q url.Values) { replaceAll(q["gender:missing"], "true", "false") })},
		"search/common":                    {unasked("_id"), renamed("_profile", "_id"), unasked("_lastUpdated")},
		"search/chain":                     {unasked("beneficiary*")},
		"search/has":                       {unasked("_has*")},
		"search/include":                   {unasked("_include"), unasked("_include:iterate"), mistold(`"mode":"include"`, `"mode":"match"`)},
		"search/revinclude":                {unasked("_revinclude"), unasked("_revinclude:iterate")},
		"search/sort":                      {unasked("_sort")},
		"search/S4-includes-of-pages":      {unasked("_include")},
		"search/S3-last-page":              {unasked("_count")},
		"search/S0-compartments":           {unasked("status")},
		"search/token-in":                  {unasked("code:in"), unasked("code:not-in")},
		"search/token-hierarchy":           {renamed("code:below", "code"), renamed("code:above", "code")},
		"search/token-text":                {renamed("code:text", "code")},
		"search/list":                      {unasked("_list")},
		"search/filter":                    {unasked("_filter")},
		"search/near":                      {unasked("near")},
		"search/text":                      {unasked("_text")},
		"search/summary":                   {unasked("_elements")},
		"rest/H1-type-history":             {mistold(`"type":"history"`, `"type":"searchset"`), mistold(`"response":`, `"answer":`)},
		"rest/H2-history-at":               {miscounted(200, 400)},
		"operation/validate":               {mistold(`"severity":"(error|fatal)"`, `"severity":"information"`), miscounted(200, 400)},
		"operation/validate-profile":       {unasked("profile")},
		"bundle/PA4-patches":               {misread(`"PATCH"`, `"GET"`)},
		"search/contained":                 {unasked("beneficiary*")},
		"operation/match":                  {mistold(`"score":[0-9.]+`, `"score":0`), mistold(`match-grade`, `grade`)},
		"operation/export-files":           {mistold(`"requiresAccessToken"`, `"token"`), mistold(`"type":"Patient"`, `"type":"Claim"`)},
		"operation/respond-async-answer":   {unheard("Prefer")},
		"capability/declarations":          {mistold(`"conditionalDelete"`, `"conditional"`)},
		"bundle/B2-batch":                  {mistold(`"status":"201[^"]*"`, `"status":"400"`), mistold(`"outcome":`, `"nothing":`)},
		"bundle/B3-all-or-nothing":         {misread(`"transaction"`, `"batch"`), mistold(`"etag":"[^"]*",?`, ``)},
		"bundle/B5-full-urls":              {misread(`"fullUrl"\s*:\s*"[^"]*",`, ``)},
		"bundle/B6-conditional-references": {misread(`Patient\?identifier=`, `Patient?active=true&identifier=none`)},
		"bundle/B7-entry-headers":          {misread(`"ifNoneExist"\s*:\s*"[^"]*"`, `"ifNoneMatch":"x"`)},
		"errors/outcomes":                  {mistold(`^\{.*`, `<html>not found</html>`), mistold(`"code":"not-found"`, `"kode":"not-found"`)},
		"errors/addresses":                 {miscounted(404, 400), miscounted(405, 200)},
		"errors/content":                   {miscounted(400, 201), miscounted(422, 201)},
		"capability/statement":             {mistold(`4\.0\.1`, `4.3.0`), mistold(`"kind":"instance"`, `"kind":"capability"`)},
		"capability/true-interactions":     {mistold(`"history-instance"`, `"patch"`)},
		"operation/meta":                   {broken{request: func(r *http.Request) { r.URL.Path = strings.Replace(r.URL.Path, "meta-delete", "meta", 1) }}},
		"operation/everything":             {unasked("_type"), unasked("start")},
	} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			s := ours(t, script)
			require.Equal(t, testrun.Pass, runOver(t, good, s).Verdict, "with nothing wrong")
			for i, b := range mistakes {
				b.next = good
				require.Equal(t, testrun.Fail, runOver(t, b, s).Verdict, "mistake %d is not caught", i)
			}
		})
	}
}

func replaceAll(values []string, from, to string) {
	for i := range values {
		values[i] = strings.Replace(values[i], from, to, 1)
	}
}

// ours is one of our scripts.
func ours(t *testing.T, name string) *testscript.Script {
	t.Helper()
	_, err := os.Stat("testscripts/" + name + ".json")
	require.NoError(t, err)
	all, err := testscript.Load("testscripts/" + name + ".json")
	require.NoError(t, err)
	return all[0]
}

func runOver(t *testing.T, transport http.RoundTripper, s *testscript.Script) *testrun.Result {
	t.Helper()
	runner, err := testrun.New(testrun.Options{BaseURL: baseURL, Transport: transport})
	require.NoError(t, err)
	return runner.Run(t.Context(), s)
}
