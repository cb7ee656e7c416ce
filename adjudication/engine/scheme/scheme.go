package scheme

import (
	"time"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/rules"
)

// Scheme is immutable and safe for concurrent use. Everything it returns is shared and must not be changed.
type Scheme struct {
	digest     string
	insurers   map[string]*Insurer
	facilities map[string]*Facility
	byName     map[Code][]string // organisation keys by identifier
	plans      map[planKey][]*Plan
	register   map[Code][]*Item
	prices     map[priceKey]PriceLists
	tariffs    map[priceKey]PriceLists // those for any facility have no facility
	rules      *rules.Set
	visits     int
	peers      map[string]*Peers // by the insurer's key
	lists      []string
}

type planKey struct{ insurer, code string }

type priceKey struct{ insurer, facility string }

// Code is a code or an identifier: a value within a system.
type Code struct{ System, Value string }

// String is "system|value", as FHIR writes tokens.
func (c Code) String() string { return c.System + "|" + c.Value }

// Source names the resource that something was compiled from.
type Source struct {
	// Key is "InsurancePlan/gold".
	Key string
	// Version is its meta.versionId, empty when it had none.
	Version string
}

// Insurer is an organisation that this server decides for.
type Insurer struct {
	Source
	Name        string
	Identifiers []Code
	// Currency is the ISO 4217 code of all its amounts, Digits its digits behind the point.
	Currency string
	Digits   uint8
	// Zone is where its days begin. Never nil.
	Zone *time.Location
	// Profile and Practice are those of its plans that name none, and of what is decided before a plan is known.
	Profile  Profile
	Practice Practice
	// Checks are its settings, for what is checked before a plan is known.
	Checks Checks
	// Rates are the exchange rates, the latest start first.
	Rates []Rate
}

// Facility is an organisation that provides services.
type Facility struct {
	Source
	Name        string
	Identifiers []Code
	Level       Level
	Care        Care
}

// Item is one effective version of a service or an item of the register.
type Item struct {
	Source
	// ID is the item's identity in ledgers and price lists: its first code as "system|value", the same in all versions.
	ID string
	// QuantityLimit is the name that the limit of its quantity has in ledgers.
	QuantityLimit string
	Codes         []Code
	Title         string
	// Service is true for services, false for items (drugs and consumables).
	Service  bool
	Category Category
	Care     Care
	Sex      Sex
	Age      AgeGroup
	// Often limits how often a member may have it.
	Often Frequency
	// ManualReview sends every claim with it to a person.
	ManualReview bool
	// Remember is how many days back rules of the scheme look for it; 0 when none does.
	Remember int
	// Base is the register's own price, in BaseCurrency; it applies where a price list names the item without a price.
	Base         money.Decimal
	BaseCurrency string
	HasBase      bool
	Valid        day.Period
	// Modifiers are what modifiers on a claim's line do to the price. Tax is the share of a price that is added to it when
	// HasTax: agreed prices and the base price are without it.
	Modifiers []Modifier
	Tax       money.Decimal
	HasTax    bool
	// Package is not NoPackage for a service that consists of Parts.
	Package PackageKind
	Parts   []Part
	// Includes are the codes of what is not paid beside this service on the same day; nil when it includes nothing.
	Includes map[Code]bool
	// Nesting is 0 for what includes nothing, else one more than the largest Nesting of what it includes.
	Nesting int
}

// QuantityLimit is the name in ledgers of the limit of an item's quantity, by the item's ID. Plans cannot use a colon.
func QuantityLimit(id string) string { return "quantity:" + id }

// BasePrice is the register's own price in a currency; ok is false when it has none.
func (i *Item) BasePrice(currency string) (price money.Decimal, ok bool) {
	return i.Base, i.HasBase && i.BaseCurrency == currency
}

// Remembered tells whether provisions are kept in the member's head: where the register or a rule counts them.
func (i *Item) Remembered() bool { return i.Often.Counted() || i.Remember > 0 }

// Frequency is a rule of the register on how often a member may have a service. The zero Frequency has no rule.
type Frequency struct {
	// Days is N of the rule "not again within N days, before or after"; 0 when there is none.
	Days int
	// Period, when not NoPeriod, allows Count provisions in each such period.
	Period FrequencyPeriod
	Count  int
}

// Counted tells whether provisions must be remembered.
func (f Frequency) Counted() bool { return f.Days > 0 || f.Period != NoPeriod }

// Peers are what is usual for an insurer; nil when no report says it.
func (s *Scheme) Peers(insurer string) *Peers { return s.peers[insurer] }

// VisitsRemembered is for how many days rules of the scheme look for visits to other facilities; 0 when none does.
func (s *Scheme) VisitsRemembered() int { return s.visits }

// Rules are the scheme's own rules, nil when it has none.
func (s *Scheme) Rules() *rules.Set { return s.rules }

// WithRules is the scheme with other rules, to try them; it shares all else. It has no digest, as nothing that it decides can
// be recorded.
func (s *Scheme) WithRules(set *rules.Set) *Scheme {
	next := *s
	next.rules, next.digest = set, ""
	return &next
}

// Digest identifies the scheme's content: equal documents give equal digests, in whatever order they came.
func (s *Scheme) Digest() string { return s.digest }

// Lists are the urls of the lists of codes that insurers and plans name, without versions and sorted, whether they are there
// or not.
func (s *Scheme) Lists() []string { return s.lists }

// Insurer is the insurer of that key ("Organization/x"), nil if there is none.
func (s *Scheme) Insurer(key string) *Insurer { return s.insurers[key] }

// Facility is the facility of that key, nil if there is none.
func (s *Scheme) Facility(key string) *Facility { return s.facilities[key] }

// Organizations are the keys of the insurers and facilities that carry an identifier, sorted. More than one means that
// the identifier does not identify.
func (s *Scheme) Organizations(identifier Code) []string { return s.byName[identifier] }

// Plan is the version of an insurer's plan in force on a day, nil if there is none. Code is any value among the plan's
// identifiers.
func (s *Scheme) Plan(insurer, code string, at day.Date) *Plan {
	for _, p := range s.plans[planKey{insurer, code}] {
		if p.Valid.Holds(at) {
			return p
		}
	}
	return nil
}

// Item is the version of a service or item in force on a day, nil if there is none.
func (s *Scheme) Item(code Code, at day.Date) *Item {
	for _, i := range s.register[code] {
		if i.Valid.Holds(at) {
			return i
		}
	}
	return nil
}

// PriceLists are an insurer's price lists for a facility; nil when they have negotiated nothing.
func (s *Scheme) PriceLists(insurer, facility string) PriceLists {
	return s.prices[priceKey{insurer, facility}]
}

// Tariff is what an insurer's reimbursement tariffs say of an item on a day: one for the facility before one for any. ok is
// false when none has it.
func (s *Scheme) Tariff(insurer, facility string, item *Item, currency string, at day.Date) (price Price, ok bool) {
	if price, ok = s.tariffs[priceKey{insurer, facility}].Price(item, currency, at); !ok {
		price, ok = s.tariffs[priceKey{insurer, ""}].Price(item, currency, at)
	}
	return price, ok
}
