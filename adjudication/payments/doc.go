// Package payments follows the money: a PaymentReconciliation that names claims of this server pays them.
//
// It owns the behaviour of PaymentReconciliation (R4) and the recovery of what was paid for a claim that is cancelled. It
// asks the package claims what is owed (claims.Accounts) and tells it what is paid (Claims.Pay), all in the unit of work that
// writes the reconciliation. It must not know HTTP, nor any database.
//
//	payments.New(service, c, payments.Options{}) // registers the behaviour, and c.RecoverBy it
//
// # What a reconciliation does
//
// Status active pays: each detail that refers to a ClaimResponse (detail.response) or Claim (detail.request) of this server
// adds its amount to ClaimResponse.payment, which is the sum of all payments; the life-cycle Task becomes paid when that is
// what the claim is owed. A negative amount takes back. More than is owed, or less than nothing, is refused, and so is a
// claim that is not approved. Details about anything else are stored and mean nothing here.
//
// Active to cancelled or entered-in-error takes everything back; nothing else of an active one may change, and it cannot be
// deleted.
//
// # Recovery
//
// A claim that is cancelled after payment leaves an active PaymentReconciliation with one detail of type adjustment and a
// negative amount, about the Claim and its ClaimResponse, in the same commit. The response keeps its payment as a record.
package payments
