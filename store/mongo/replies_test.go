package mongo

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/drivertest"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/xoptions"

	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/mongo/jsonbson"
)

// answering is a store whose server gives exactly these replies, one a command. It proves what a single reply means, not
// that a server gives it.
func answering(t *testing.T, replies ...bson.D) *Store {
	deployment := drivertest.NewMockDeployment()
	deployment.AddResponses(replies...)
	o := options.Client().SetRetryWrites(false).SetRetryReads(false)
	require.NoError(t, xoptions.SetInternalClientOptions(o, "deployment", deployment))
	client, err := mongo.Connect(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Disconnect(context.Background())) })
	s := &Store{client: client, db: client.Database("db", databaseOptions())}
	s.limits = limits{searchTime: time.Second, sortCandidates: 10, attempts: 2, settleTime: time.Second}
	s.types.add("Patient")
	return s
}

func ok(fields ...bson.E) bson.D { return append(bson.D{{Key: "ok", Value: 1}}, fields...) }

func failing(code int32, text string) bson.D {
	return bson.D{{Key: "ok", Value: 0}, {Key: "code", Value: code}, {Key: "errmsg", Value: text}}
}

func writeError(code int32, text string) bson.D {
	return ok(bson.E{Key: "n", Value: 0}, bson.E{Key: "writeErrors", Value: bson.A{
		bson.D{{Key: "index", Value: 0}, {Key: "code", Value: code}, {Key: "errmsg", Value: text}},
	}})
}

func batch(documents ...bson.D) bson.D {
	all := bson.A{}
	for _, d := range documents {
		all = append(all, d)
	}
	return ok(bson.E{Key: "cursor", Value: bson.D{
		{Key: "id", Value: int64(0)}, {Key: "ns", Value: "db.c"}, {Key: "firstBatch", Value: all},
	}})
}

func TestRepliesToACreate(t *testing.T) {
	noted, inserted := ok(bson.E{Key: "n", Value: 1}), ok(bson.E{Key: "n", Value: 1})
	duplicate := writeError(11000, "E11000 duplicate key error collection: db.Patient index: _id_ dup key: { _id: \"secret\" }")
	concern := ok(bson.E{Key: "n", Value: 1}, bson.E{Key: "writeConcernError", Value: bson.D{
		{Key: "code", Value: 64}, {Key: "errmsg", Value: "waiting for replication timed out"},
	}})
	mine := bson.D{{Key: "_id", Value: "p"}, {Key: "version", Value: int64(1)}, {Key: "commit", Value: "commit"}}
	others := bson.D{{Key: "_id", Value: "p"}, {Key: "version", Value: int64(1)}, {Key: "commit", Value: "other"}}
	commitNote := bson.D{
		{Key: "_id", Value: "commit"}, {Key: "type", Value: "Patient"}, {Key: "key", Value: "p"}, {Key: "version", Value: int64(1)},
	}
	for name, c := range map[string]struct {
		replies []bson.D
		want    error
		other   bool // an error that is none of the contract's
	}{
		"applied":                       {[]bson.D{noted, inserted}, nil, false},
		"somebody else created it":      {[]bson.D{noted, duplicate, batch(others)}, store.ErrConflict, false},
		"created by an earlier attempt": {[]bson.D{noted, duplicate, batch(mine), batch(mine)}, nil, false},
		"created, but not by a majority yet": {[]bson.D{
			noted, duplicate, batch(mine), batch(), batch(commitNote), batch(),
			noted, duplicate, batch(mine), batch(), batch(commitNote), batch(),
		}, store.ErrUnknown, false},
		"sent again":                       {[]bson.D{writeError(11000, "E11000"), batch(commitNote), batch(mine), batch(commitNote), batch(mine)}, nil, false},
		"a conflict, then applied":         {[]bson.D{noted, failing(112, "WriteConflict"), noted, inserted}, nil, false},
		"conflicts only":                   {[]bson.D{noted, failing(112, "WriteConflict"), noted, failing(112, "WriteConflict")}, store.ErrConflict, false},
		"a write concern that failed":      {[]bson.D{noted, concern, batch(commitNote), batch(mine)}, nil, false},
		"a document that the server hates": {[]bson.D{noted, writeError(10334, "BSONObj size is invalid")}, nil, true},
		"not authorised":                   {[]bson.D{failing(13, "not authorized on db to execute command")}, nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := answering(t, c.replies...)
			err := s.Commit(t.Context(), store.Commit{ID: "commit", Resources: []store.Write{
				{Key: store.Key{Type: "Patient", ID: "p"}, Version: 1, Body: []byte(`{"resourceType":"Patient"}`)},
			}})
			switch {
			case c.other:
				require.Error(t, err)
				require.NotErrorIs(t, err, store.ErrConflict)
				require.NotErrorIs(t, err, store.ErrUnknown)
			case c.want != nil:
				require.ErrorIs(t, err, c.want)
			default:
				require.NoError(t, err)
			}
		})
	}
}

func TestRepliesToASearch(t *testing.T) {
	for name, c := range map[string]struct {
		reply bson.D
		want  error
	}{
		"out of time":         {failing(codeMaxTimeExpired, "operation exceeded time limit"), store.ErrTooCostly},
		"a damaged document":  {batch(bson.D{{Key: "_id", Value: "p"}, {Key: "resource", Value: bson.D{{Key: "x", Value: bson.Undefined{}}}}}), jsonbson.ErrDocument},
		"too many candidates": {batch(make([]bson.D, 11)...), store.ErrTooCostly},
	} {
		t.Run(name, func(t *testing.T) {
			s := answering(t, c.reply)
			_, err := s.Search(t.Context(), store.System(), &search.Query{Type: "Patient", Count: 5, Sort: []search.Sort{{Param: "family"}}}, "")
			require.ErrorIs(t, err, c.want)
		})
	}
}
