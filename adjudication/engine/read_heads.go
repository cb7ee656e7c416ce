package engine

import (
	"slices"
	"strings"
	"time"

	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// ReadPatient takes a Patient's demographics into the member's head: a new one when head is nil. The head given is not
// changed, nothing in the result shares the document's memory. A birth date without its day counts as the first day that
// it may mean; a death without a date is not noted, because it says nothing about earlier days.
func ReadPatient(doc *codec.Document, head *ledger.Member) *ledger.Member {
	root := doc.Root()
	m := ledger.Member{}
	if head != nil {
		m = *head
	}
	var p problems
	m.ID, m.Version = doc.ID(), doc.VersionID()
	m.Birth = p.moment(root.Get(nBirthDate)).First(nil)
	m.Died = p.moment(root.Get(nDeceasedDateTime)).Last(nil)
	active := root.Get(nActive)
	m.Inactive = active.Exists() && !active.Bool()
	switch root.Get(nGender).Text() {
	case "male":
		m.Sex = ledger.Male
	case "female":
		m.Sex = ledger.Female
	case "other", "unknown":
		m.Sex = ledger.Other
	default:
		m.Sex = ledger.SexNotRecorded
	}
	return &m
}

// ReadCover takes from a Coverage what the head of its beneficiary needs, and says who that is. The payor is looked up in
// the scheme; if it is none of its insurers, no claim will ever reach the cover. Issues mean that the Coverage cannot be
// used; the cover is then to be left out.
func ReadCover(doc *codec.Document, sch *scheme.Scheme) (beneficiary Reference, cover ledger.Cover, issues []outcome.Issue) {
	root := doc.Root()
	var p problems
	payor := readReference(root, root.Get(nPayor).Index(0))
	c := ledger.Cover{
		ID: doc.ID(), Version: doc.VersionID(), Active: root.Get(nStatus).Text() == "active",
		Plan: strings.Clone(planCode(root)), Stage: coverStage(root), Insurer: strings.Clone(payor.Key),
	}
	zone := time.UTC
	if insurer := findInsurer(&payor, sch); insurer != nil {
		c.Insurer, zone = insurer.Key, insurer.Zone
	}
	c.Period = p.span(root.Get(nPeriod)).In(zone)
	if c.Period.From > c.Period.End() {
		p.add(outcome.Value, root.Get(nPeriod), "The period ends before it starts",
			c.Period.To.String(), "a day from "+c.Period.From.String()+" on")
	}
	for _, id := range appendIdentifiers(nil, root) {
		c.Identifiers = append(c.Identifiers, id.String())
	}
	c.MemberPays, c.HasMemberPays = p.memberPays(root)
	c.Subscriber = strings.Clone(subscriber(root))
	c.Policy = policyID(root, &c)
	return readReference(root, root.Get(nBeneficiary)), c, p.issues
}

// planCode is the value of the class of type plan.
func planCode(root codec.Value) string {
	for class := range root.Get(nClass).Each() {
		for coding := range class.Get(nType).Get(nCoding).Each() {
			if coding.Get(nCode).Text() == "plan" {
				return class.Get(nValue).Text()
			}
		}
	}
	return ""
}

func coverStage(root codec.Value) ledger.Stage {
	for e := range root.Get(nExtension).Each() {
		if e.Get(nURL).Text() == scheme.Base+"/StructureDefinition/cover-stage" && e.Get(nValueCode).Text() == "renewed" {
			return ledger.Renewed
		}
	}
	return ledger.New
}

// memberPays reads the percentage of Coverage.costToBeneficiary of type copaypct.
func (p *problems) memberPays(root codec.Value) (money.Decimal, bool) {
	for cost := range root.Get(nCostToBeneficiary).Each() {
		percent := cost.Get(nValueQuantity).Get(nValue)
		if cost.Find(nType, nCoding, nCode).Text() != "copaypct" || !percent.Exists() {
			continue
		}
		return p.decimal(percent, percentage), true
	}
	return money.Decimal{}, false
}

// policyID names the policy's head: by the Contract, or else by payor, subscriber, plan and start.
func policyID(root codec.Value, c *ledger.Cover) string {
	contract := readReference(root, root.Get(nContract).Index(0))
	if id, ok := strings.CutPrefix(contract.Key, "Contract/"); ok {
		return ledger.PolicyID(id, c.Plan)
	}
	if len(contract.Identifiers) > 0 {
		return ledger.PolicyID("~"+contract.Identifiers[0].String(), c.Plan)
	}
	return ledger.PolicyIDWithoutContract(c.Insurer, c.Subscriber, c.Plan, c.Period.From)
}

func subscriber(root codec.Value) string {
	if id := root.Get(nSubscriberID).Text(); id != "" {
		return id
	}
	for _, name := range []codec.Name{nSubscriber, nBeneficiary} {
		ref := readReference(root, root.Get(name))
		if ref.Key != "" {
			return ref.Key
		}
		if len(ref.Identifiers) > 0 {
			return ref.Identifiers[0].String()
		}
	}
	return ""
}

// ReadPolicy takes a Contract of our policy type into the head of one of its plans. The head given is not changed; it
// must not be nil, because a Contract does not name the plan.
func ReadPolicy(doc *codec.Document, sch *scheme.Scheme, head *ledger.Policy) *ledger.Policy {
	root := doc.Root()
	zone := time.UTC
	for v := range root.Get(nAuthority).Each() {
		authority := readReference(root, v)
		if insurer := findInsurer(&authority, sch); insurer != nil {
			zone = insurer.Zone
			break
		}
	}
	var p problems
	next := *head
	next.Contract, next.Version = "Contract/"+doc.ID(), doc.VersionID()
	next.InForce = scheme.ContractHolds(root.Get(nStatus).Text())
	next.Period = p.span(root.Get(nApplies)).In(zone)
	return &next
}

// findInsurer is the insurer that a reference means, nil if the scheme has none or the reference fits several.
func findInsurer(ref *Reference, sch *scheme.Scheme) *scheme.Insurer {
	return sch.Insurer(findOrganization(ref, sch, func(key string) bool { return sch.Insurer(key) != nil }))
}

// findFacility is the facility that a reference means, nil if the scheme has none or the reference fits several.
func findFacility(ref *Reference, sch *scheme.Scheme) *scheme.Facility {
	return sch.Facility(findOrganization(ref, sch, func(key string) bool { return sch.Facility(key) != nil }))
}

func findOrganization(ref *Reference, sch *scheme.Scheme, fits func(key string) bool) string {
	if ref.Key != "" {
		return ref.Key
	}
	var keys []string
	for _, id := range ref.Identifiers {
		for _, key := range sch.Organizations(id) {
			if fits(key) && !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	if len(keys) == 1 {
		return keys[0]
	}
	return ""
}
