package scheme

// Check names a check of the engine by the number of the reason that it denies for: engine.Denial has the same numbers.
type Check uint8

// The checks that an insurer or a plan may set.
const (
	CheckRegister         Check = 1
	CheckPriceList        Check = 2
	CheckBenefit          Check = 3
	CheckPatient          Check = 4
	CheckFrequency        Check = 5
	CheckDuplicate        Check = 6
	CheckMember           Check = 7
	CheckDiagnosis        Check = 8
	CheckDate             Check = 9
	CheckCare             Check = 10
	CheckHospitalisations Check = 11
	CheckVisits           Check = 12
	CheckConsultations    Check = 13
	CheckSurgeries        Check = 14
	CheckDeliveries       Check = 15
	CheckQuantity         Check = 16
	CheckWaiting          Check = 17
	CheckAntenatal        Check = 19
	CheckCover            Check = 21
	CheckPlan             Check = 30
	CheckOtherClaims      Check = 31
	CheckAuthorization    Check = 32
	CheckLate             Check = 34
	CheckBackDated        Check = 35
	CheckBundle           Check = 36
	CheckPackage          Check = 37
	CheckContent          Check = 39
	CheckReceipt          Check = 42
	checkCount            Check = 48
)

// checkInfo is what there is to say about a check.
type checkInfo struct {
	code string
	// fixed is why it cannot be switched off or moved to review, empty where it can.
	fixed string
	// days and list tell which further parts its setting may have; those of a check that is off unless it is set, it must.
	days, list bool
	// match tells that its setting says what is compared; days is then how far apart the near ones may lie, 0 included.
	match bool
	off   bool
	// perClaim says that a hit denies the whole claim unless it is set otherwise.
	perClaim bool
}

const (
	noDate  = "a line without a date of service cannot be decided"
	noCover = "without a cover and its plan in force there is nothing that could pay"
)

var checkInfos = [checkCount]checkInfo{
	CheckRegister:         {code: "not-in-register"},
	CheckPriceList:        {code: "not-in-price-list"},
	CheckBenefit:          {code: "not-covered"},
	CheckPatient:          {code: "patient-category"},
	CheckFrequency:        {code: "frequency"},
	CheckDuplicate:        {code: "duplicate"},
	CheckMember:           {code: "member-not-valid"},
	CheckDiagnosis:        {code: "diagnosis-not-listed", list: true, off: true},
	CheckDate:             {code: "target-date", fixed: noDate, days: true},
	CheckCare:             {code: "care-type"},
	CheckHospitalisations: {code: "max-hospital-admissions", perClaim: true},
	CheckVisits:           {code: "max-visits", perClaim: true},
	CheckConsultations:    {code: "max-consultations", perClaim: true},
	CheckSurgeries:        {code: "max-surgeries", perClaim: true},
	CheckDeliveries:       {code: "max-deliveries", perClaim: true},
	CheckQuantity:         {code: "quantity-limit"},
	CheckWaiting:          {code: "waiting-period"},
	CheckAntenatal:        {code: "max-antenatal-contacts", perClaim: true},
	CheckCover:            {code: "no-cover", fixed: noCover},
	CheckPlan:             {code: "plan-not-in-force", fixed: noCover},
	CheckOtherClaims:      {code: "max-other-claims", perClaim: true},
	CheckAuthorization:    {code: "authorization-required"},
	CheckLate:             {code: "late-submission", days: true, off: true},
	CheckBackDated:        {code: "back-dated", days: true, off: true},
	CheckBundle:           {code: "included-in-bundle"},
	CheckPackage:          {code: "package-mismatch"},
	CheckContent:          {code: "duplicate-content", days: true, match: true, off: true},
	CheckReceipt:          {code: "receipt-missing"},
}

// Code is the check's code, that of its denial reason; empty when there is no such check to be set.
func (c Check) Code() string {
	if c >= checkCount {
		return ""
	}
	return checkInfos[c].code
}

// PerClaim tells whether a hit of the check denies the whole claim where nothing else is said.
func (c Check) PerClaim() bool { return c < checkCount && checkInfos[c].perClaim }

// checkOf is the check of a code.
func checkOf(code string) (Check, bool) {
	for c := range checkInfos {
		if checkInfos[c].code == code && code != "" {
			return Check(c), true
		}
	}
	return 0, false
}

// CheckAction is what a hit of a check does.
type CheckAction uint8

// The actions: a hit denies, or it sends the line to a person.
const (
	HitDenies CheckAction = iota
	HitReviews
)

var checkActions = vocabulary[CheckAction]{"deny", "review"}

// checkLevel is what a hit of a check denies.
type checkLevel uint8

const (
	perLine checkLevel = iota
	perClaim
)

var checkLevels = vocabulary[checkLevel]{perLine: "line", perClaim: "claim"}

// ContentMatch is what makes a line the repetition of one in another claim of the member.
type ContentMatch uint8

// The matches: the same provider, service, day, quantity and amount; or the same service within some days, whoever
// provided it.
const (
	ExactMatch ContentMatch = iota
	NearMatch
)

var contentMatches = vocabulary[ContentMatch]{"exact", "near"}

// CheckSetting is how one check is set.
type CheckSetting struct {
	// Off says that the check is not made.
	Off    bool
	Action CheckAction
	// PerClaim says that a hit denies the whole claim, not the line alone.
	PerClaim bool
	// named is set once a check setting names the check, levelled once it says at which level.
	named, levelled bool
	// Match is what CheckContent compares; WithinClaim lets it compare the lines of one claim, too.
	Match       ContentMatch
	WithinClaim bool
	// Days is the window of the checks that have one.
	Days int32
	// List is what the diagnoses are held against; nil for all other checks.
	List *CodeList
}

// Denies tells whether a hit denies; else it goes on as if there were no such check.
func (s *CheckSetting) Denies() bool { return !s.Off && s.Action == HitDenies }

// Checks are the settings of all checks, indexed by Check.
type Checks [checkCount]CheckSetting

// defaultChecks are the settings where nothing is said.
func defaultChecks() Checks {
	var all Checks
	for c := range checkInfos {
		all[c].Off, all[c].PerClaim = checkInfos[c].off, checkInfos[c].perClaim
	}
	return all
}

// Default is how the check is set where nothing is said.
func (c Check) Default() CheckSetting { return defaultChecks()[c] }

// Fixed is why the check cannot be switched off or moved to review; empty where it can.
func (c Check) Fixed() string { return checkInfos[c].fixed }

// Parts are the parts of check-setting that the check understands.
func (c Check) Parts() []string {
	info := &checkInfos[c]
	names := []string{"per"}
	if info.fixed == "" {
		names = append(names, "enabled", "action")
	}
	for _, further := range [...]struct {
		has  bool
		name string
	}{{info.days, "days"}, {info.list, "list"}, {info.match, "match"}, {info.match, "withinClaim"}} {
		if further.has {
			names = append(names, further.name)
		}
	}
	return names
}

// ActionCode is the action's code, LevelCode that of the level.
func (s *CheckSetting) ActionCode() string { return checkActions.code(s.Action) }

// LevelCode is "claim" where a hit denies the whole claim, else "line".
func (s *CheckSetting) LevelCode() string {
	if s.PerClaim {
		return checkLevels.code(perClaim)
	}
	return checkLevels.code(perLine)
}

// MatchCode is the code of what is compared.
func (s *CheckSetting) MatchCode() string { return contentMatches.code(s.Match) }
