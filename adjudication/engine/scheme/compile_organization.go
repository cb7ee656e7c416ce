package scheme

import (
	"slices"
	"strings"
	"time"

	"claimwright/adjudication/engine/money"
	"claimwright/fhir/codec"
)

const (
	organizationTypes = "http://terminology.hl7.org/CodeSystem/organization-type"
	timeZoneExtension = "http://hl7.org/fhir/StructureDefinition/timezone"
)

func (c *compiler) organization(d *codec.Document) {
	root := d.Root()
	if active := root.Get(nActive); active.Exists() && !active.Bool() {
		return
	}
	ids := identifiersOf(root)
	known := false
	if hasCode(root.Get(nType), organizationTypes, "ins") {
		known = c.insurer(root, ids)
	}
	if hasCode(root.Get(nType), organizationTypes, "prov") {
		known = c.facility(root, ids) || known
	}
	if !known {
		return
	}
	for _, id := range ids {
		if key := c.source().Key; !slices.Contains(c.sch.byName[id], key) {
			c.sch.byName[id] = append(c.sch.byName[id], key)
		}
	}
}

func (c *compiler) insurer(root codec.Value, ids []Code) bool {
	c.begin()
	currency := strings.Clone(valueOf(extension(root, "currency")).Text())
	if currency == "" {
		c.fail(root, "The insurer has no currency", "nothing", "the extension "+extensionBase+"currency")
	}
	zone := c.zone(root)
	profile := DefaultProfile
	if e := extension(root, "insurer-settings"); e.Exists() {
		profile = choice(c.fields(e, parts["insurer-settings"]), "profile", profiles)
	}
	checks := defaultChecks()
	c.checkSettings(&checks, root)
	profile.apply(&checks)
	rates := c.exchangeRates(root, currency)
	if c.failed {
		return false
	}
	c.sch.insurers[c.source().Key] = &Insurer{
		Source: c.source(), Name: strings.Clone(root.Get(nName).Text()), Identifiers: ids,
		Currency: currency, Digits: money.Digits(currency), Zone: zone, Checks: checks,
		Profile: profile, Practice: practices[profile], Rates: rates,
	}
	return true
}

func (c *compiler) zone(root codec.Value) *time.Location {
	for e := range root.Get(nExtension).Each() {
		if e.Get(nURL).Text() != timeZoneExtension {
			continue
		}
		name := strings.Clone(valueOf(e).Text())
		zone, err := time.LoadLocation(name)
		if err != nil || name == "" || name == "Local" {
			c.fail(e, "The time zone is not known", name, "an IANA time zone such as Africa/Nairobi")
			return nil
		}
		return zone
	}
	c.warn(root, "The insurer has no time zone; its days begin at midnight UTC", "nothing", "the extension "+timeZoneExtension)
	return time.UTC
}

func (c *compiler) facility(root codec.Value, ids []Code) bool {
	c.begin()
	f := &Facility{Source: c.source(), Name: strings.Clone(root.Get(nName).Text()), Identifiers: ids}
	if e := extension(root, "facility"); e.Exists() {
		given := c.fields(e, parts["facility"])
		f.Level = choice(given, "level", levels)
		f.Care = choice(given, "careType", cares)
	}
	if !c.failed {
		c.sch.facilities[f.Key] = f
	}
	return !c.failed
}
