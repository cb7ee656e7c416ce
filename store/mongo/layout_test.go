package mongo_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"claimwright/store"
	"claimwright/store/mongo"
	"claimwright/store/mongo/mongotest"
)

// raw opens a store and, beside it, its database as an operator sees it.
func raw(t *testing.T) (*mongo.Store, *driver.Database) {
	_, server := mongotest.Start(t)
	client, err := driver.Connect(options.Client().ApplyURI(server.URI("")))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Disconnect(context.Background())) })
	st, err := mongo.Open(t.Context(), server.URI("tenant"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	return st, client.Database("tenant")
}

// put writes a version; an empty body deletes.
func put(t *testing.T, st *mongo.Store, k store.Key, version int64, body string) {
	t.Helper()
	w := store.Write{Key: k, Version: version, Body: []byte(body)}
	if body == "" {
		w.Body, w.Deleted = nil, true
	}
	require.NoError(t, st.Commit(t.Context(), store.Commit{ID: store.NewCommitID(), Resources: []store.Write{w}}))
}

func TestBodiesComeBackExactly(t *testing.T) {
	st, _ := raw(t)
	for i, body := range []string{
		`{"resourceType":"Claim","total":{"value":125.00}}`,
		"{\n  \"resourceType\" : \"Claim\",\r\n\t\"total\" : { \"value\" : 1.2750E2 } }\n",
		`{"resourceType":"Claim","a":[0.000000100,-0.0,123456789012345678901234567890123456789.5,9223372036854775808]}`,
		`{"resourceType":"Claim","text":{"div":"\u003cdiv\u003e caf\u00e9 \ud83d\ude00 \/ \u0000"}}`,
		`{"resourceType":"Claim","$oid":"507f1f77bcf86cd799439011","a.b":{"$where":"1"}}`,
	} {
		k := store.Key{Type: "Claim", ID: fmt.Sprint("c", i)}
		put(t, st, k, 1, body)
		recs, err := st.Get(t.Context(), store.System(), k)
		require.NoError(t, err)
		require.Equal(t, body, string(recs[0].Body))
		put(t, st, k, 2, `{}`)
		old, err := st.Version(t.Context(), store.System(), k, 1)
		require.NoError(t, err)
		require.Equal(t, body, string(old.Body))
	}
}

func TestUnstorableBodies(t *testing.T) {
	st, _ := raw(t)
	for name, body := range map[string]string{
		"not JSON": `{"a":`, "no object": `[]`, "not UTF-8": "{\"a\":\"\xff\"}", "too large": `{"a":"` + strings.Repeat("x", 17<<20) + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			err := st.Commit(t.Context(), store.Commit{ID: store.NewCommitID(), Resources: []store.Write{
				{Key: store.Key{Type: "Claim", ID: "bad"}, Version: 1, Body: []byte(body)},
			}})
			require.Error(t, err)
			require.NotErrorIs(t, err, store.ErrConflict)
			recs, err := st.Get(t.Context(), store.System(), store.Key{Type: "Claim", ID: "bad"})
			require.NoError(t, err)
			require.Nil(t, recs[0])
		})
	}
	err := st.Commit(t.Context(), store.Commit{ID: store.NewCommitID(), Resources: []store.Write{
		{Key: store.Key{Type: "_heads", ID: "x"}, Version: 1, Body: []byte(`{}`)},
	}})
	require.ErrorContains(t, err, "is no resource type")
}

// What analysts are told to write must work.
func TestAnalystsQueries(t *testing.T) {
	st, db := raw(t)
	put(t, st, store.Key{Type: "Claim", ID: "a"}, 1, `{"resourceType":"Claim","status":"active","item":[{"net":{"value":125.00}}]}`)
	put(t, st, store.Key{Type: "Claim", ID: "b"}, 1, `{"resourceType":"Claim","status":"draft","item":[{"net":{"value":7}}]}`)
	put(t, st, store.Key{Type: "Claim", ID: "c"}, 1, `{"resourceType":"Claim","status":"active"}`)
	put(t, st, store.Key{Type: "Claim", ID: "c"}, 2, "")
	for _, filter := range []bson.D{
		{{Key: "resource.status", Value: "active"}, {Key: "deleted", Value: false}},
		{{Key: "resource.item.net.value", Value: bson.D{{Key: "$gt", Value: 100}}}},
	} {
		n, err := db.Collection("Claim").CountDocuments(t.Context(), filter)
		require.NoError(t, err)
		require.EqualValues(t, 1, n)
	}
	n, err := db.Collection("Claim_history").CountDocuments(t.Context(), bson.D{{Key: "_id.id", Value: "c"}})
	require.NoError(t, err)
	require.EqualValues(t, 1, n)
}

// A server that stops between the history and the compare-and-set leaves a copy of the current version in the history.
func TestLeftOverHistory(t *testing.T) {
	st, db := raw(t)
	k := store.Key{Type: "Claim", ID: "a"}
	put(t, st, k, 1, `{"v":1}`)
	put(t, st, k, 2, `{"v":2}`)
	var current bson.M
	require.NoError(t, db.Collection("Claim").FindOne(t.Context(), bson.D{{Key: "_id", Value: "a"}}).Decode(&current))
	current["_id"] = bson.D{{Key: "id", Value: "a"}, {Key: "version", Value: int64(2)}}
	_, err := db.Collection("Claim_history").InsertOne(t.Context(), current)
	require.NoError(t, err)

	require.Empty(t, findings(t, st))
	for _, limit := range []int{1, 2, 5} {
		for _, q := range []store.HistoryQuery{{Limit: limit}, {Type: "Claim", Limit: limit}, {Type: "Claim", ID: "a", Limit: limit}} {
			require.Equal(t, []int64{2, 1}, versions(t, st, q))
		}
	}
	require.NoError(t, st.Commit(t.Context(), store.Commit{
		ID: store.NewCommitID(), Resources: []store.Write{{Key: k, Version: 3, Body: []byte(`{"v":3}`)}},
		Internals: []store.InternalWrite{{Key: store.InternalKey{Space: store.SpaceHead, ID: "h"}, Version: 1}},
	}))
	require.Equal(t, []int64{3, 2, 1}, versions(t, st, store.HistoryQuery{Type: "Claim", Limit: 2}))
	require.Empty(t, findings(t, st))
}

func versions(t *testing.T, st *mongo.Store, q store.HistoryQuery) []int64 {
	var all []int64
	for {
		page, err := st.History(t.Context(), store.System(), q)
		require.NoError(t, err)
		for _, r := range page.Records {
			all = append(all, r.Version)
		}
		if q.After = page.Next; q.After == "" {
			return all
		}
	}
}
