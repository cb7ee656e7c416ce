package formal

import (
	"strconv"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

var (
	nStatus       = codec.Intern("status")
	nUse          = codec.Intern("use")
	nFundsReserve = codec.Intern("fundsReserve")
	nCoding       = codec.Intern("coding")
	nCode         = codec.Intern("code")
	nInsurance    = codec.Intern("insurance")
	nSequence     = codec.Intern("sequence")
)

// MaxInsurance bounds the insurances of one claim.
const MaxInsurance = 64

// Check tells what is formally wrong with a Claim that is to be decided; nothing when it is fit for a decision. Paths
// start with "Claim".
func Check(doc *codec.Document) []outcome.Issue {
	c := checker{root: doc.Root()}
	if status := c.root.Get(nStatus); status.Text() != "active" {
		c.rule(status, "Only an active claim can be decided.", status.Text(), "active")
	}
	if reserve := c.root.Get(nFundsReserve); reserve.Exists() && c.root.Get(nUse).Text() != "preauthorization" && reserve.Find(nCoding, nCode).Text() != "none" {
		c.rule(reserve, "Funds are reserved only by a pre-authorisation.", "fundsReserve", "none")
	}
	if n := c.root.Get(nInsurance).Len(); n > MaxInsurance {
		c.issues = append(c.issues, outcome.Issue{Code: outcome.TooLong, Expression: "Claim.insurance",
			Text: "The claim names too many insurances.", Found: strconv.Itoa(n), Expected: "at most " + strconv.Itoa(MaxInsurance)})
	}
	c.sequences()
	return c.issues
}

type checker struct {
	root   codec.Value
	issues []outcome.Issue
}

func (c *checker) rule(at codec.Value, text, found, expected string) {
	c.issues = append(c.issues, outcome.Issue{
		Code: outcome.BusinessRule, Expression: at.Path(), Text: text, Found: found, Expected: expected,
	})
}
