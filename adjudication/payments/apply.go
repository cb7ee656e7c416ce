package payments

import (
	"context"

	"claimwright/adjudication/claims"
	"claimwright/adjudication/claims/answer"
	"claimwright/adjudication/engine/money"
	"claimwright/fhir/codec"
	"claimwright/store/resources"
)

// paid is the interaction that audit remembers of a response and its Task.
const paid resources.Interaction = "payment"

// apply adds the amounts of a reconciliation to what is paid of its claims, or, with sign -1, takes them back. Everything is
// checked before anything is staged.
func (p *Payments) apply(ctx context.Context, u *resources.Unit, doc *codec.Document, sign int) error {
	refs, err := p.named(ctx, u, doc)
	if err != nil {
		return err
	}
	ids := claimsOf(refs)
	if len(ids) == 0 {
		return nil
	}
	found, err := p.claims.Accounts(ctx, u, ids...)
	if err != nil {
		return err
	}
	accounts := make(map[string]*claims.Account, len(ids))
	for i, id := range ids {
		accounts[id] = found[i]
	}
	for i := range refs {
		if err := refs[i].add(accounts[refs[i].claim], sign); err != nil {
			return err
		}
	}
	if err := adds(doc); err != nil && sign > 0 {
		return err
	}
	for _, id := range ids {
		a := accounts[id]
		if err := fits(refs, a); err != nil {
			return err
		}
		if err := p.claims.Pay(ctx, u, a, payment(doc, a), paid); err != nil {
			return err
		}
	}
	return nil
}

// adds checks that the details of a payment sum up to it, where they all have amounts in its currency.
func adds(doc *codec.Document) error {
	whole := doc.Root().Get(nPaymentAmount)
	var sum money.Decimal
	for d := range doc.Root().Get(nDetail).Each() {
		amount, err := money.Parse(d.Get(nAmount).Get(nValue).Text())
		if err != nil || d.Get(nAmount).Get(nCurrency).Text() != whole.Get(nCurrency).Text() {
			return nil
		}
		sum = sum.Add(amount)
	}
	if paid, err := money.Parse(whole.Get(nValue).Text()); err != nil || !sum.Valid() || !sum.Equal(paid) {
		return refuse(whole.Path(), "The payment is not the sum of its details.", whole.Get(nValue).Text(), sum.String())
	}
	return nil
}

// add adds a detail's amount to what is paid of its claim.
func (d *detail) add(a *claims.Account, sign int) error {
	path := d.at.Path()
	if a == nil {
		return refuse(path, "The claim is not known, or was not decided.", "Claim/"+d.claim, "a claim that was approved")
	}
	if err := a.Payable(); err != nil {
		return at(err, path)
	}
	amount, err := money.Parse(d.at.Get(nAmount).Get(nValue).Text())
	currency := d.at.Get(nAmount).Get(nCurrency).Text()
	digits := money.Digits(a.Currency)
	switch {
	case err != nil || !d.at.Get(nAmount).Get(nValue).Exists():
		return refuse(path, "The amount that was paid is missing or cannot be used.", d.at.Get(nAmount).Get(nValue).Text(), "an amount of at most 18 digits")
	case currency != a.Currency:
		return refuse(path, "The amount is not in the currency of the claim.", currency, a.Currency)
	case !amount.Round(digits).Equal(amount):
		return refuse(path, "The amount has more digits than its currency.", amount.String(), "an amount in whole units of "+a.Currency)
	}
	if sign < 0 {
		amount = amount.Neg()
	}
	d.amount = amount.Round(digits)
	a.Paid = a.Paid.Add(d.amount)
	return nil
}

// fits checks what is paid of a claim after all details: never more than is owed, never less than nothing.
func fits(refs []detail, a *claims.Account) error {
	if a.Paid.Valid() && a.Paid.Sign() >= 0 && !a.Owed.Less(a.Paid) {
		return nil
	}
	var last *detail
	sum := money.Decimal{}
	for i := range refs {
		if refs[i].claim == a.ClaimID {
			last = &refs[i]
			sum = sum.Add(refs[i].amount)
		}
	}
	before := a.Paid.Sub(sum)
	if a.Paid.Sign() < 0 {
		return refuse(last.at.Path(), "More is taken back than was paid for Claim/"+a.ClaimID+".",
			sum.Neg().String()+" "+a.Currency, "at most "+before.String()+" "+a.Currency)
	}
	return refuse(last.at.Path(), "More is paid than is owed for Claim/"+a.ClaimID+".",
		sum.String()+" "+a.Currency, "at most "+a.Owed.Sub(before).String()+" "+a.Currency+", of "+a.Owed.String()+" "+a.Currency+" approved")
}

// payment is what the response says of all payments: the sum, with date and number of this one.
func payment(doc *codec.Document, a *claims.Account) answer.Payment {
	root := doc.Root()
	identifier := root.Get(nPaymentIdentifier)
	if !identifier.Exists() {
		identifier = root.Find(nIdentifier)
	}
	return answer.Payment{Amount: a.Paid, Date: root.Get(nPaymentDate).Text(), Identifier: identifier.Raw()}
}
