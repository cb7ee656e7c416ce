// Package ledger is the memory of adjudication: what was used of every limit, and what was provided to whom and when.
//
// It owns the heads (Member, and Policy, whose form families and events share), the entries beneath them, their compact
// stored form, and the pure functions that apply an entry to a head and prove a head from its entries. It must not know
// the store, claims documents or plans: a limit is a name here, a service a key.
//
//	entry := decision.Entries[0]
//	next, err := member.With(&entry) // a new head; the old one is unchanged
//	…
//	writes = append(writes, put(ledger.MemberID(member.ID), next.Encode()), put(ledger.EntryID(…), entry.Encode()))
//
// # Bounded size
//
// A head must not grow with the member's past, because every decision reads and writes it. So a head holds sums, not
// claims: one row for each limit and period, and for each service that a rule counts, one row for each counting period
// or, under a rule in days, for each day. What no rule can need any more is forgotten: days and periods that ended more
// than the rule's own length plus KeepDays before the clock of the entry being applied, and anything beyond MaxDays days
// of one service. A head remembers how far it has forgotten (Since, Horizon), and a question that reaches further back
// is answered "not known", which sends the line to a person instead of guessing. The entries are never forgotten; a head
// is rebuilt from them by applying them in order.
//
// A rolling limit needs a row for each day on which anything was used; it keeps them for KeepRollingDays beyond its length,
// packed, so that a decision looks at those of its window only. Of the lines that a plan wants to know again, a head keeps
// eight bytes and the day, MaxFingerprints at most.
//
// Families and events have heads of their own beside their policy's: the claims of one family neither conflict on another's
// head nor make it longer, and an event is never forgotten. (On the policy's own head all its claims take turns.) The head
// of an event is one member's.
//
// Services are recorded only while a rule of the scheme counts them. A rule that is added later counts from its own
// first day.
package ledger
