package eligibility

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"

	"claimwright/adjudication/claims"
	"claimwright/adjudication/claims/intake"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store"
	"claimwright/store/resources"
)

const (
	requestType  = "CoverageEligibilityRequest"
	responseType = "CoverageEligibilityResponse"
	// submitted is the interaction that audit remembers.
	submitted resources.Interaction = "submit"
)

// Options configure an Eligibility; the zero value is the documented default.
type Options struct {
	// Base are the addresses of this server; see claims.Options.
	Base []string
	// MaxItems bounds the requests of one $submit; 0 is intake.DefaultMaxItems.
	MaxItems int
	// Logger is told of faults in one request of a Bundle of several; nil is silent.
	Logger *slog.Logger
}

// Eligibility is the use case over one store. It is safe for concurrent use.
type Eligibility struct {
	service *resources.Service
	schemes *claims.Schemes
	options Options
	log     *slog.Logger
}

// New makes the use case and registers the behaviours of CoverageEligibilityRequest and CoverageEligibilityResponse.
func New(service *resources.Service, schemes *claims.Schemes, o Options) *Eligibility {
	o.Base = intake.Bases(o.Base)
	e := &Eligibility{service: service, schemes: schemes, options: o, log: o.Logger}
	if e.log == nil {
		e.log = slog.New(slog.DiscardHandler)
	}
	service.Register(requestType, requestBehaviour{e})
	service.Register(responseType, responseBehaviour{e})
	return e
}

// Submit is CoverageEligibilityRequest/$submit (R4 CoverageEligibilityRequest, "Operations"). Input shapes, answers and errors
// are as with claims.Claims.Submit.
func (e *Eligibility) Submit(ctx context.Context, p resources.Principal, input *codec.Document) (*codec.Document, error) {
	in, err := intake.Read(input, intake.Options{Type: requestType, Base: e.options.Base, MaxItems: e.options.MaxItems})
	if err != nil {
		return nil, err
	}
	alone := in.Item != nil
	return in.Reply(ctx, e.options.Base, func(ctx context.Context, it *intake.Item) (intake.Reply, error) {
		reply, err := e.submitOne(ctx, p, it)
		var refused *outcome.Error
		if err == nil || alone || errors.As(err, &refused) || ctx.Err() != nil {
			return reply, err
		}
		e.log.ErrorContext(ctx, "a request of a bundle could not be answered", "request", p.Request, "error", err)
		return intake.Reply{}, outcome.New(http.StatusInternalServerError, outcome.Exception, requestType, "The request could not be answered; nothing was written.")
	})
}

func (e *Eligibility) submitOne(ctx context.Context, p resources.Principal, it *intake.Item) (intake.Reply, error) {
	if err := acceptable(it.Doc); err != nil {
		return intake.Reply{}, err
	}
	var a *answered
	err := e.service.Do(ctx, p, resources.Locks(it.Doc), func(ctx context.Context, u *resources.Unit) (err error) {
		a, err = e.answer(ctx, u, it, store.Key{Type: requestType, ID: u.NewID()}, submitted)
		return err
	})
	if err != nil {
		return intake.Reply{}, err
	}
	return intake.Reply{Doc: a.response, Known: a.known}, nil
}

// Bounds of one request.
const (
	maxInsurance = 64
	maxItems     = 500
)

// acceptable refuses what cannot be answered, and what would take too long.
func acceptable(doc *codec.Document) error {
	root := doc.Root()
	var issues []outcome.Issue
	if status := root.Get(nStatus); status.Text() != "active" {
		issues = append(issues, outcome.Issue{Code: outcome.BusinessRule, Expression: status.Path(),
			Text: "Only an active request can be answered.", Found: status.Text(), Expected: "active"})
	}
	if servicedSpan(root).Reversed() { // R4 per-1
		period := root.Get(nServicedPeriod)
		issues = append(issues, outcome.Issue{Code: outcome.BusinessRule, Expression: period.Path(), Text: "The period ends before it starts.",
			Found: period.Get(nStart).Text() + " to " + period.Get(nEnd).Text(), Expected: "a start that is not after the end"})
	}
	for _, list := range [...]struct {
		name codec.Name
		most int
	}{{nInsurance, maxInsurance}, {nItem, maxItems}} {
		if n := root.Get(list.name).Len(); n > list.most {
			issues = append(issues, outcome.Issue{Code: outcome.TooLong, Expression: requestType + "." + list.name.String(),
				Text: "The list is too long.", Found: strconv.Itoa(n), Expected: fmt.Sprintf("at most %d", list.most)})
		}
	}
	if len(issues) == 0 {
		return nil
	}
	return outcome.Rejected(issues)
}

// answered is a request that was answered and staged.
type answered struct {
	request  *resources.Stored
	response *codec.Document
	known    intake.Known
}
