package engine

import (
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/money"
)

func TestReadPatientKeepsTheHeadsMemory(t *testing.T) {
	f := newFixture(t)
	head := &ledger.Member{Covers: []ledger.Cover{f.cover}, Tally: ledger.Tally{Seq: 7}}
	doc := f.parse(`{"resourceType":"Patient","id":"m","meta":{"versionId":"3"},"active":false,"gender":"male","birthDate":"1990-02","deceasedDateTime":"2026-05-01T10:00:00Z"}`)
	m := ReadPatient(doc, head)
	require.Equal(t, &ledger.Member{
		ID: "m", Version: "3", Sex: ledger.Male, Birth: date("1990-02-01"), Died: date("2026-05-01"), Inactive: true,
		Covers: head.Covers, Tally: head.Tally,
	}, m)
	require.Empty(t, head.ID, "the head given is not changed")
	require.Equal(t, &ledger.Member{ID: "n"}, ReadPatient(f.parse(`{"resourceType":"Patient","id":"n"}`), nil))
}

const coverageHead = `{"resourceType":"Coverage","id":"k","status":"active","beneficiary":{"reference":"Patient/m"},"identifier":[{"system":"urn:c","value":"7"}],
	"class":[{"type":{"coding":[{"code":"group"}]},"value":"G"},{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/coverage-class","code":"plan"}]},"value":"PLAN"}],`

func TestReadCover(t *testing.T) {
	f := newFixture(t)
	doc := f.parse(coverageHead + `"payor":[{"identifier":{"system":"urn:org","value":"I"}}],"contract":[{"reference":"Contract/p"}],
		"period":{"start":"2026-01-01T00:00:00+03:00","end":"2026-12"},
		"extension":[{"url":"https://claimwright.org/fhir/StructureDefinition/cover-stage","valueCode":"renewed"}],
		"costToBeneficiary":[{"type":{"coding":[{"code":"gpvisit"}]},"valueMoney":{"value":5}},{"type":{"coding":[{"code":"copaypct"}]},"valueQuantity":{"value":12.5}}]}`)
	ref, cover, issues := ReadCover(doc, f.scheme())
	require.Empty(t, issues)
	require.Equal(t, "Patient/m", ref.Key)
	require.Equal(t, ledger.Cover{
		ID: "k", Policy: "policy/p/PLAN", Insurer: "Organization/ins", Plan: "PLAN", Active: true, Stage: ledger.Renewed,
		Period:     day.Period{From: date("2026-01-01"), To: date("2026-12-31")},
		MemberPays: money.New(125, 1), HasMemberPays: true, Identifiers: []string{"urn:c|7"}, Subscriber: "Patient/m",
	}, cover)
}

func TestReadCoverWithoutAContractIsToldApartBySubscriber(t *testing.T) {
	f := newFixture(t)
	_, cover, issues := ReadCover(f.parse(coverageHead+`"payor":[{"reference":"Organization/ins"}],"subscriberId":"S 1","period":{"start":"2026-01-01"}}`), f.scheme())
	require.Empty(t, issues)
	require.Equal(t, "policy/~Organization%2Fins~S%201~2026-01-01/PLAN", cover.Policy)
	require.Equal(t, ledger.New, cover.Stage)
	_, cover, _ = ReadCover(f.parse(coverageHead+`"payor":[{"reference":"Organization/ins"}],"subscriber":{"reference":"Patient/s"}}`), f.scheme())
	require.Equal(t, "policy/~Organization%2Fins~Patient%2Fs~/PLAN", cover.Policy)
	_, cover, _ = ReadCover(f.parse(coverageHead+`"payor":[{"reference":"Organization/ins"}],"contract":[{"identifier":{"system":"u","value":"1/2"}}]}`), f.scheme())
	require.Equal(t, "policy/%7Eu%7C1%2F2/PLAN", cover.Policy)
}

func TestReadCoverRefusesWhatCannotBe(t *testing.T) {
	f := newFixture(t)
	_, _, issues := ReadCover(f.parse(coverageHead+`"payor":[{"reference":"Organization/ins"}],"period":{"start":"2026-02-01","end":"2026-01-01"}}`), f.scheme())
	require.Equal(t, "Coverage.period", issues[0].Expression)
	_, _, issues = ReadCover(f.parse(coverageHead+`"payor":[{"reference":"Organization/ins"}],"costToBeneficiary":[{"type":{"coding":[{"code":"copaypct"}]},"valueQuantity":{"value":101}}]}`), f.scheme())
	require.Equal(t, "101", issues[0].Found)
}

func TestReadPolicy(t *testing.T) {
	f := newFixture(t)
	head := &ledger.Policy{ID: "policy/p/PLAN", Steps: []ledger.Step{{At: 1, By: 1}}}
	doc := f.parse(`{"resourceType":"Contract","id":"p","meta":{"versionId":"4"},"status":"executed","authority":[{"reference":"Organization/ins"}],
		"applies":{"start":"2026-01-01","end":"2026-12-31T20:59:59Z"}}`)
	p := ReadPolicy(doc, f.scheme(), head)
	require.Equal(t, &ledger.Policy{
		ID: head.ID, Contract: "Contract/p", Version: "4", InForce: true, Steps: head.Steps,
		Period: day.Period{From: date("2026-01-01"), To: date("2026-12-31")},
	}, p)
	require.Empty(t, head.Contract, "the head given is not changed")
	doc = f.parse(`{"resourceType":"Contract","id":"p","status":"revoked"}`)
	require.False(t, ReadPolicy(doc, f.scheme(), head).Holds(date("2026-05-01")))
}
