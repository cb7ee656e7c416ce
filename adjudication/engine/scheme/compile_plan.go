package scheme

import (
	"fmt"
	"slices"
	"strings"

	"claimwright/adjudication/engine/money"
	"claimwright/fhir/codec"
)

func (c *compiler) plan(d *codec.Document) {
	root := d.Root()
	if !c.published(root, root.Get(nPeriod)) {
		return
	}
	c.begin()
	insurer := c.sch.Insurer(c.organizationKey(root.Get(nOwnedBy)))
	if insurer == nil {
		c.miss(root, "The plan is not owned by a known insurer", root.Find(nOwnedBy, nReference).Text(), "ownedBy, an insurer")
		return
	}
	p := &Plan{
		Source: c.source(), Identifiers: identifiersOf(root), Name: strings.Clone(root.Get(nName).Text()),
		Insurer: insurer.Key, Valid: c.days(root.Get(nPeriod), insurer.Zone), Checks: insurer.Checks, Profile: insurer.Profile,
	}
	if len(p.Identifiers) == 0 {
		c.fail(root, "The plan has no identifier that a cover could name", "nothing", "InsurancePlan.identifier")
		return
	}
	p.Code = p.Identifiers[0].Value
	c.planSettings(p, root)
	c.checkSettings(&p.Checks, root)
	for e := range extensions(root, "plan-limit") {
		c.planLimit(p, e, insurer.Currency)
	}
	for e := range extensions(root, "plan-category-limit") {
		c.categoryLimit(p, e, insurer.Currency)
	}
	for e := range extensions(root, "plan-authorization") {
		c.authorizationRule(p, e, insurer.Currency)
	}
	c.planBenefits(p, root, insurer.Currency)
	if !c.failed {
		p.apply()
		c.addPlan(p, root)
	}
}

func (c *compiler) addPlan(p *Plan, root codec.Value) {
	keys := make([]planKey, 0, len(p.Identifiers))
	for _, id := range p.Identifiers {
		if key := (planKey{p.Insurer, id.Value}); !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	for _, key := range keys {
		for _, other := range c.sch.plans[key] {
			if other.Valid.Overlaps(p.Valid) {
				c.fail(root.Get(nPeriod), "The plan has another version in force on the same days",
					key.code, "periods that do not overlap with "+other.Key)
				return
			}
		}
	}
	for _, key := range keys {
		c.sch.plans[key] = append(c.sch.plans[key], p)
	}
}

func (c *compiler) planSettings(p *Plan, root codec.Value) {
	f := fields{c: c, at: root}
	if e := extension(root, "plan-settings"); e.Exists() {
		f = c.fields(e, parts["plan-settings"])
	}
	profile := or(f, "profile", profiles, p.Profile)
	p.Profile, p.Practice, p.Settings = profile, practices[profile], profile.settings()
	profile.apply(&p.Checks)
	if f.has("adultAge") {
		p.Settings.AdultAge = f.whole("adultAge")
	}
	p.Settings.Excess = or(f, "quantityExcess", excesses, p.Settings.Excess)
	p.Settings.CoverBy = choice(f, "coverDate", coverDates)
	p.Settings.SettingBy = or(f, "settingBy", settingWays, p.Settings.SettingBy)
	p.Settings.ManualReview = f.flag("manualReview")
	p.Settings.ReceiptRequired = f.flag("receiptRequired")
	p.Settings.ReviewScore = f.whole("reviewScore")
	if f.has("careCheck") {
		p.Settings.StrictCare = choice(f, "careCheck", careChecks) == strictCareCheck
	}
	c.authorizationSettings(&p.Settings, f)
}

func (c *compiler) planLimit(p *Plan, e codec.Value, currency string) {
	f := c.fields(e, parts["plan-limit"])
	l := Limit{
		ID: f.text("id"), Kind: choice(f, "kind", limitKinds), Scope: choice(f, "scope", scopes),
		Where: choice(f, "setting", settings), Reckoning: f.reckoning("period", "days"), Amount: f.money("amount", currency),
	}
	for _, name := range []string{"kind", "scope", "amount"} {
		if !f.has(name) {
			c.fail(e, "The limit is not complete", "no "+name, "kind, scope and amount")
		}
	}
	if l.ID == "" {
		l.ID = fmt.Sprintf("%s/%s/%s/%s", l.Kind, l.Scope, l.Where, l.Reckoning)
	}
	c.timed(f, l.Scope, l.Reckoning)
	if strings.Contains(l.ID, ":") {
		c.fail(e, "The limit's id cannot be used", l.ID, "an id without a colon, which ids of the ledger's own use")
	}
	if slices.ContainsFunc(p.Limits, func(o Limit) bool { return o.ID == l.ID }) {
		c.fail(e, "The plan has two limits of the same id", l.ID, "a part \"id\" of its own")
	}
	l.Family = c.family(f, &l, currency)
	p.Limits = append(p.Limits, l)
	p.scopes |= 1 << l.Scope
}

func (c *compiler) family(f fields, l *Limit, currency string) *Family {
	if !f.has("extraMember") && !f.has("threshold") && !f.has("maximum") {
		return nil
	}
	if l.Scope != PerPolicy && l.Scope != PerFamily || l.Kind != Ceiling || !f.has("extraMember") {
		c.fail(f.at, "Only the ceiling of a policy or a family grows with its members",
			"threshold, extraMember or maximum", "scope policy or family, kind ceiling and extraMember")
	}
	return &Family{
		Threshold: f.whole("threshold"), Extra: f.money("extraMember", currency),
		Maximum: f.money("maximum", currency), HasMaximum: f.has("maximum"),
	}
}

func (c *compiler) categoryLimit(p *Plan, e codec.Value, currency string) {
	f := c.fields(e, parts["plan-category-limit"])
	category := choice(f, "category", categories)
	if category == NoCategory {
		c.fail(e, "The limit names no category", "nothing", strings.Join(categories[1:], ", "))
		return
	}
	l := &p.Categories[category]
	if f.has("amount") && l.HasAmount || f.has("maxCount") && l.HasCount {
		c.fail(e, "The category is limited twice", category.String(), "one amount and one maxCount")
	}
	over := f.reckoning("period", "days")
	if f.has("amount") {
		l.Amount, l.HasAmount = f.money("amount", currency), true
		l.AmountScope = choice(f, "amountScope", scopes)
		if l.AmountScope != PerClaim && l.AmountScope != PerEvent {
			l.AmountOver = over
		}
		p.scopes |= 1 << l.AmountScope
	}
	if f.has("maxCount") {
		l.Count, l.HasCount, l.CountOver = f.whole("maxCount"), true, over
	}
}

// hundred is the percentage that covers everything.
var hundred = money.Whole(100)
