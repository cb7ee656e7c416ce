package scheme

import (
	"strconv"
	"strings"

	"claimwright/adjudication/engine/money"
	"claimwright/fhir/codec"
)

// AuthorizationNeed tells whether a benefit is granted only with an authorization.
type AuthorizationNeed uint8

// The needs.
const (
	NoAuthorization AuthorizationNeed = iota
	AuthorizationRequired
)

var authorizationNeeds = vocabulary[AuthorizationNeed]{"none", "required"}

// String is the code.
func (a AuthorizationNeed) String() string { return authorizationNeeds.code(a) }

// AuthorizationExcess is what happens to what exceeds an authorization.
type AuthorizationExcess uint8

// The ways: it is not paid, or a person decides.
const (
	DenyExcess AuthorizationExcess = iota
	ReviewExcess
)

var authorizationExcesses = vocabulary[AuthorizationExcess]{"deny", "review"}

// String is the code.
func (a AuthorizationExcess) String() string { return authorizationExcesses.code(a) }

// AuthorizationUse is how many claims an authorization is for.
type AuthorizationUse uint8

// The uses: the first claim is the final one, or several may come until one says that it is final.
const (
	SingleClaim AuthorizationUse = iota
	SeveralClaims
)

var authorizationUses = vocabulary[AuthorizationUse]{"single", "several"}

// String is the code.
func (a AuthorizationUse) String() string { return authorizationUses.code(a) }

// AuthorizationRule demands an authorization for all lines of certain claims.
type AuthorizationRule struct {
	// Where, Visit and ClaimType say which claims; the zero value of each means any.
	Where     Setting
	Visit     VisitType
	ClaimType string
	// Above is the total up to which a claim needs none. With PerEvent, what earlier claims of the event submitted counts, too.
	Above money.Decimal
	Scope Scope
}

// Concerns tells whether a rule is about claims of this setting, visit and type.
func (r *AuthorizationRule) Concerns(where Setting, visit VisitType, claimType string) bool {
	return (r.Where == AnySetting || r.Where == where) && (r.Visit == AnyVisit || r.Visit == visit) &&
		(r.ClaimType == "" || r.ClaimType == claimType)
}

// mostAuthorizationDays bounds how long a plan may set funds aside.
const mostAuthorizationDays = 366

const defaultAuthorizationDays, defaultAuthorizationGrace = 30, 30

func (c *compiler) authorizationSettings(s *Settings, f fields) {
	s.AuthorizationExcess = choice(f, "authorizationExcess", authorizationExcesses)
	s.AuthorizationUse = choice(f, "authorizationUse", authorizationUses)
	for name, days := range map[string]*int{"authorizationDays": &s.AuthorizationDays, "authorizationGrace": &s.AuthorizationGrace} {
		if !f.has(name) {
			continue
		}
		if *days = f.whole(name); *days > mostAuthorizationDays {
			c.fail(f.at, "Funds would be set aside for too long", name+" "+strconv.Itoa(*days), "at most "+strconv.Itoa(mostAuthorizationDays))
		}
	}
}

func (c *compiler) authorizationRule(p *Plan, e codec.Value, currency string) {
	f := c.fields(e, parts["plan-authorization"])
	r := AuthorizationRule{
		Where: choice(f, "setting", settings), Visit: choice(f, "visitType", visitTypes), Scope: choice(f, "scope", scopes),
		ClaimType: strings.Clone(f.get("claimType", nValueCode).Text()), Above: f.money("above", currency),
	}
	if r.Scope != PerClaim && r.Scope != PerEvent {
		c.fail(f.at, "No total of this scope is compared", r.Scope.String(), PerClaim.String()+" or "+PerEvent.String())
		return
	}
	p.scopes |= 1 << r.Scope
	p.Authorizations = append(p.Authorizations, r)
}
