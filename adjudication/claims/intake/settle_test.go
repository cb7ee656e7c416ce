package intake_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/claims/intake"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

const urn = "urn:uuid:11111111-1111-4111-8111-11111111111"

func item(t testing.TB, body string) *intake.Item {
	part, err := read(t, body)
	require.NoError(t, err)
	return part.Item
}

func TestSettleLeavesWhatIsFit(t *testing.T) {
	it := item(t, claimWith(`,"enterer":{"reference":"Practitioner/unknown"},"referral":{"identifier":{"value":"x"}}`))
	doc, issues := it.Settle(nil)
	require.Empty(t, issues)
	require.Same(t, it.Doc, doc)
}

func TestSettle(t *testing.T) {
	cases := []struct {
		name, members string
		entries       []string
		want          string // the members afterwards
	}{
		{"own address", `,"enterer":{"reference":"https://here.test/fhir/Practitioner/1","display":"d"}`, nil,
			`,"enterer":{"reference":"Practitioner/1","display":"d"}`},
		{"another server's stays", `,"enterer":{"reference":"https://there.test/Practitioner/1"}`, nil,
			`,"enterer":{"reference":"https://there.test/Practitioner/1"}`},
		{"a party with an identifier", `,"enterer":{"reference":"` + urn + `1","display":"d"}`,
			[]string{entry(urn+"1", `{"resourceType":"Practitioner","identifier":[{"system":"s","value":"v"},{"value":"w"}]}`)},
			`,"enterer":{"type":"Practitioner","identifier":{"system":"s","value":"v"},"display":"d"}`},
		{"a party without one is contained", `,"enterer":{"reference":"` + urn + `1"}`,
			[]string{entry(urn+"1", `{"resourceType":"Practitioner","id":"x","meta":{"source":"u"},"name":[{"family":"O"}]}`)},
			`,"enterer":{"reference":"#evidence-1"},"contained":[{"resourceType":"Practitioner","id":"evidence-1","name":[{"family":"O"}]}]`},
		{"evidence that refers to evidence", `,"referral":{"reference":"` + urn + `1"}`,
			[]string{
				entry(urn+"1", `{"resourceType":"ServiceRequest","status":"active","intent":"order","subject":{"reference":"`+urn+`2"},"requester":{"reference":"`+urn+`3"}}`),
				entry(urn+"2", `{"resourceType":"Patient","identifier":[{"value":"p"}]}`),
				entry(urn+"3", `{"resourceType":"Practitioner"}`),
			},
			`,"referral":{"reference":"#evidence-1"},"contained":[{"resourceType":"ServiceRequest","id":"evidence-1","status":"active","intent":"order","subject":{"type":"Patient","identifier":{"value":"p"}},"requester":{"reference":"#evidence-2"}},{"resourceType":"Practitioner","id":"evidence-2"}]`},
		{"evidence that contains something is named only", `,"referral":{"reference":"` + urn + `1"}`,
			[]string{entry(urn+"1", `{"resourceType":"ServiceRequest","contained":[{"resourceType":"Patient","id":"i"}],"status":"active","intent":"order","subject":{"reference":"#i"}}`)},
			`,"referral":{"type":"ServiceRequest"}`},
		{"circles end", `,"referral":{"reference":"` + urn + `1"}`,
			[]string{entry(urn+"1", `{"resourceType":"ServiceRequest","status":"active","intent":"order","subject":{"display":"x"},"basedOn":[{"reference":"`+urn+`1"}]}`)},
			`,"referral":{"reference":"#evidence-1"},"contained":[{"resourceType":"ServiceRequest","id":"evidence-1","status":"active","intent":"order","subject":{"display":"x"},"basedOn":[{"reference":"#evidence-1"}]}]`},
		{"the claim does not contain itself", `,"related":[{"claim":{"reference":"https://there.test/fhir/Claim/1"}}]`, nil,
			`,"related":[{"claim":{"type":"Claim"}}]`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			it := item(t, collection(append([]string{entry("https://there.test/fhir/Claim/1", claimWith(c.members))}, c.entries...)...))
			doc, issues := it.Settle(nil)
			require.Empty(t, issues)
			require.JSONEq(t, claimWith(c.want), string(doc.Bytes()))
		})
	}
}

func TestSettleWhatIsKnown(t *testing.T) {
	it := item(t, collection(
		entry(urn+"0", claimWith(`,"insurer":{"identifier":{"value":"i"}},"payee":{"type":{"text":"t"},"party":{"reference":"`+urn+`1"}}`)),
		entry(urn+"1", `{"resourceType":"Organization","identifier":[{"value":"o"}]}`)))
	root := it.Doc.Root()
	known := intake.Known{root.Field("insurer"): "Organization/7", it.Target(root.Field("payee").Field("party")).Evidence: "Organization/8"}
	doc, issues := it.Settle(known)
	require.Empty(t, issues)
	require.JSONEq(t, claimWith(`,"insurer":{"reference":"Organization/7","identifier":{"value":"i"}},"payee":{"type":{"text":"t"},"party":{"reference":"Organization/8"}}`), string(doc.Bytes()))
}

