package scheme

// The vocabularies of the scheme extensions. In each, the zero value is what an absent element means, and the name given
// by String is the code in the resource.

// Level is a facility's level.
type Level uint8

// The levels.
const (
	NoLevel Level = iota
	Dispensary
	HealthCentre
	Hospital
)

var levels = vocabulary[Level]{"", "D", "C", "H"}

// String is the code.
func (l Level) String() string { return levels.code(l) }

// Care is where a facility treats, or where a service may be given.
type Care uint8

// The kinds of care.
const (
	BothCare Care = iota
	InPatientCare
	OutPatientCare
)

var cares = vocabulary[Care]{"both", "in", "out"}

// String is the code.
func (c Care) String() string { return cares.code(c) }

// Category is the category of a service and, through its services, of a claim.
type Category uint8

// The categories, in the order in which they name a claim that holds several.
const (
	NoCategory Category = iota
	Surgery
	Delivery
	Antenatal
	Hospitalisation
	Consultation
	OtherCare
	Visit
	categoryCount
)

var categories = vocabulary[Category]{"", "surgery", "delivery", "antenatal", "hospitalisation", "consultation", "other", "visit"}

// String is the code.
func (c Category) String() string { return categories.code(c) }

// Sex is whom a service is for.
type Sex uint8

// The sexes.
const (
	AnySex Sex = iota
	Male
	Female
)

var sexes = vocabulary[Sex]{"", "male", "female"}

// String is the code.
func (s Sex) String() string { return sexes.code(s) }

// AgeGroup is whom a service or a benefit is for.
type AgeGroup uint8

// The age groups.
const (
	AnyAge AgeGroup = iota
	Adult
	Child
)

var ageGroups = vocabulary[AgeGroup]{"any", "adult", "child"}

// String is the code.
func (a AgeGroup) String() string { return ageGroups.code(a) }

// VisitType is how a visit came about. A claim that does not say is OtherVisit.
type VisitType uint8

// The visit types.
const (
	AnyVisit VisitType = iota
	Emergency
	Referral
	OtherVisit
)

var visitTypes = vocabulary[VisitType]{"any", "emergency", "referral", "other"}

// String is the code.
func (v VisitType) String() string { return visitTypes.code(v) }

// VisitTypeOf is the visit type of a code; ok is false for an unknown one.
func VisitTypeOf(code string) (v VisitType, ok bool) { return visitTypes.parse(code) }

// FrequencyPeriod is a calendar period in which provisions are counted.
type FrequencyPeriod uint8

// The frequency periods.
const (
	NoPeriod FrequencyPeriod = iota
	PerCalendarYear
	PerCalendarMonth
	PerPolicyYear
)

var frequencyPeriods = vocabulary[FrequencyPeriod]{"", "calendar-year", "calendar-month", "policy-year"}

// String is the code.
func (f FrequencyPeriod) String() string { return frequencyPeriods.code(f) }

// LimitKind tells deductibles from ceilings.
type LimitKind uint8

// The kinds of limits.
const (
	Ceiling LimitKind = iota
	Deductible
)

var limitKinds = vocabulary[LimitKind]{"ceiling", "deductible"}

// String is the code.
func (k LimitKind) String() string { return limitKinds.code(k) }

// Scope is whose amounts a limit adds up.
type Scope uint8

// The scopes.
const (
	PerClaim Scope = iota
	PerMember
	PerPolicy
	// PerFamily adds up over the covers of one subscriber within a policy.
	PerFamily
	// PerEvent adds up over the member's claims of one illness, accident or visit.
	PerEvent
)

var scopes = vocabulary[Scope]{"claim", "member", "policy", "family", "event"}

// String is the code.
func (s Scope) String() string { return scopes.code(s) }

// Setting is where care was given.
type Setting uint8

// The settings.
const (
	AnySetting Setting = iota
	InPatient
	OutPatient
)

var settings = vocabulary[Setting]{"any", "inpatient", "outpatient"}

// String is the code.
func (s Setting) String() string { return settings.code(s) }

// LimitPeriod is the time that a limit counts together.
type LimitPeriod uint8

// The limit periods. A policy year runs from one anniversary of the policy's start to the next; a rolling period is any
// so many days in a row.
const (
	PolicyPeriod LimitPeriod = iota
	CalendarYear
	CalendarMonth
	PolicyYear
	Rolling
)

var limitPeriods = vocabulary[LimitPeriod]{"policy", "calendar-year", "calendar-month", "policy-year", "rolling"}

// String is the code.
func (p LimitPeriod) String() string { return limitPeriods.code(p) }

// Excess is what happens to a quantity above the maximum.
type Excess uint8

// The ways: the quantity is cut with a note; the line is rejected; the line is granted whole while anything is left.
const (
	CutExcess Excess = iota
	RejectExcess
	AdmitExcess
)

var excesses = vocabulary[Excess]{"cut", "reject", "admit"}

// String is the code.
func (e Excess) String() string { return excesses.code(e) }

// CoverDate is the date that decides whether a cover is in force.
type CoverDate uint8

// The dates: of the line, or of the admission.
const (
	CoverAtTarget CoverDate = iota
	CoverAtAdmission
)

var coverDates = vocabulary[CoverDate]{"target", "admission"}

// String is the code.
func (c CoverDate) String() string { return coverDates.code(c) }

// SettingBy is what makes a claim an in-patient one.
type SettingBy uint8

// The ways: a stay over several days, the claim's type institutional, a facility of level hospital, or nothing.
const (
	ByDays SettingBy = iota
	ByClaimType
	ByFacilityLevel
	NeverInPatient
)

var settingWays = vocabulary[SettingBy]{"multi-day", "claim-type", "facility-level", "never"}

// String is the code.
func (s SettingBy) String() string { return settingWays.code(s) }

// careCheck is the strictness of the check of care types.
type careCheck uint8

const (
	strictCareCheck careCheck = iota
	lenientCareCheck
)

var careChecks = vocabulary[careCheck]{strictCareCheck: "strict", lenientCareCheck: "lenient"}

// CeilingExclusion is where the ceilings do not count what a benefit pays.
type CeilingExclusion uint8

// The exclusions.
const (
	CountedEverywhere CeilingExclusion = iota
	NotCountedInPatient
	NotCountedOutPatient
	NotCounted
)

var ceilingExclusions = vocabulary[CeilingExclusion]{"none", "inpatient", "outpatient", "both"}

// String is the code.
func (c CeilingExclusion) String() string { return ceilingExclusions.code(c) }

// In tells whether the exclusion holds in a setting.
func (c CeilingExclusion) In(where Setting) bool {
	return c == NotCounted || c == NotCountedInPatient && where == InPatient || c == NotCountedOutPatient && where == OutPatient
}

// PriceOrigin is where the unit price comes from.
type PriceOrigin uint8

// The origins: the lesser of billed and price list; the provider's own price; the price list, to be multiplied by an
// index when the period's funds are known.
const (
	FromPriceList PriceOrigin = iota
	FromProvider
	Relative
)

var priceOrigins = vocabulary[PriceOrigin]{"pricelist", "provider", "relative"}

// String is the code.
func (p PriceOrigin) String() string { return priceOrigins.code(p) }

// vocabulary lists the codes of a type by value.
type vocabulary[T ~uint8] []string

func (v vocabulary[T]) code(t T) string {
	if int(t) < len(v) {
		return v[t]
	}
	return ""
}

// parse finds a code; the empty code is none of them.
func (v vocabulary[T]) parse(code string) (T, bool) {
	for i, c := range v {
		if c == code && c != "" {
			return T(i), true
		}
	}
	return 0, false
}
