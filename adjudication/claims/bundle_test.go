package claims_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
)

const (
	urnPatient   = "urn:uuid:11111111-1111-4111-8111-111111111111"
	urnCoverage  = "urn:uuid:22222222-2222-4222-8222-222222222222"
	urnProvider  = "urn:uuid:33333333-3333-4333-8333-333333333333"
	urnInsurer   = "urn:uuid:44444444-4444-4444-8444-444444444444"
	urnDoctor    = "urn:uuid:55555555-5555-4555-8555-555555555555"
	urnDocument  = "urn:uuid:66666666-6666-4666-8666-666666666666"
	urnClaim     = "urn:uuid:77777777-7777-4777-8777-777777777777"
	urnPrior     = "urn:uuid:88888888-8888-4888-8888-888888888888"
	memberNumber = "P-2001-01"
)

func entryOf(url, resource string) string {
	return `{"fullUrl":"` + url + `","resource":` + resource + `}`
}

// withEvidence is a Bundle as Da Vinci PAS sends it: everything that the claim refers to comes along under urn:uuids.
func withEvidence(identifier string) string {
	claim := claimSpec{
		identifier: identifier, patient: `{"reference":"` + urnPatient + `"}`, coverage: `{"reference":"` + urnCoverage + `"}`,
		provider: `{"reference":"` + urnProvider + `"}`,
		members: `,"careTeam":[{"sequence":1,"provider":{"reference":"` + urnDoctor + `"}}],
"supportingInfo":[{"sequence":1,"category":{"coding":[{"code":"attachment"}]},"valueReference":{"reference":"` + urnDocument + `"}}]`,
	}.json()
	claim = strings.Replace(claim, `"insurer":{"reference":"Organization/umoja"}`, `"insurer":{"reference":"`+urnInsurer+`"}`, 1)
	entries := []string{
		entryOf(urnClaim, claim),
		entryOf(urnPatient, `{"resourceType":"Patient","identifier":[{"system":"urn:hospital","value":"4711"},{"system":"https://claimwright.org/sandbox/members","value":"`+memberNumber+`"}],"gender":"male"}`),
		entryOf(urnCoverage, `{"resourceType":"Coverage","identifier":[{"system":"https://claimwright.org/sandbox/members","value":"`+memberNumber+`"}],"status":"active","beneficiary":{"reference":"`+urnPatient+`"},"payor":[{"reference":"`+urnInsurer+`"}]}`),
		entryOf(urnProvider, `{"resourceType":"Organization","identifier":[{"system":"https://claimwright.org/sandbox/facilities","value":"ZIWANI"}],"name":"our name for it"}`),
		entryOf(urnInsurer, `{"resourceType":"Organization","identifier":[{"system":"https://claimwright.org/sandbox/insurers","value":"UMOJA"}]}`),
		entryOf(urnDoctor, `{"resourceType":"Practitioner","identifier":[{"system":"urn:licence","value":"D-9"}],"name":[{"family":"Otieno"}]}`),
		entryOf(urnDocument, `{"resourceType":"DocumentReference","meta":{"versionId":"7"},"status":"current","subject":{"reference":"`+urnPatient+`"},"author":[{"reference":"`+urnDoctor+`"}],"content":[{"attachment":{"contentType":"text/plain","data":"aGVsbG8="}}]}`),
	}
	return `{"resourceType":"Bundle","type":"collection","entry":[` + strings.Join(entries, ",") + `]}`
}

func (w *world) answer(body string) *codec.Document {
	answer, err := w.claims.Submit(context.Background(), everyone, w.parse(body))
	require.NoError(w.t, err)
	return answer
}

func TestEvidenceIsResolvedToTheServersOwn(t *testing.T) {
	w := newMemoryWorld(t)
	answer := w.answer(withEvidence("E-1"))
	first := answer.Root().Field("entry").Index(0)
	response := readResponse(t, answer.Extract(first.Field("resource")))
	require.Equal(t, "complete", response.Outcome)
	_, denied := amounts(response.Item[0].Adjudication)
	require.Empty(t, denied)

	claim := w.get("Claim", response.ID)
	require.NotContains(t, string(claim.Bytes()), "urn:uuid:", "nothing dangles")
	require.Equal(t, "Patient/p-2001-01", field(claim, "patient", "reference"))
	require.Equal(t, "Coverage/p-2001-01", field(claim, "insurance", "coverage", "reference"))
	require.Equal(t, "Organization/ziwani", field(claim, "provider", "reference"))
	require.Equal(t, "Organization/umoja", field(claim, "insurer", "reference"))
	require.Equal(t, "D-9", field(claim, "careTeam", "provider", "identifier", "value"), "a party that is not known becomes a logical reference")
	require.Equal(t, "Practitioner", field(claim, "careTeam", "provider", "type"))
	require.Equal(t, "#evidence-1", field(claim, "supportingInfo", "valueReference", "reference"))
	document := claim.Root().Field("contained").Index(0)
	require.Equal(t, "evidence-1", document.Field("id").Text())
	require.Equal(t, "Patient/p-2001-01", document.Field("subject").Field("reference").Text())
	require.False(t, document.Field("meta").Exists(), "contained resources have no version")

	stored := w.get("ClaimResponse", response.ID)
	require.Equal(t, "Patient/p-2001-01", field(stored, "patient", "reference"))
	w.verify()
}

