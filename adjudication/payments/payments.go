package payments

import (
	"claimwright/adjudication/claims"
	"claimwright/adjudication/claims/intake"
	"claimwright/store/resources"
)

// reconciliationType is the resource type that moves money.
const reconciliationType = "PaymentReconciliation"

// Options configure Payments; the zero value is the documented default.
type Options struct {
	// Base are the addresses of this server; see claims.Options.
	Base []string
}

// Payments are the use cases of payments over one store. It is safe for concurrent use.
type Payments struct {
	claims  *claims.Claims
	options Options
}

// New makes the use cases, registers the behaviour of PaymentReconciliation, and lets claims recover by it.
func New(service *resources.Service, c *claims.Claims, o Options) *Payments {
	o.Base = intake.Bases(o.Base)
	p := &Payments{claims: c, options: o}
	service.Register(reconciliationType, behaviour{p})
	c.RecoverBy(p)
	return p
}
