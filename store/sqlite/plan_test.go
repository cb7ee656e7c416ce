package sqlite

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/store/sqlite/internal/native"
)

// TestPlans reads the query plan of every statement that the store prepares: each must find its rows by a primary key or an
// index. Statements of maintenance, which look at everything, are prepared where they are used and not seen here.
func TestPlans(t *testing.T) {
	st := openIn(t, newPath(t))
	defer func() { require.NoError(t, st.Close()) }()
	r := <-st.readers
	defer func() { st.readers <- r }()
	// Bounded by LIMIT, from the beginning of the table in the order of its key.
	bounded := map[string]string{
		st.writer.sweepApplied.SQL(): "SCAN applied",
	}
	for _, c := range []*native.Conn{st.writer.conn, r.conn} {
		for _, sql := range c.Statements() {
			plan := planOfStatement(t, c, sql)
			for _, step := range plan {
				if allowed, ok := bounded[sql]; ok && step == allowed {
					continue
				}
				require.Falsef(t, strings.HasPrefix(step, "SCAN"), "%s\n%s", sql, strings.Join(plan, "\n"))
				require.NotContainsf(t, step, "TEMP B-TREE", "%s\n%s", sql, strings.Join(plan, "\n"))
			}
		}
	}
}

func planOfStatement(t *testing.T, c *native.Conn, sql string) (plan []string) {
	t.Helper()
	st, err := c.Prepare("EXPLAIN QUERY PLAN " + sql)
	require.NoError(t, err)
	defer st.Close()
	require.NoError(t, eachRow(st, func() error {
		plan = append(plan, st.TextAt(3))
		return nil
	}))
	return plan
}
