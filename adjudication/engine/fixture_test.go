package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
)

// fixture is a small scheme, one member and one claim, each with sensible defaults that a test changes by a line of JSON.
type fixture struct {
	t testing.TB
	// plan holds further extensions of the plan: "limit kind=… amount=…", see ext.
	plan []string
	// plans are further plans of the insurer: their extensions by code.
	plans map[string][]string
	// said are further parts of the plan's settings.
	said string
	// insurer holds further extensions of the insurer, terminology resources that its checks and the plan's name.
	insurer, terminology []string
	// listed holds further entries of the price list.
	listed []string
	// register holds further parts of the register's extension by code; codes A to D exist without.
	register map[string]string
	// tariff are further Contracts of reimbursement tariffs, see tariffOf.
	tariff []string
	// components are further price components of the register by code, each with a leading comma.
	components map[string]string
	// prices are the listed unit prices by code; missing ones are 100, "-" is not listed.
	prices  map[string]string
	care    string
	level   string
	member  ledger.Member
	cover   ledger.Cover
	policy  ledger.Policy
	claim   string // further elements of the claim, each with a comma at its end
	use     string
	dates   string
	created string
	lines   []string
	now     time.Time
	dupe    string
	// id is the Claim's, auth the preAuthRef that it names.
	id, auth string
	account  *account
}

// account keeps the heads between claims.
type account struct {
	member *ledger.Member
	policy *ledger.Policy
	// groups are the heads of families and events by id.
	groups map[string]*ledger.Policy
}

func newFixture(t testing.TB) *fixture {
	return &fixture{
		t: t, care: "both", level: "C", use: "claim", dates: "2026-05-10", created: "2036-12-31", id: "c1",
		register: map[string]string{}, components: map[string]string{}, prices: map[string]string{},
		member: ledger.Member{ID: "m", Sex: ledger.Female, Birth: date("1990-01-01")},
		cover: ledger.Cover{
			ID: "k", Policy: ledger.PolicyID("p", "PLAN"), Insurer: "Organization/ins", Plan: "PLAN", Active: true,
			Stage: ledger.Renewed, Period: day.Period{From: date("2026-01-01"), To: date("2026-12-31")},
		},
		policy: ledger.Policy{
			ID: ledger.PolicyID("p", "PLAN"), Contract: "Contract/p", InForce: true,
			Period: day.Period{From: date("2026-01-01"), To: date("2026-12-31")},
		},
		now: time.Date(2026, 6, 1, 8, 0, 0, 0, time.UTC),
	}
}

func date(text string) day.Date {
	m, err := day.ParseMoment(text)
	if err != nil {
		panic(err)
	}
	return m.First(nil)
}

// line adds a line: code, quantity, unit price ("" for none).
func (f *fixture) line(code, quantity, unit string) *fixture {
	extra := ""
	if unit != "" {
		extra = fmt.Sprintf(`,"unitPrice":{"value":%s,"currency":"USD"}`, unit)
	}
	return f.rawLine(code, fmt.Sprintf(`"quantity":{"value":%s}%s`, quantity, extra))
}

func (f *fixture) rawLine(code, elements string) *fixture {
	if !strings.Contains(elements, "serviced") && f.dates != "" {
		elements += fmt.Sprintf(`,"servicedDate":%q`, f.dates)
	}
	f.lines = append(f.lines, fmt.Sprintf(`{"sequence":%d,"productOrService":{"coding":[{"system":"urn:reg","code":%q}]},%s}`, len(f.lines)+1, code, strings.TrimPrefix(elements, ",")))
	return f
}

// ext writes a complex extension from "name part=value part=value"; the type follows from the part.
func ext(text string) string {
	words := strings.Fields(text)
	var subs []string
	for _, w := range words[1:] {
		part, value, _ := strings.Cut(w, "=")
		subs = append(subs, fmt.Sprintf(`{"url":%q,%s}`, part, extValue(part, value)))
	}
	return fmt.Sprintf(`{"url":"https://claimwright.org/fhir/StructureDefinition/%s","extension":[%s]}`, words[0], strings.Join(subs, ","))
}

func extValue(part, value string) string {
	switch part {
	case "part": // item*quantity
		item, quantity, _ := strings.Cut(value, "*")
		return fmt.Sprintf(`"extension":[{"url":"item","valueCoding":{"system":"urn:reg","code":%q}},{"url":"quantity","valueDecimal":%s}]`, item, quantity)
	case "amount", "extraMember", "maximum", "above":
		return fmt.Sprintf(`"valueMoney":{"value":%s,"currency":"USD"}`, value)
	case "start", "end":
		return fmt.Sprintf(`"valueDate":%q`, value)
	case "rate", "percent", "maxQuantity":
		return fmt.Sprintf(`"valueDecimal":%s`, value)
	case "reviewScore", "threshold", "days", "quantityDays", "maxCount", "waitingMonths", "adultAge", "frequencyDays", "frequencyCount", "duplicateDays", "authorizationDays", "authorizationGrace":
		return fmt.Sprintf(`"valueUnsignedInt":%s`, value)
	case "manualReview", "excluded", "allowed", "receiptRequired", "enabled", "withinClaim":
		return fmt.Sprintf(`"valueBoolean":%s`, value)
	case "item", "includes":
		return fmt.Sprintf(`"valueCoding":{"system":"urn:reg","code":%q}`, value)
	case "list":
		return fmt.Sprintf(`"valueCanonical":%q`, value)
	case "id":
		return fmt.Sprintf(`"valueString":%q`, value)
	}
	return fmt.Sprintf(`"valueCode":%q`, value)
}

