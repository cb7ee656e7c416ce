package claims_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/store"
	"claimwright/store/mongo"
	"claimwright/store/mongo/mongotest"
	"claimwright/store/sqlite"
	"claimwright/store/storetest"
)

// committing counts the commits that are tried: one for each decision.
type committing struct {
	store.Store
	tried atomic.Int64
}

func (c *committing) Commit(ctx context.Context, commit store.Commit) error {
	c.tried.Add(1)
	return c.Store.Commit(ctx, commit)
}

// policyOfTen is a policy of five members whose ceiling allows ten consultations.
const policyOfTen = `{"resourceType":"Bundle","type":"transaction","entry":[
{"resource":{"resourceType":"InsurancePlan","id":"ten","extension":[
{"url":"https://claimwright.org/fhir/StructureDefinition/plan-limit","extension":[{"url":"id","valueString":"ten"},{"url":"kind","valueCode":"ceiling"},{"url":"scope","valueCode":"policy"},{"url":"setting","valueCode":"any"},{"url":"period","valueCode":"policy"},{"url":"amount","valueMoney":{"value":8000.00,"currency":"KES"}}]},
{"url":"https://claimwright.org/fhir/StructureDefinition/plan-benefit","extension":[{"url":"kind","valueCode":"coinsurance"},{"url":"percent","valueDecimal":100}]}],
"identifier":[{"system":"urn:test:plans","value":"TEN"}],"status":"active","name":"Ten","period":{"start":"2026-01-01"},"ownedBy":{"reference":"Organization/umoja"}},"request":{"method":"PUT","url":"InsurancePlan/ten"}},
{"resource":{"resourceType":"Contract","id":"ten","status":"executed","type":{"coding":[{"system":"https://claimwright.org/fhir/CodeSystem/contract-type","code":"policy"}]},"applies":{"start":"2026-01-01","end":"2026-12-31"},"authority":[{"reference":"Organization/umoja"}]},"request":{"method":"PUT","url":"Contract/ten"}}%s]}`

func (w *world) loadPolicyOfTen() {
	members := ""
	for i := range 5 {
		members += fmt.Sprintf(`,{"resource":{"resourceType":"Patient","id":"ten-%[1]d","gender":"female","birthDate":"1990-01-01"},"request":{"method":"PUT","url":"Patient/ten-%[1]d"}},
{"resource":{"resourceType":"Coverage","id":"ten-%[1]d","status":"active","beneficiary":{"reference":"Patient/ten-%[1]d"},"payor":[{"reference":"Organization/umoja"}],"period":{"start":"2026-01-01","end":"2026-12-31"},
"class":[{"type":{"coding":[{"code":"plan"}]},"value":"TEN"}],"contract":[{"reference":"Contract/ten"}]},"request":{"method":"PUT","url":"Coverage/ten-%[1]d"}}`, i)
	}
	w.transact(fmt.Sprintf(policyOfTen, members))
}

// TestNoCeilingIsOverspent: 64 clients submit 500 claims on one policy whose ceiling allows ten. Exactly the ceiling is paid,
// every claim gets its response, none an error; with one server, and with two that know nothing of each other's locks.
func TestNoCeilingIsOverspent(t *testing.T) {
	backends := map[string]func(t *testing.T) (store.Store, int){
		"memory": func(*testing.T) (store.Store, int) { return storetest.NewMemory(), 500 },
		"sqlite": func(t *testing.T) (store.Store, int) {
			st, err := sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "claims.db"))
			require.NoError(t, err)
			return st, 500
		},
		"mongo": func(t *testing.T) (store.Store, int) {
			uri, _ := mongotest.Start(t)
			st, err := mongo.Open(context.Background(), uri)
			require.NoError(t, err)
			return st, 500
		},
	}
	for backend, open := range backends {
		for _, servers := range []int{1, 2} {
			t.Run(fmt.Sprintf("%s, %d servers", backend, servers), func(t *testing.T) {
				st, claims := open(t)
				t.Cleanup(func() { require.NoError(t, st.Close()) })
				overspend(t, st, servers, claims)
			})
		}
	}
}

func overspend(t *testing.T, st store.Store, servers, claims int) {
	counted := &committing{Store: st}
	worlds := []*world{newWorld(t, counted)}
	worlds[0].loadPolicyOfTen()
	for len(worlds) < servers {
		worlds = append(worlds, joinWorld(t, counted))
	}
	counted.tried.Store(0)
	const clients = 64
	var paid, next, failed atomic.Int64
	took := make([]time.Duration, claims)
	var group sync.WaitGroup
	for client := range clients {
		w := worlds[client%servers]
		group.Go(func() {
			for n := next.Add(1); n <= int64(claims); n = next.Add(1) {
				body := claimSpec{
					identifier: fmt.Sprint("ten-", n), patient: fmt.Sprintf(`{"reference":"Patient/ten-%d"}`, n%5),
					coverage: fmt.Sprintf(`{"reference":"Coverage/ten-%d"}`, n%5),
				}.json()
				began := time.Now()
				answer, err := w.claims.Submit(context.Background(), everyone, w.parse(body))
				took[n-1] = time.Since(began)
				if err != nil {
					failed.Add(1)
					t.Logf("claim %d: %v", n, err)
					continue
				}
				totals, _ := amounts(readResponse(t, answer).Total)
				paid.Add(cents(t, totals["benefit"]))
			}
		})
	}
	group.Wait()
	slices.Sort(took)
	t.Logf("%.2f decisions per claim, p99 %s", float64(counted.tried.Load())/float64(claims), took[claims*99/100].Round(time.Millisecond))
	require.Zero(t, failed.Load())
	require.Equal(t, int64(800_000), paid.Load(), "exactly the ceiling")
	require.Equal(t, int64(claims), worlds[0].count("Claim"))
	require.Equal(t, int64(claims), worlds[0].count("ClaimResponse"))
	require.Equal(t, int64(claims), worlds[0].count("Task"))
	worlds[0].verify()
}
