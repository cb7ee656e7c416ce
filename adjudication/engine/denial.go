package engine

import "claimwright/adjudication/engine/scheme"

// DenialSystem is the CodeSystem of denial reasons.
const DenialSystem = "https://claimwright.org/fhir/CodeSystem/denial-reason"

// Denial is why a line is denied.
type Denial uint8

// The reasons: 1 to 21 have the number that openIMIS gives them, the others are our own.
const (
	NotDenied           Denial = 0
	NotInRegister       Denial = 1
	NotInPriceList      Denial = 2
	NotCovered          Denial = 3
	PatientCategory     Denial = 4
	TooFrequent         Denial = 5
	Duplicate           Denial = 6
	MemberNotValid      Denial = 7
	DiagnosisNotListed  Denial = 8
	NoTargetDate        Denial = 9
	WrongCareType       Denial = 10
	MaxHospitalisations Denial = 11
	MaxVisits           Denial = 12
	MaxConsultations    Denial = 13
	MaxSurgeries        Denial = 14
	MaxDeliveries       Denial = 15
	QuantityExceeded    Denial = 16
	InWaitingPeriod     Denial = 17
	ReservedDenial      Denial = 18
	MaxAntenatal        Denial = 19
	ClaimNotFound       Denial = 20
	NoCoverInForce      Denial = 21
	PlanNotInForce      Denial = 30
	MaxOtherClaims      Denial = 31
	// AuthorizationRequired: the line needs an authorization and the claim names none for it.
	AuthorizationRequired Denial = 32
	// AuthorizationExceeded: units or amounts beyond what was authorized.
	AuthorizationExceeded Denial = 33
	LateSubmission        Denial = 34
	BackDated             Denial = 35
	IncludedInBundle      Denial = 36
	PackageMismatch       Denial = 37
	// TooManyAuthorizations: the member has as many open authorizations as a head can hold.
	TooManyAuthorizations Denial = 38
	DuplicateContent      Denial = 39
	ByReviewer            Denial = 40
	ByAssessmentModel     Denial = 41
	// ReceiptMissing: a claim for reimbursement brings no evidence that the member has paid.
	ReceiptMissing  Denial = 42
	ByRule          Denial = 43
	DocumentMissing Denial = 44
)

// denialInfo is what there is to say about a reason.
type denialInfo struct {
	code    string
	display string
	bearer  Bearer
	// openIMIS is the number there when known; reviewers and models have -1 and -2.
	openIMIS    int
	hasOpenIMIS bool
}

// denials states who bears what: the provider, where the provider could have known better (register, price list, patient,
// care type, dates, duplicates); the member, where a benefit ends.
var denials = map[Denial]denialInfo{
	NotInRegister:         {"not-in-register", "The service or item is not in the register on the target date", ByProvider, 1, true},
	NotInPriceList:        {"not-in-price-list", "The service or item is not in the facility's price list on the target date", ByProvider, 2, true},
	NotCovered:            {"not-covered", "The plan does not cover the service or item", ByMember, 3, true},
	PatientCategory:       {"patient-category", "The service or item is not for a patient of this sex or age", ByProvider, 4, true},
	TooFrequent:           {"frequency", "The service or item was provided too recently or too often", ByMember, 5, true},
	Duplicate:             {"duplicate", "The claim was submitted before", ByProvider, 6, true},
	MemberNotValid:        {"member-not-valid", "The member was not valid on the target date", ByMember, 7, true},
	DiagnosisNotListed:    {"diagnosis-not-listed", "The diagnosis is not in the list", ByProvider, 8, true},
	NoTargetDate:          {"target-date", "The line has no valid date of service", ByProvider, 9, true},
	WrongCareType:         {"care-type", "The service or item does not fit in-patient or out-patient care as claimed", ByProvider, 10, true},
	MaxHospitalisations:   {"max-hospital-admissions", "The member has no hospital admissions left", ByMember, 11, true},
	MaxVisits:             {"max-visits", "The member has no visits left", ByMember, 12, true},
	MaxConsultations:      {"max-consultations", "The member has no consultations left", ByMember, 13, true},
	MaxSurgeries:          {"max-surgeries", "The member has no surgeries left", ByMember, 14, true},
	MaxDeliveries:         {"max-deliveries", "The member has no deliveries left", ByMember, 15, true},
	QuantityExceeded:      {"quantity-limit", "The quantity that the plan allows is used up or exceeded", ByMember, 16, true},
	InWaitingPeriod:       {"waiting-period", "The waiting period has not ended", ByMember, 17, true},
	ReservedDenial:        {"reserved-18", "Not used", ByProvider, 18, true},
	MaxAntenatal:          {"max-antenatal-contacts", "The member has no antenatal contacts left", ByMember, 19, true},
	ClaimNotFound:         {"claim-not-found", "The claim is not known", ByProvider, 20, true},
	NoCoverInForce:        {"no-cover", "No cover of the member was in force on the target date", ByMember, 21, true},
	PlanNotInForce:        {"plan-not-in-force", "The plan of the cover was not in force on the target date", ByMember, 0, false},
	MaxOtherClaims:        {"max-other-claims", "The member has no other claims left", ByMember, 0, false},
	LateSubmission:        {"late-submission", "The claim was submitted too late after the service", ByProvider, 0, false},
	BackDated:             {"back-dated", "The claim is dated too long before it was received", ByProvider, 0, false},
	IncludedInBundle:      {"included-in-bundle", "The service or item is included in another one of the claim", ByProvider, 0, false},
	PackageMismatch:       {"package-mismatch", "The parts are not those of the package", ByProvider, 0, false},
	DuplicateContent:      {"duplicate-content", "The same was claimed for the member before", ByProvider, 0, false},
	AuthorizationRequired: {"authorization-required", "The service or item needs an authorization", ByProvider, 0, false},
	AuthorizationExceeded: {"authorization-exceeded", "More than what was authorized", ByProvider, 0, false},
	TooManyAuthorizations: {"too-many-authorizations", "The member has too many open authorizations", ByProvider, 0, false},
	ReceiptMissing:        {"receipt-missing", "The claim for reimbursement has no receipt", ByMember, 0, false},
	ByReviewer:            {"rejected-by-reviewer", "Rejected by the medical reviewer", ByProvider, -1, true},
	ByAssessmentModel:     {"rejected-by-model", "Rejected by automatic assessment", ByProvider, -2, true},
	ByRule:                {"rejected-by-rule", "Rejected by a rule of the scheme", ByProvider, 0, false},
	DocumentMissing:       {"document-required", "A document that the scheme requires is missing", ByProvider, 0, false},
}

