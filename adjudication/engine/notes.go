package engine

import (
	"fmt"

	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
)

// noteKind is what a process note explains.
type noteKind uint8

const (
	noteDenied noteKind = iota
	noteQuantity
	notePrice
	noteLifted
	noteFraction
	noteSwallowed
	noteFixed
	notePercent
	noteOthers
	noteDeductible
	noteCategory
	noteCeiling
	noteReview
	notePending
	noteReviewedQuantity
	noteReviewedPrice
	noteModifier
	noteContent
	noteExchange
	notePackage
	noteAuthorization
	noteExceeded
	noteOverride
	noteNoOverride
	noteTariff
	noteRule
)

// noteKey identifies a note, so that no text is written twice. Line is set where the text differs for each line.
type noteKey struct {
	kind   noteKind
	denial Denial
	review Review
	line   *ClaimLine
	rule   string
	scope  scheme.Scope
	amount money.Decimal
}

// note attaches a note to the line being decided, and writes it when it is new.
func (d *decider) note(l *Line, key noteKey) {
	number := 0
	for i := range d.notes {
		if d.notes[i] == key {
			number = i + 1
		}
	}
	if number == 0 {
		d.notes = append(d.notes, key)
		d.out.Notes = append(d.out.Notes, d.text(l, key))
		number = len(d.notes)
	}
	d.numbers = append(d.numbers, number)
}

// notesOf adds the notes that do not explain a cut.
func (d *decider) notesOf(l *Line) {
	if l.Exchange != nil {
		d.note(l, noteKey{kind: noteExchange, rule: l.Exchange.Currency, amount: l.Exchange.Rate.Rate})
	}
	if !l.Accepted() {
		return
	}
	if l.Authorization != "" {
		d.note(l, noteKey{kind: noteAuthorization, rule: l.Authorization})
	}
	if l.Review != NoReview {
		d.note(l, noteKey{kind: noteReview, review: l.Review, denial: l.Doubt})
	}
	if len(l.Modifiers) < len(l.Item.Modifiers) {
		d.noteModifiers(l)
	}
	if l.ByTariff {
		d.note(l, noteKey{kind: noteTariff, rule: l.Price.List.Key})
	}
	if l.Pending {
		d.note(l, noteKey{kind: notePending})
	}
}

func (d *decider) text(l *Line, key noteKey) string {
	switch key.kind {
	case noteDenied:
		if key.rule != "" {
			return key.denial.Display() + ": " + key.rule
		}
		return key.denial.Display() + "."
	case noteQuantity:
		return fmt.Sprintf("Line %s: the quantity was cut from %s to %s, which is what remains of the plan's limit.",
			key.line.Number(), l.Billed, l.Quantity)
	case notePrice:
		return "The agreed price counts where it is below the billed price."
	case noteLifted:
		return "The agreed price is paid although less was billed."
	case noteRule:
		return key.rule
	case noteFraction:
		return "Amounts are paid in whole units of the currency."
	case noteSwallowed:
		return fmt.Sprintf("The deductible %s counts this line as deducted, which is paid all the same.", key.rule)
	case noteFixed:
		return "The plan pays at most " + key.amount.String() + " " + d.out.Currency + " for one unit (" + key.rule + ")."
	case notePercent:
		return "The cover pays " + key.amount.String() + " %."
	case noteOthers:
		return fmt.Sprintf("Another payer has paid before (%s); this plan pays at most what he left.", key.rule)
	case noteDeductible:
		return "The deductible " + key.rule + " was taken off."
	case noteCategory:
		if key.scope != scheme.PerClaim {
			return fmt.Sprintf("Claims of this category (%s) are paid up to %s %s per %s.", d.category, key.amount, d.out.Currency, key.scope)
		}
		return "A claim of this category (" + d.category.String() + ") is paid up to " + key.amount.String() + " " + d.out.Currency + "."
	case noteCeiling:
		return "The ceiling " + key.rule + " is used up."
	case noteReviewedQuantity:
		return fmt.Sprintf("Line %s: the reviewer approved a quantity of %s.", key.line.Number(), key.amount)
	case noteReviewedPrice:
		return fmt.Sprintf("Line %s: the reviewer approved a price of %s %s for one unit.", key.line.Number(), key.amount, d.out.Currency)
	case noteModifier:
		return fmt.Sprintf("Line %s: the modifier %s does not change the price of this service.", key.line.Number(), key.rule)
	case noteContent:
		return fmt.Sprintf("Line %s: the same was claimed for %s before.", key.line.Number(), key.rule)
	case noteExchange:
		return fmt.Sprintf("Billed in %s: 1 %s is %s %s, the rate from %s on.", key.rule, key.rule, key.amount, d.out.Currency, l.Exchange.Rate.Valid.From)
	case notePackage:
		return fmt.Sprintf("Line %s: the parts are not those of the package, which is priced at 0.", key.rule)
	case noteAuthorization:
		return fmt.Sprintf("Counted against the authorization %s.", key.rule)
	case noteExceeded:
		return fmt.Sprintf("Line %s: more than the authorization %s grants is not paid.", key.line.Number(), key.rule)
	case noteOverride:
		return fmt.Sprintf("Line %s: a price above the agreed one counts: %s", key.line.Number(), key.rule)
	case noteTariff:
		return fmt.Sprintf("The facility has not agreed on a price; the reimbursement tariff counts (%s).", key.rule)
	case noteNoOverride:
		return fmt.Sprintf("Line %s: the price list does not let a price above its own count.", key.line.Number())
	case notePending:
		return "The price is relative: the amount is final when the period's index is known."
	}
	if key.review == ReviewByCheck {
		return reviewTexts[key.review] + ": " + key.denial.Display() + "."
	}
	return reviewTexts[key.review]
}

var reviewTexts = map[Review]string{
	ReviewByService:       "A reviewer looks at every claim with this service; the amount is provisional.",
	ReviewByPlan:          "A reviewer looks at every claim of this plan; the amount is provisional.",
	ReviewByRule:          "A rule of the scheme asks for a reviewer; the amount is provisional.",
	ReviewByCheck:         "A reviewer has to look; the amount is provisional",
	ReviewOfAuthorization: "The claim goes beyond what was authorized; a reviewer looks at it, the amount is provisional.",
	ReviewOfHistory:       "The member's older history has to be looked at; the amount is provisional.",
}