func TestAnswerInTheNamesOfTheRequest(t *testing.T) {
	w := newMemoryWorld(t)
	answer := w.answer(withEvidence("E-2"))
	require.Equal(t, "collection", field(answer, "type"))
	var urls []string
	for e := range answer.Root().Field("entry").Each() {
		urls = append(urls, e.Field("fullUrl").Text())
	}
	id := answer.Root().Field("entry").Index(0).Field("resource").Field("id").Text()
	require.Equal(t, "https://claims.test/fhir/ClaimResponse/"+id, urls[0], "the response comes first")
	require.ElementsMatch(t, []string{urnPatient, urnCoverage, urnProvider, urnInsurer}, urls[1:], "then what it refers to, each once")
	response := readResponse(t, answer.Extract(answer.Root().Field("entry").Index(0).Field("resource")))
	require.Equal(t, urnPatient, response.Patient.Reference)
	require.Equal(t, urnProvider, response.Requestor.Reference)
	require.Equal(t, urnCoverage, response.Insurance[0].Coverage.Reference)
	require.Contains(t, string(answer.Bytes()), "our name for it", "echoed as it was sent")

	again := w.answer(strings.ReplaceAll(withEvidence("E-2"), urnPatient, "urn:uuid:99999999-9999-4999-8999-999999999999"))
	require.Equal(t, id, again.Root().Field("entry").Index(0).Field("resource").Field("id").Text(), "urn:uuids drawn anew are no other content")
}

func TestUnknownEvidence(t *testing.T) {
	w := newMemoryWorld(t)
	answer := w.answer(strings.ReplaceAll(withEvidence("E-3"), memberNumber, "P-0000-00"))
	response := readResponse(t, answer.Extract(answer.Root().Field("entry").Index(0).Field("resource")))
	require.Equal(t, "error", response.Outcome)
	require.Equal(t, "4711", response.Patient.Identifier.Value)
	require.NotContains(t, string(w.get("Claim", response.ID).Bytes()), "urn:uuid:")
}

func TestFirstEntryRules(t *testing.T) {
	w := newMemoryWorld(t)
	prior := claimSpec{identifier: "E-4"}.json()
	update := claimSpec{identifier: "E-5", members: `,"related":[{"claim":{"reference":"` + urnPrior + `"},"relationship":{"coding":[{"code":"prior"}]}}]`}.json()
	bundle := func(entries ...string) string {
		return `{"resourceType":"Bundle","type":"collection","entry":[` + strings.Join(entries, ",") + `]}`
	}
	answer := w.answer(bundle(entryOf(urnClaim, update), entryOf(urnPrior, prior)))
	require.Equal(t, "Bundle[ClaimResponse]", shape(answer.Root()), "the second claim is only referred to")
	require.Equal(t, int64(1), w.count("Claim"))
	response := answer.Root().Field("entry").Index(0).Field("resource")
	claim := w.get("Claim", response.Field("id").Text())
	require.Equal(t, "E-4", field(claim, "related", "claim", "identifier", "value"))

	answer = w.answer(bundle(entryOf(urnPrior, prior), entryOf(urnClaim, update)))
	require.Equal(t, "Bundle[ClaimResponse ClaimResponse]", shape(answer.Root()), "the first does not refer to the second")
}

func TestContainedEvidence(t *testing.T) {
	w := newMemoryWorld(t)
	contained := `{"resourceType":"Claim","contained":[
{"resourceType":"Patient","id":"p","identifier":[{"system":"https://claimwright.org/sandbox/members","value":"` + memberNumber + `"}]},
{"resourceType":"Coverage","id":"c","identifier":[{"system":"https://claimwright.org/sandbox/members","value":"` + memberNumber + `"}],"status":"active","beneficiary":{"reference":"#p"},"payor":[{"display":"Umoja"}]},
{"resourceType":"Practitioner","id":"d","name":[{"family":"Otieno"}]}],`
	body := strings.Replace(claimSpec{identifier: "E-6", patient: `{"reference":"#p"}`, coverage: `{"reference":"#c"}`,
		members: `,"careTeam":[{"sequence":1,"provider":{"reference":"#d"}}]`}.json(), `{"resourceType":"Claim",`, contained, 1)
	got := w.submit(w.parse(body))
	require.Equal(t, "complete", got.Outcome)
	claim := w.get("Claim", got.ID)
	require.Equal(t, "Patient/p-2001-01", field(claim, "patient", "reference"))
	require.Equal(t, "#d", field(claim, "careTeam", "provider", "reference"))
	require.Equal(t, 1, claim.Root().Field("contained").Len(), "what nothing refers to any longer is left out")
	require.Equal(t, "d", claim.Root().Field("contained").Index(0).Field("id").Text())
}

func TestAbsoluteReferencesToThisServer(t *testing.T) {
	w := newMemoryWorld(t)
	got := w.submit(w.parse(claimSpec{identifier: "E-7", patient: `{"reference":"https://claims.test/fhir/Patient/p-2001-01"}`,
		coverage: `{"reference":"https://claims.test/fhir/Coverage/p-2001-01/_history/1"}`}.json()))
	require.Equal(t, "complete", got.Outcome)
	require.Equal(t, "Patient/p-2001-01", got.Patient.Reference)
	_, denied := amounts(got.Item[0].Adjudication)
	require.Empty(t, denied)

	elsewhere := w.submit(w.parse(claimSpec{identifier: "E-8", patient: `{"reference":"https://elsewhere.test/fhir/Patient/p-2001-01"}`}.json()))
	require.Equal(t, "error", elsewhere.Outcome, "another server's patient is nobody here")
}
