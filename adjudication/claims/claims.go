package claims

import (
	"log/slog"

	lru "github.com/hashicorp/golang-lru/v2"

	"claimwright/adjudication/claims/intake"
	"claimwright/adjudication/engine/rules"
	"claimwright/adjudication/engine/scheme"
	"claimwright/store/resources"
)

// Options configure Claims; the zero value is the documented default.
type Options struct {
	// Base are the addresses of this server ("https://claims.example.org/fhir"): absolute references beneath them are the
	// server's own resources, and the fullUrls of answers begin with the first. Empty ones do not count.
	Base []string
	// MaxItems bounds the claims of one $submit; 0 is intake.DefaultMaxItems.
	MaxItems int
	// Duplicates says what becomes of a claim that carries the identifier of an earlier one with other content.
	Duplicates Duplicates
	// Logger is told of faults in one claim of a Bundle of several, which its submitter sees only as an exception; nil is
	// silent.
	Logger *slog.Logger
}

// Duplicates is what becomes of a claim with the identifier, insurer, provider and use of an earlier one, but other
// content. Earlier claims that were rejected as a whole or cancelled do not count.
type Duplicates uint8

// The choices: every line is denied as a duplicate, or the claim is decided like any other.
const (
	DenyDuplicates Duplicates = iota
	AcceptDuplicates
)

// Claims are the use cases of claims over one store. It is safe for concurrent use.
type Claims struct {
	service *resources.Service
	schemes *Schemes
	options Options
	log     *slog.Logger
	// foreseen remembers, by how a claim named its patient, the heads that the last such claim concerned, so that the next
	// one takes its locks at once. A wrong guess costs a second run, never more.
	foreseen *lru.Cache[string, []string]
	// recoverer takes back what was paid; nil where nothing ever is.
	recoverer Recoverer
}

// foreseenMembers bounds for how many members that is remembered.
const foreseenMembers = 1 << 14

// New makes the use cases and registers the behaviours of Claim, ClaimResponse, Task, Patient, Coverage, Contract and of
// the types that the scheme is made of.
func New(service *resources.Service, schemes *Schemes, o Options) *Claims {
	foreseen, err := lru.New[string, []string](foreseenMembers)
	if err != nil { // only for a size below 1
		panic(err)
	}
	o.Base = intake.Bases(o.Base)
	c := &Claims{service: service, schemes: schemes, options: o, log: o.Logger, foreseen: foreseen}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	schemes.LogTo(c.log)
	service.Register("Claim", claimBehaviour{c})
	service.Register("ClaimResponse", responseBehaviour{c})
	service.Register("Task", taskBehaviour{c})
	service.Register("Patient", patientBehaviour{})
	service.Register("Coverage", coverageBehaviour{c})
	service.Register("Contract", contractBehaviour{c})
	service.Register("Organization", schemeBehaviour{schemes: schemes, concerns: schemeOrganization})
	service.Register("InsurancePlan", schemeBehaviour{schemes: schemes, concerns: everyDocument})
	service.Register("ChargeItemDefinition", schemeBehaviour{schemes: schemes, concerns: everyDocument})
	service.Register("MeasureReport", schemeBehaviour{schemes: schemes, concerns: scheme.IsPeers})
	service.Register("PlanDefinition", schemeBehaviour{schemes: schemes, concerns: rules.Is})
	service.Register("ValueSet", listBehaviour{schemes})
	service.Register("CodeSystem", listBehaviour{schemes})
	return c
}