// IsCheck tells a reason that a fixed check denies for from those of rules, reviewers and models, and from what is no reason.
func (d Denial) IsCheck() bool {
	switch d {
	case NotDenied, ReservedDenial, ByReviewer, ByAssessmentModel, ByRule, DocumentMissing:
		return false
	}
	return denials[d].code != ""
}

// CheckPrefix is what the canonical urls of the fixed checks begin with.
const CheckPrefix = "https://claimwright.org/fhir/PlanDefinition/check-"

// Canonical is the url of the PlanDefinition that describes the check of that reason; empty for a reason that no check has.
func (d Denial) Canonical() string {
	if !d.IsCheck() {
		return ""
	}
	return CheckPrefix + d.Code()
}

// Code is the readable code of DenialSystem, empty for NotDenied.
func (d Denial) Code() string { return denials[d].code }

// Display is the code's display text.
func (d Denial) Display() string { return denials[d].display }

// Bearer is who bears a line that is denied for this reason.
func (d Denial) Bearer() Bearer { return denials[d].bearer }

// OpenIMIS is the number of the reason in openIMIS; ok is false for reasons that it does not have.
func (d Denial) OpenIMIS() (number int, ok bool) { return denials[d].openIMIS, denials[d].hasOpenIMIS }

// maxedOut is the reason of a category's count limit.
func maxedOut(c scheme.Category) Denial {
	switch c {
	case scheme.Hospitalisation:
		return MaxHospitalisations
	case scheme.Visit, scheme.NoCategory:
		return MaxVisits
	case scheme.Consultation:
		return MaxConsultations
	case scheme.Surgery:
		return MaxSurgeries
	case scheme.Delivery:
		return MaxDeliveries
	case scheme.Antenatal:
		return MaxAntenatal
	}
	return MaxOtherClaims
}

// Review is why a line waits for a person.
type Review uint8

// The reasons for review.
const (
	NoReview Review = iota
	// ReviewByService: the register asks for it.
	ReviewByService
	// ReviewByPlan: the plan asks for it.
	ReviewByPlan
	// ReviewOfHistory: the heads have forgotten, or hold in another form, what a rule needs to know.
	ReviewOfHistory
	// ReviewByCheck: a check that is set to ask a person was hit.
	ReviewByCheck
	// ReviewOfAuthorization: the line goes beyond what was authorized.
	ReviewOfAuthorization
	// ReviewByRule: a rule of the scheme asks for it.
	ReviewByRule
)

var reviews = [...]string{"", "service-review", "plan-review", "history-review", "check-review", "authorization-review", "rule-review"}

// Code is the code in the trace, empty for NoReview.
func (r Review) Code() string { return reviews[r] }
