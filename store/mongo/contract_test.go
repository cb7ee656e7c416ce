package mongo_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"

	"claimwright/store/mongo"
	"claimwright/store/storetest"
)

// TestContract holds the store against the contract, random sequences beside the model included, on the stand-in in every
// run and on a real server where one is named. What only the latter proves is listed in docs/mongodb.md.
//
// The commands that the suite made the store send are judged too: by the operators in them, which must be known, and by
// the indexes that the store declares, which must serve them. Whether MongoDB's planner then chooses these indexes only a
// real server tells.
func TestContract(t *testing.T) {
	for _, b := range backends(t) {
		t.Run(b.name, func(t *testing.T) {
			r := &recorder{}
			o := &opener{backend: b, opts: []mongo.Option{r.option()}}
			storetest.Run(t, o.open, storetest.WithReopen(o.reopen))
			commands := r.take()
			t.Run("operators", func(t *testing.T) { requireKnownOperators(t, commands) })
			t.Run("indexes", func(t *testing.T) { requireIndexes(t, commands) })
		})
	}
}

// knownOperators is everything of MongoDB's language that the store may use. Each addition must be one that all supported
// versions have, that sharded clusters allow in transactions, and that the stand-in understands.
var knownOperators = []string{
	"$and", "$changeStream", "$clusterTime", "$db", "$elemMatch", "$exists", "$group", "$gt", "$gte", "$in", "$limit", "$lt", "$lte",
	"$match", "$nor", "$or", "$regex", "$set", "$setOnInsert", "$sum", "$unset",
}

func requireKnownOperators(t *testing.T, commands []bson.D) {
	used := make(map[string]bool)
	for _, command := range commands {
		operators(command, used)
	}
	require.Subset(t, knownOperators, slices.Collect(maps.Keys(used)))
	require.Contains(t, slices.Collect(maps.Keys(used)), "$elemMatch", "the suite uses every kind of condition")
}
