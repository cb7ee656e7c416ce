// Package resources is the only way to write a resource: REST interactions, bundle entries, operations and imports all
// come through here.
//
// It owns what every write needs whatever the type: the id and meta of the stored version, index values, access labels,
// audit facts, the guards of identifiers, preconditions (If-Match, If-None-Exist), and the unit of work that turns many
// changes into one commit. It knows of each type only what its registered Behaviour does; adjudication registers those,
// and this package must not know adjudication, HTTP or any database.
//
//	service := resources.New(st, resources.Options{})
//	service.Register("Claim", claims)                   // before first use
//	stored, err := service.Create(ctx, principal, doc, resources.CreateOptions{})
//
// # Unit of work
//
// Do takes the first-come-first-served locks that are asked for, runs the work over a fresh Unit, and commits what it
// staged. A conflict with another server runs the work again: on fresh reads, with the same ids and the same time. The
// locks make clients of one server take turns; the preconditions of the commit are the truth.
//
//	err := service.Do(ctx, principal, []string{"member/17"}, func(ctx context.Context, u *resources.Unit) error {
//		head, err := u.Internal(ctx, headKey)
//		if err != nil {
//			return err
//		}
//		u.PutInternal(headKey, head.Version, next(head.Data))
//		_, err = u.Put(ctx, store.Key{Type: "Claim", ID: u.NewID()}, claim, "submit")
//		return err
//	})
//
// # Search parameters
//
// An active SearchParameter that R4 has not shapes the index: its behaviour is this package's own. LoadParameters is called
// before the first request, KeepParameters runs beside the requests: it notices what other servers define and indexes anew.
//
// # Bundles
//
// Process executes what package bundle planned: a transaction as one unit of work, a batch entry by entry. In a
// transaction everything that can be known without staging is settled first: ids, links between entries, conditional
// references (over a preview of the entries), changes and their locks. Then the entries are staged in R4's order through
// the behaviours of their types, so that a Claim in a transaction is decided in its commit.
//
// # Decided here
//
// R4 leaves some matters open. An update whose content is the stored content keeps the version: 200, nothing written. A
// PUT to an unknown id creates (Options.NoUpdateCreate turns that off: 405). Deleting what is not there succeeds. A PUT
// to a deleted id brings it back with the next version, 201. What the principal may not see is, to him, not there: it is
// read as 404 and deleted as unknown, and an update of it is refused with 404. A conditional reference that finds nothing
// fails its transaction with 412, like one that finds several. Two entries that create under the same condition, or one
// whose condition another entry meets, fail the transaction: their order would decide.
package resources
