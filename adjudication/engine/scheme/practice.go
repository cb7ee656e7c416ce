package scheme

// Profile is a named set of practices: whose numbers a scheme wants.
type Profile uint8

// The profiles: the documented default; what openIMIS did in its stored procedures; what its release 24.10 does.
const (
	DefaultProfile Profile = iota
	LegacyProfile
	Release2410Profile
)

var profiles = vocabulary[Profile]{"default", "legacy", "24.10"}

// String is the code.
func (p Profile) String() string { return profiles.code(p) }

// Practice is how a scheme handles what systems differ in, one field for each point. The zero Practice is the default;
// a profile gives several at once. What a plan states itself goes before its practice.
type Practice struct {
	// ItemsFirst values the lines for items before those for services, whatever their sequence.
	ItemsFirst bool
	// ItemChecks and ServiceChecks are the orders in which lines for items and for services are judged.
	ItemChecks, ServiceChecks CheckOrder
	// NoCover is the check in whose name a line without a cover in force is denied; 0 is CheckCover.
	NoCover Check
	// RangeIsCover lets the dates of a cover alone make a cover whose policy is not in force, which then covers nothing: the
	// line is denied in the name of CheckBenefit.
	RangeIsCover bool
	// AnyCreated does not ask whether a claim was created before the service began.
	AnyCreated bool
	// ItemCoverAtStart lets the day on which the service began decide which cover pays an item.
	ItemCoverAtStart bool
	// AdultByYear takes the difference of calendar years for the age.
	AdultByYear bool
	// OtherIsMale takes members of gender other or unknown for male.
	OtherIsMale bool
	// OpenFrequency lets a rule of N days look from N days before the target date on, without an end.
	OpenFrequency bool
	// OwnLinesUncounted does not count the lines of a claim against its own frequencies and quantities.
	OwnLinesUncounted bool
	// BilledCounted counts the billed quantities against later claims, not the granted ones.
	BilledCounted bool
	// ZeroCountAdmits lets a member have the first claim of a category whose count is 0.
	ZeroCountAdmits bool
	// CountDecides denies a claim over the count of one cover without a look at the member's others.
	CountDecides bool
	// VisitTypeDenies denies the whole claim for a line that the plan covers for other visit types only.
	VisitTypeDenies bool
	// ByLimitation chooses among covers by the benefits' shares and fixed amounts alone, the focal one without preference.
	ByLimitation bool
	// AllMustPass denies a line that waits, or has no quantity left, under any of the member's covers.
	AllMustPass bool
	// PaysList pays the list price even where less was billed, and a reviewer's price as it is.
	PaysList bool
	// ZeroPriceIsNone takes the register's price where the list has a price of 0.
	ZeroPriceIsNone bool
	// CurrentPrice takes the list price of the day of the decision where the list still has one.
	CurrentPrice bool
	// MismatchIsFree prices a fixed package whose parts are not those of its definition at 0 instead of denying it.
	MismatchIsFree bool
	// ListOverReview and ZeroReviewIsNone leave a reviewer's price, and an approved quantity of 0, aside.
	ListOverReview, ZeroReviewIsNone bool
	// WholeUnits cuts amounts to whole units of the currency before limits.
	WholeUnits bool
	// ZeroFixed is what a fixed amount of 0 means.
	ZeroFixed ZeroFixed
	// ZeroPercentIsAll pays everything where a benefit covers 0 %.
	ZeroPercentIsAll bool
	// SwallowedPaid pays a line that a deductible takes whole as if there were no deductible, and counts it as deducted.
	SwallowedPaid bool
	// AdultExclusions lets the adults' benefit say for children, too, where ceilings do not count.
	AdultExclusions bool
	// Limits says which deductible, and which ceiling, concerns a line.
	Limits LimitChoice
	// OutDeductibleNeedsIn ignores an out-patient deductible per member or policy unless there is an in-patient one.
	OutDeductibleNeedsIn bool
}

// CheckOrder is an order of checks.
type CheckOrder uint8

// The orders: the default's; patient before frequency, or frequency before patient, with the count of claims at the end;
// the count near and frequency at the end.
const (
	DefaultOrder CheckOrder = iota
	PatientBeforeFrequency
	FrequencyBeforePatient
	FrequencyLast
)

// ZeroFixed is what a fixed amount of 0 means.
type ZeroFixed uint8

// The meanings: nothing is paid; nothing is paid, but the benefit is chosen as if it were unlimited; it is unlimited.
const (
	ZeroPaysNothing ZeroFixed = iota
	ZeroIsChosen
	ZeroIsUnlimited
)

// LimitChoice is which limits of a kind apply together.
type LimitChoice uint8

// The choices: all of them; or only one, general ones before those for a setting, and among these the policy's before the
// member's before the claim's, or the other way round.
const (
	AllLimits LimitChoice = iota
	PolicyLimitFirst
	ClaimLimitFirst
)

// practices are those of each profile.
var practices = [...]Practice{
	LegacyProfile: {
		ItemsFirst: true, ItemChecks: FrequencyLast, ServiceChecks: FrequencyLast,
		NoCover: CheckBenefit, AnyCreated: true, AdultByYear: true, OtherIsMale: true,
		OwnLinesUncounted: true, BilledCounted: true, CountDecides: true, ByLimitation: true,
		PaysList: true, CurrentPrice: true, MismatchIsFree: true, ZeroFixed: ZeroIsChosen,
		Limits: PolicyLimitFirst, OutDeductibleNeedsIn: true,
	},
	Release2410Profile: {
		ItemsFirst: true, ItemChecks: PatientBeforeFrequency, ServiceChecks: FrequencyBeforePatient,
		NoCover: CheckMember, RangeIsCover: true, ItemCoverAtStart: true, OtherIsMale: true,
		OpenFrequency: true, OwnLinesUncounted: true, ZeroCountAdmits: true, VisitTypeDenies: true,
		ByLimitation: true, AllMustPass: true,
		PaysList: true, ZeroPriceIsNone: true, MismatchIsFree: true, ListOverReview: true, ZeroReviewIsNone: true, WholeUnits: true,
		ZeroFixed: ZeroIsUnlimited, ZeroPercentIsAll: true, SwallowedPaid: true, AdultExclusions: true,
		Limits: ClaimLimitFirst,
	},
}

// settings are what a plan of the profile has where it does not say otherwise.
func (p Profile) settings() Settings {
	s := Settings{
		AdultAge: 18, StrictCare: true, AuthorizationDays: defaultAuthorizationDays, AuthorizationGrace: defaultAuthorizationGrace,
	}
	switch p {
	case LegacyProfile:
		s.Excess = AdmitExcess
	case Release2410Profile:
		s.StrictCare, s.SettingBy = false, NeverInPatient
	}
	return s
}

// apply gives the checks the levels of the profile where no setting says otherwise: release 24.10 counts claims per line.
func (p Profile) apply(checks *Checks) {
	for c := range checks {
		if s := &checks[c]; checkInfos[c].perClaim && !s.levelled {
			s.PerClaim = p != Release2410Profile
		}
	}
}
