package offline

import (
	"context"
	"fmt"

	"claimwright/adjudication/engine/ledger"
	"claimwright/store"
)

// groups puts each member into a group with all members whose decisions can share a head: that of a policy that both have a
// cover of, or have in common with others of the group. Covers do not change while claims are decided.
type groups map[string]string

// headsAtOnce is how many heads are read at once.
const headsAtOnce = 500

// readGroups reads the heads of all members.
func readGroups(ctx context.Context, st store.Store) (groups, error) {
	g := groups{}
	for after := ""; ; {
		page, err := st.ScanInternals(ctx, store.System(), store.SpaceHead, ledger.MemberID(""), after, headsAtOnce)
		if err != nil {
			return nil, fmt.Errorf("read the heads of members: %w", err)
		}
		for _, r := range page {
			m, err := ledger.DecodeMember(r.Data)
			if err != nil {
				return nil, fmt.Errorf("head %s: %w", r.Key.ID, err)
			}
			g.add(r.Key.ID, m)
		}
		if len(page) < headsAtOnce {
			return g, nil
		}
		after = page[len(page)-1].Key.ID
	}
}

// add joins a member's group with those of the policies; a policy is in the table like a member.
func (g groups) add(head string, m *ledger.Member) {
	for i := range m.Covers {
		if a, b := g.of(head), g.of(m.Covers[i].Policy); a != b {
			g[a] = b
		}
	}
}

// of is the name of the group that a head is in; one that no cover mentions is a group of its own. It changes nothing.
func (g groups) of(head string) string {
	for {
		next, joined := g[head]
		if !joined {
			return head
		}
		head = next
	}
}