func TestSettleRefusesWhatDangles(t *testing.T) {
	it := item(t, collection(entry(urn+"0", claimWith(`,"enterer":{"reference":"`+urn+`9"}`))))
	_, issues := it.Settle(nil)
	require.Len(t, issues, 1)
	require.Equal(t, "Claim.enterer.reference", issues[0].Expression)

	it = item(t, collection(
		entry(urn+"0", claimWith(`,"supportingInfo":[{"sequence":1,"category":{"text":"a"},"valueAttachment":{"url":"`+urn+`1"}}]`)),
		entry(urn+"1", `{"resourceType":"Binary","contentType":"text/plain"}`)))
	_, issues = it.Settle(nil)
	require.Len(t, issues, 1)
	require.Equal(t, outcome.NotSupported, issues[0].Code)
	require.Equal(t, "Claim.supportingInfo[0].value.url", issues[0].Expression)
}

func TestDigest(t *testing.T) {
	base := claimWith(`,"total":{"value":1.0,"currency":"KES"}`)
	digest := func(body string, without ...codec.Name) [32]byte { return intake.Digest(parse(t, body), without...) }
	same := map[string]string{
		"the same":          base,
		"an id and meta":    `{"id":"x","meta":{"versionId":"3"},` + base[1:],
		"members elsewhere": `{"total":{"currency":"KES","value":1.0},` + claimWith("")[1:],
		"an escape":         `{"resourceType":"Claim","status":"\u0061ctive",` + base[len(`{"resourceType":"Claim","status":"active",`):],
	}
	for name, body := range same {
		t.Run(name, func(t *testing.T) { require.Equal(t, digest(base), digest(body)) })
	}
	other := map[string]string{
		"another number":       claimWith(`,"total":{"value":2.0,"currency":"KES"}`),
		"more precision":       claimWith(`,"total":{"value":1.00,"currency":"KES"}`),
		"a member less":        claimWith(""),
		"an order of elements": claimWith(`,"total":{"value":1.0,"currency":"KES"},"identifier":[{"value":"a"},{"value":"b"}]`),
	}
	seen := map[[32]byte]string{digest(base): "base"}
	for name, body := range other {
		d := digest(body)
		require.Empty(t, seen[d], name)
		seen[d] = name
	}
	swapped := claimWith(`,"total":{"value":1.0,"currency":"KES"},"identifier":[{"value":"b"},{"value":"a"}]`)
	require.Empty(t, seen[digest(swapped)], "the order of elements counts")
	status := codec.Intern("status")
	require.Equal(t, digest(base, status), digest(`{"resourceType":"Claim","status":"cancelled",`+base[len(`{"resourceType":"Claim","status":"active",`):], status))
}

// FuzzRead: whatever a Bundle holds, it is read, settled and digested without a panic, and what is settled is valid and
// refers to nothing in the Bundle any more.
func FuzzRead(f *testing.F) {
	f.Add(collection(entry(urn+"0", claimWith(`,"enterer":{"reference":"`+urn+`1"}`)), entry(urn+"1", `{"resourceType":"Practitioner"}`)))
	f.Add(`{"resourceType":"Parameters","parameter":[{"name":"resource","resource":` + claimWith("") + `}]}`)
	f.Add(collection(entry("", claimWith(`,"contained":[{"resourceType":"Patient","id":"c"}],"enterer":{"reference":"#c"}`)), entry("", collection())))
	f.Fuzz(func(t *testing.T, body string) {
		doc, issues := codec.Parse([]byte(body), codec.Limits{})
		if len(issues) > 0 {
			t.Skip("not a resource: refused before it comes here")
		}
		part, err := intake.Read(doc, intake.Options{Type: "Claim", Base: []string{"https://here.test/fhir"}})
		if err != nil {
			return
		}
		for it := range part.Items() {
			known := intake.Known{}
			if patient := it.Doc.Root().Field("patient"); it.Target(patient).ID == "" {
				known[patient] = "Patient/1"
			}
			settled, issues := it.Settle(known)
			if len(issues) > 0 {
				continue
			}
			require.True(t, json.Valid(settled.Bytes()))
			for ref := range settled.References() {
				if ref.IsReference() && it.Bundle != nil {
					_, inside := it.Bundle.Find("", ref.Text())
					require.False(t, inside && len(ref.Text()) > 9 && ref.Text()[:9] == "urn:uuid:", ref.Text())
				}
			}
			intake.Digest(settled)
		}
	})
}
