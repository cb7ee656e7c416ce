package formal

import (
	"fmt"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// MaxLines bounds the items of one claim.
const MaxLines = 1000

var (
	nStatus        = codec.Intern("status")
	nUse           = codec.Intern("use")
	nFundsReserve  = codec.Intern("fundsReserve")
	nInsurance     = codec.Intern("insurance")
	nFocal         = codec.Intern("focal")
	nClaimResponse = codec.Intern("claimResponse")
	nItem          = codec.Intern("item")
	nSequence      = codec.Intern("sequence")
)

// Check tells what is formally wrong with a Claim that is to be decided; nothing when it is fit for a decision. Paths
// start with "Claim".
func Check(doc *codec.Document) []outcome.Issue {
	c := checker{root: doc.Root()}
	c.header()
	c.insurance()
	if c.lines() {
		c.sequences()
		c.amounts()
	}
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

// header checks status and use. Only the use claim is decided so far.
func (c *checker) header() {
	if status := c.root.Get(nStatus); status.Text() != "active" {
		c.rule(status, "Only an active claim can be decided.", status.Text(), "active")
	}
	use := c.root.Get(nUse)
	if use.Text() != "claim" {
		c.issues = append(c.issues, outcome.Issue{Code: outcome.NotSupported, Expression: use.Path(),
			Text: "This server decides claims; pre-authorisation and predetermination are not offered.", Found: use.Text(), Expected: "claim"})
	}
	if reserve := c.root.Get(nFundsReserve); reserve.Exists() && use.Text() != "preauthorization" {
		c.rule(reserve, "Funds are reserved only by a pre-authorisation.", "fundsReserve", "none")
	}
}

// insurance checks R4 Claim.insurance: exactly one is focal, and the focal one has no response yet.
func (c *checker) insurance() {
	focal := 0
	for in := range c.root.Get(nInsurance).Each() {
		if !in.Get(nFocal).Bool() {
			continue
		}
		focal++
		if response := in.Get(nClaimResponse); response.Exists() {
			c.rule(response, "The focal insurance is the one to be decided; it cannot carry a response already.", "a claimResponse", "none")
		}
	}
	if focal != 1 {
		c.rule(c.root.Get(nInsurance), "Exactly one insurance must be focal.", fmt.Sprintf("%d focal", focal), "1 focal")
	}
}

// lines tells whether the number of lines allows to look at them.
func (c *checker) lines() bool {
	switch n := c.root.Get(nItem).Len(); {
	case n == 0:
		c.issues = append(c.issues, outcome.Issue{Code: outcome.BusinessRule, Expression: "Claim.item",
			Text: "There is nothing to decide: the claim has no lines.", Expected: "at least one item"})
		return false
	case n > MaxLines:
		c.issues = append(c.issues, outcome.Issue{Code: outcome.TooLong, Expression: "Claim.item",
			Text: "The claim has too many lines.", Found: fmt.Sprint(n), Expected: fmt.Sprintf("at most %d", MaxLines)})
		return false
	}
	return true
}
