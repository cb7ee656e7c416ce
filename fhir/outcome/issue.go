package outcome

// Severity grades an issue (R4 value set issue-severity).
type Severity string

// The severities of R4.
const (
	Fatal       Severity = "fatal"
	Failure     Severity = "error"
	Warning     Severity = "warning"
	Information Severity = "information"
)

// The R4 issue types (code system issue-type) that Claimwright raises.
const (
	Invalid         = "invalid"
	Structure       = "structure"
	Required        = "required"
	Value           = "value"
	Invariant       = "invariant"
	CodeInvalid     = "code-invalid"
	Extension       = "extension"
	Forbidden       = "forbidden"
	Suppressed      = "suppressed"
	NotSupported    = "not-supported"
	NotFound        = "not-found"
	Deleted         = "deleted"
	Duplicate       = "duplicate"
	MultipleMatches = "multiple-matches"
	TooLong         = "too-long"
	TooCostly       = "too-costly"
	BusinessRule    = "business-rule"
	Conflict        = "conflict"
	Throttled       = "throttled"
	LockError       = "lock-error"
	NoStore         = "no-store"
	Timeout         = "timeout"
	Exception       = "exception"
	Transient       = "transient"
	Incomplete      = "incomplete"
	Informational   = "informational"
)

// Issue is one problem. The zero Severity means Failure.
type Issue struct {
	Severity Severity
	// Code is an R4 issue-type code.
	Code string
	// Expression is the FHIRPath of the element with its indices ("Claim.item[2].quantity.value"); empty when the
	// problem has no element, such as a broken header.
	Expression string
	// Text is a sentence for a person. It never holds data of a patient, so that it may be logged.
	Text string
	// Found and Expected state the offending value and what would be right; empty where they do not apply. They are
	// sent to the client only, never logged, because Found quotes the request.
	Found, Expected string
}