// codes are those of the register, in order: A to D, and whatever else has rules.
func (f *fixture) codes() []string {
	all := slices.AppendSeq([]string{"A", "B", "C", "D"}, maps.Keys(f.register))
	slices.Sort(all)
	return slices.Compact(all)
}

func (f *fixture) parse(body string) *codec.Document {
	f.t.Helper()
	doc, issues := codec.Parse([]byte(body), codec.Limits{})
	require.Empty(f.t, issues, body)
	return doc
}

func (f *fixture) scheme() *scheme.Scheme {
	f.t.Helper()
	const types = "http://terminology.hl7.org/CodeSystem/organization-type"
	docs := []*codec.Document{
		f.parse(`{"resourceType":"Organization","id":"ins","name":"I","type":[{"coding":[{"system":"` + types + `","code":"ins"}]}],
			"identifier":[{"system":"urn:org","value":"I"}],
			"extension":[{"url":"https://claimwright.org/fhir/StructureDefinition/currency","valueCode":"USD"},
			{"url":"http://hl7.org/fhir/StructureDefinition/timezone","valueCode":"Africa/Nairobi"}` + f.insurerExtensions() + `]}`),
		f.parse(`{"resourceType":"Organization","id":"fac","name":"F","type":[{"coding":[{"system":"` + types + `","code":"prov"}]}],
			"identifier":[{"system":"urn:org","value":"F"}],
			"extension":[` + ext("facility level="+f.level+" careType="+f.care) + `]}`),
		f.parse(`{"resourceType":"Organization","id":"fac2","name":"F2","type":[{"coding":[{"system":"` + types + `","code":"prov"}]}]}`),
	}
	for _, body := range f.terminology {
		docs = append(docs, f.parse(body))
	}
	plan := append([]string{}, f.plan...)
	if !strings.Contains(strings.Join(plan, ";"), "plan-benefit kind") {
		plan = append(plan, "plan-benefit kind=coinsurance percent=100")
	}
	for i := range plan {
		plan[i] = ext(plan[i])
	}
	docs = append(docs, f.parse(`{"resourceType":"InsurancePlan","id":"plan","status":"active","identifier":[{"system":"urn:plan","value":"PLAN"}],
		"period":{"start":"2020-01-01"},"ownedBy":{"reference":"Organization/ins"},"extension":[`+strings.Join(plan, ",")+`]}`))
	for code, extensions := range f.plans {
		var all []string
		for _, e := range extensions {
			all = append(all, ext(e))
		}
		docs = append(docs, f.parse(`{"resourceType":"InsurancePlan","id":"plan-`+strings.ToLower(code)+`","status":"active","identifier":[{"system":"urn:plan","value":"`+code+`"}],
			"period":{"start":"2020-01-01"},"ownedBy":{"reference":"Organization/ins"},"extension":[`+strings.Join(all, ",")+`]}`))
	}
	listed := append([]string{}, f.listed...)
	for _, code := range f.codes() {
		rules := f.register[code]
		if !strings.Contains(rules, "kind=") {
			rules = "kind=service " + rules
		}
		docs = append(docs, f.parse(`{"resourceType":"ChargeItemDefinition","id":"item-`+strings.ToLower(code)+`","url":"urn:reg:`+code+`","status":"active",
			"effectivePeriod":{"start":"2020-01-01"},"code":{"coding":[{"system":"urn:reg","code":"`+code+`"}]},
			"propertyGroup":[{"priceComponent":[{"type":"base","amount":{"value":70,"currency":"USD"}}`+f.components[code]+`]}],
			"extension":[`+ext("register-item "+rules)+`]}`))
		if entry := f.price(code); entry != "" {
			listed = append(listed, entry)
		}
	}
	docs = append(docs, f.parse(`{"resourceType":"Contract","id":"prices","status":"executed","authority":[{"reference":"Organization/ins"}],"subject":[{"reference":"Organization/fac"},{"reference":"Organization/fac2"}],
		"type":{"coding":[{"system":"https://claimwright.org/fhir/CodeSystem/contract-type","code":"price-list"}]},
		"term":[{"offer":{"text":"x"},"asset":[{"valuedItem":[`+strings.Join(listed, ",")+`]}]}]}`))
	for _, body := range f.tariff {
		docs = append(docs, f.parse(body))
	}
	sch, issues := scheme.Compile(docs)
	require.Empty(f.t, issues)
	return sch
}

func (f *fixture) insurerExtensions() string {
	all := ""
	for _, e := range f.insurer {
		all += "," + ext(e)
	}
	return all
}

func (f *fixture) price(code string) string {
	price, ok := f.prices[code]
	if !ok {
		price = "100"
	}
	price, override, _ := strings.Cut(price, " ")
	unit := fmt.Sprintf(`,"unitPrice":{"value":%s,"currency":"USD"}`, price)
	switch price {
	case "-":
		return ""
	case "register":
		unit = ""
	}
	if override != "" { // "100 price-override allowed=true"
		unit += `,"extension":[` + ext(override) + `]`
	}
	return fmt.Sprintf(`{"entityCodeableConcept":{"coding":[{"system":"urn:reg","code":%q}]}%s}`, code, unit)
}

func (f *fixture) claimJSON() string {
	claim, auth := f.claim, ""
	if f.auth != "" {
		auth = fmt.Sprintf(`,"preAuthRef":[%q]`, f.auth)
	}
	for name, value := range map[string]string{
		"insurer":  `{"reference":"Organization/ins"}`,
		"type":     `{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"professional"}]}`,
		"provider": `{"reference":"Organization/fac"}`,
	} {
		if !strings.Contains(claim, `"`+name+`":`) {
			claim += fmt.Sprintf(`%q:%s,`, name, value)
		}
	}
	return `{"resourceType":"Claim","status":"active",` + claim + `"use":"` + f.use + `","patient":{"reference":"Patient/m"},
		"created":"` + f.created + `","priority":{"text":"normal"},
		"insurance":[{"sequence":1,"focal":true,"coverage":{"reference":"Coverage/k"}` + auth + `}],"item":[` + strings.Join(f.lines, ",") + `]}`
}

func (f *fixture) read() *Claim {
	f.t.Helper()
	claim, issues := ReadClaim(f.parse(f.claimJSON()))
	require.Empty(f.t, issues)
	return claim
}

// makeCase makes the case; the heads are the account's where there is one.
func (f *fixture) makeCase() *Case {
	f.t.Helper()
	return f.caseOf(f.scheme())
}

// caseOf is makeCase under a scheme that was made before.
func (f *fixture) caseOf(sch *scheme.Scheme) *Case {
	f.t.Helper()
	if f.account == nil {
		m := f.member
		m.Covers = []ledger.Cover{f.cover}
		f.account = &account{member: &m, policy: &f.policy, groups: map[string]*ledger.Policy{}}
	}
	c := &Case{
		Claim: f.read(), Scheme: sch, Member: f.account.member, MemberVersion: 1,
		Policies: []PolicyHead{{Head: f.account.policy, Version: 1}}, Now: f.now, ClaimID: f.id, ResponseID: "r1", DuplicateOf: f.dupe,
	}
	for _, id := range Concerned(c.Claim, c.Member, c.Scheme) {
		if id == f.account.policy.ID {
			continue
		}
		if f.account.groups[id] == nil {
			f.account.groups[id] = &ledger.Policy{ID: id}
		}
		c.Policies = append(c.Policies, PolicyHead{Head: f.account.groups[id], Version: 1})
	}
	return c
}

func (f *fixture) decide() *Decision {
	f.t.Helper()
	return Decide(f.makeCase())
}

// submit decides, books, and clears the lines for the next claim.
func (f *fixture) submit() *Decision {
	f.t.Helper()
	d := f.decide()
	for i := range d.Entries {
		f.book(&d.Entries[i])
	}
	f.lines = nil
	return d
}

// book applies an entry to its head.
func (f *fixture) book(e *ledger.Entry) {
	f.t.Helper()
	var err error
	switch head := f.account.groups[e.Head]; {
	case e.Head == f.account.policy.ID:
		f.account.policy, err = f.account.policy.With(e)
	case head != nil:
		f.account.groups[e.Head], err = head.With(e)
	default:
		require.Equal(f.t, ledger.MemberID(f.account.member.ID), e.Head)
		f.account.member, err = f.account.member.With(e)
	}
	require.NoError(f.t, err)
}

// tally is what the head of an entry holds.
func (f *fixture) tally(head string) *ledger.Tally {
	switch {
	case head == f.account.policy.ID:
		return &f.account.policy.Tally
	case f.account.groups[head] != nil:
		return &f.account.groups[head].Tally
	}
	return &f.account.member.Tally
}

// paid are what the lines pay, and denied why they are denied.
func paid(d *Decision) []string {
	var all []string
	for i := range d.Lines {
		all = append(all, d.Lines[i].Paid.String())
	}
	return all
}

func denied(d *Decision) []string {
	var all []string
	for i := range d.Lines {
		all = append(all, d.Lines[i].Denial.Code())
	}
	return all
}
