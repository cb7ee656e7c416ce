package mongotest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.uber.org/goleak"

	"claimwright/store/mongo/mongotest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// connect starts a server and gives a database on it through the real driver.
func connect(t *testing.T) (context.Context, *mongo.Database, *mongotest.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	uri, server := mongotest.Start(t)
	client, err := mongo.Connect(options.Client().ApplyURI(uri))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Disconnect(context.Background())) })
	return ctx, client.Database("test"), server
}

// begin opens a transaction that ends with the test at the latest.
func begin(ctx context.Context, t *testing.T, db *mongo.Database) (context.Context, *mongo.Session) {
	session, err := db.Client().StartSession()
	require.NoError(t, err)
	t.Cleanup(func() { session.EndSession(context.Background()) })
	require.NoError(t, session.StartTransaction())
	return mongo.NewSessionContext(ctx, session), session
}

func id(v any) bson.D              { return bson.D{{Key: "_id", Value: v}} }
func set(key string, v any) bson.D { return bson.D{{Key: "$set", Value: bson.D{{Key: key, Value: v}}}} }
func doc(v any, n int) bson.D      { return bson.D{{Key: "_id", Value: v}, {Key: "n", Value: n}} }
func by(key string, order int) any { return bson.D{{Key: key, Value: order}} }

func numbers(docs []bson.M) []int32 {
	var all []int32
	for _, d := range docs {
		all = append(all, d["n"].(int32))
	}
	return all
}

func labelled(err error, label string) bool {
	var e mongo.LabeledError
	return errors.As(err, &e) && e.HasErrorLabel(label)
}

func TestWritesAndQueries(t *testing.T) {
	ctx, db, _ := connect(t)
	c := db.Collection("c")
	for i := range 5 {
		_, err := c.InsertOne(ctx, bson.D{{Key: "_id", Value: i}, {Key: "n", Value: 10 - i}, {Key: "tags", Value: bson.A{"a|1", "b|é"}}})
		require.NoError(t, err)
	}
	_, err := c.InsertOne(ctx, id(int64(3)))
	require.True(t, mongo.IsDuplicateKeyError(err), "int32 3 and int64 3 are the same key")

	found := func(filter bson.D, opts ...options.Lister[options.FindOptions]) []int32 {
		cursor, err := c.Find(ctx, filter, opts...)
		require.NoError(t, err)
		var docs []bson.M
		require.NoError(t, cursor.All(ctx, &docs))
		return numbers(docs)
	}
	require.Equal(t, []int32{6, 7, 8}, found(bson.D{}, options.Find().SetSort(by("n", 1)).SetLimit(3)))
	require.Equal(t, []int32{7, 6}, found(bson.D{}, options.Find().SetSort(by("n", -1)).SetSkip(3).SetBatchSize(1)))
	require.Equal(t, []int32{9, 7}, found(bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: bson.A{1, 3, 99}}}}}))
	between := bson.D{{Key: "$elemMatch", Value: bson.D{{Key: "$gte", Value: "b"}, {Key: "$lt", Value: "b~"}}}}
	require.Len(t, found(bson.D{{Key: "tags", Value: between}}), 5)
	require.Len(t, found(bson.D{{Key: "tags", Value: bson.D{{Key: "$regex", Value: `^b\|.*É|é`}}}}), 5)
	require.Empty(t, found(bson.D{{Key: "tags", Value: bson.D{{Key: "$regex", Value: `^é`}}}}))

	result, err := c.UpdateOne(ctx, id(1), set("n", 100))
	require.NoError(t, err)
	require.EqualValues(t, 1, result.ModifiedCount)
	result, err = c.UpdateOne(ctx, id(7), bson.D{{Key: "$setOnInsert", Value: bson.D{{Key: "n", Value: 7}}}}, options.UpdateOne().SetUpsert(true))
	require.NoError(t, err)
	require.EqualValues(t, 1, result.UpsertedCount)
	deleted, err := c.DeleteMany(ctx, bson.D{{Key: "n", Value: bson.D{{Key: "$lt", Value: 8}}}})
	require.NoError(t, err)
	require.EqualValues(t, 3, deleted.DeletedCount)
	count, err := c.CountDocuments(ctx, bson.D{})
	require.NoError(t, err)
	require.EqualValues(t, 3, count)
}

func TestTransactionIsolation(t *testing.T) {
	ctx, db, _ := connect(t)
	c := db.Collection("c")
	_, err := c.InsertMany(ctx, []any{doc("a", 1), doc("b", 1)})
	require.NoError(t, err)
	tx, session := begin(ctx, t, db)
	count := func(ctx context.Context) int64 {
		n, err := c.CountDocuments(ctx, bson.D{})
		require.NoError(t, err)
		return n
	}
	_, err = c.InsertOne(tx, doc("c", 1))
	require.NoError(t, err)
	_, err = c.InsertOne(ctx, doc("d", 1))
	require.NoError(t, err)
	require.EqualValues(t, 3, count(tx), "its own write, not the later one")
	require.EqualValues(t, 3, count(ctx), "the later one, not the uncommitted one")
	require.NoError(t, session.AbortTransaction(ctx))
	require.EqualValues(t, 3, count(ctx))
}

func TestWriteConflicts(t *testing.T) {
	for name, write := range map[string]func(ctx context.Context, c *mongo.Collection) error{
		"update": func(ctx context.Context, c *mongo.Collection) error {
			_, err := c.UpdateOne(ctx, id("a"), set("n", time.Now().UnixNano()))
			return err
		},
		"insert": func(ctx context.Context, c *mongo.Collection) error {
			_, err := c.InsertOne(ctx, doc("new", 1))
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, db, _ := connect(t)
			c := db.Collection("c")
			_, err := c.InsertOne(ctx, doc("a", 1))
			require.NoError(t, err)
			first, session := begin(ctx, t, db)
			second, _ := begin(ctx, t, db)
			third, _ := begin(ctx, t, db)
			for _, tx := range []context.Context{first, third} {
				require.NoError(t, c.FindOne(tx, id("a")).Err())
			}
			require.NoError(t, write(first, c))
			require.True(t, labelled(write(second, c), "TransientTransactionError"), "while the first is open")
			require.NoError(t, session.CommitTransaction(ctx))
			require.True(t, labelled(write(third, c), "TransientTransactionError"), "after its snapshot")
		})
	}
}

func TestAbsenceCanBeHeld(t *testing.T) {
	ctx, db, _ := connect(t)
	c := db.Collection("c")
	holder, session := begin(ctx, t, db)
	creator, _ := begin(ctx, t, db)
	require.ErrorIs(t, c.FindOne(creator, id("x")).Err(), mongo.ErrNoDocuments)
	_, err := c.InsertOne(holder, doc("x", 0))
	require.NoError(t, err)
	_, err = c.DeleteOne(holder, id("x"))
	require.NoError(t, err)
	require.NoError(t, session.CommitTransaction(ctx))
	_, err = c.InsertOne(creator, doc("x", 1))
	require.True(t, labelled(err, "TransientTransactionError"))
	_, err = c.InsertOne(ctx, doc("x", 1))
	require.NoError(t, err)
}

func TestWriteSkewIsPossible(t *testing.T) {
	ctx, db, _ := connect(t)
	c := db.Collection("c")
	_, err := c.InsertMany(ctx, []any{doc("a", 1), doc("b", 1)})
	require.NoError(t, err)
	left, leftSession := begin(ctx, t, db)
	right, rightSession := begin(ctx, t, db)
	require.NoError(t, c.FindOne(left, id("a")).Err())
	require.NoError(t, c.FindOne(right, id("b")).Err())
	_, err = c.UpdateOne(left, id("b"), set("n", 2))
	require.NoError(t, err)
	_, err = c.UpdateOne(right, id("a"), set("n", 2))
	require.NoError(t, err)
	require.NoError(t, leftSession.CommitTransaction(ctx))
	require.NoError(t, rightSession.CommitTransaction(ctx))
}

func TestPlainWriteWaitsAndPlainReadDoesNot(t *testing.T) {
	ctx, db, _ := connect(t)
	c := db.Collection("c")
	_, err := c.InsertOne(ctx, doc("a", 1))
	require.NoError(t, err)
	tx, session := begin(ctx, t, db)
	_, err = c.UpdateOne(tx, id("a"), set("n", 2))
	require.NoError(t, err)
	written := make(chan error)
	go func() {
		_, err := c.UpdateOne(ctx, id("a"), bson.D{{Key: "$inc", Value: bson.D{{Key: "n", Value: 10}}}})
		written <- err
	}()
	require.NoError(t, c.FindOne(ctx, id("a")).Err())
	require.NoError(t, session.CommitTransaction(ctx))
	require.NoError(t, <-written)
	var got bson.M
	require.NoError(t, c.FindOne(ctx, id("a")).Decode(&got))
	require.EqualValues(t, 12, got["n"])
}

func TestFailPoints(t *testing.T) {
	ctx, db, server := connect(t)
	c := db.Collection("c")
	require.NoError(t, db.Client().Database("admin").RunCommand(ctx, bson.D{
		{Key: "configureFailPoint", Value: "failCommand"}, {Key: "mode", Value: bson.D{{Key: "times", Value: 1}}},
		{Key: "data", Value: bson.D{{Key: "failCommands", Value: bson.A{"insert"}}, {Key: "closeConnection", Value: true}}},
	}).Err())
	_, err := c.InsertOne(ctx, doc("a", 1))
	require.NoError(t, err, "a retryable write is tried again")

	server.Fail(mongotest.FailPoint{Commands: []string{"insert"}, Times: 1, CloseConnection: true, AfterApply: true})
	_, err = c.InsertOne(ctx, doc("b", 1))
	require.NoError(t, err, "a write that was applied is replayed, not repeated")

	server.Fail(mongotest.FailPoint{Commands: []string{"commitTransaction"}, Times: 1, CloseConnection: true, AfterApply: true})
	tx, session := begin(ctx, t, db)
	_, err = c.InsertOne(tx, doc("c", 1))
	require.NoError(t, err)
	require.NoError(t, session.CommitTransaction(ctx))

	server.Fail(mongotest.FailPoint{Commands: []string{"update"}, Skip: 1, Times: 1, ErrorCode: 112})
	tx, _ = begin(ctx, t, db)
	_, err = c.UpdateOne(tx, id("a"), set("n", 2))
	require.NoError(t, err)
	_, err = c.UpdateOne(tx, id("b"), set("n", 2))
	require.True(t, labelled(err, "TransientTransactionError"))
	n, err := c.CountDocuments(ctx, bson.D{{Key: "n", Value: 1}})
	require.NoError(t, err)
	require.EqualValues(t, 3, n)
}

func TestChangeStream(t *testing.T) {
	ctx, db, server := connect(t)
	c := db.Collection("c")
	pipeline := mongo.Pipeline{{{Key: "$match", Value: bson.D{{Key: "operationType", Value: "insert"}}}}}
	stream, err := db.Watch(ctx, pipeline)
	require.NoError(t, err)
	defer stream.Close(ctx)
	_, err = c.InsertOne(ctx, doc("a", 1))
	require.NoError(t, err)
	_, err = c.UpdateOne(ctx, id("a"), set("n", 2))
	require.NoError(t, err)
	_, err = db.Client().Database("other").Collection("c").InsertOne(ctx, doc("hidden", 1))
	require.NoError(t, err)
	require.True(t, stream.Next(ctx))
	require.Equal(t, "a", stream.Current.Lookup("fullDocument", "_id").StringValue())
	token := stream.ResumeToken()

	_, err = c.InsertOne(ctx, doc("b", 1))
	require.NoError(t, err)
	resumed, err := db.Watch(ctx, pipeline, options.ChangeStream().SetResumeAfter(token))
	require.NoError(t, err)
	defer resumed.Close(ctx)
	require.True(t, resumed.Next(ctx))
	require.Equal(t, "b", resumed.Current.Lookup("fullDocument", "_id").StringValue())

	server.ForgetChanges()
	_, err = db.Watch(ctx, pipeline, options.ChangeStream().SetResumeAfter(token))
	var failed mongo.CommandError
	require.ErrorAs(t, err, &failed)
	require.EqualValues(t, 286, failed.Code)
}

func TestCatalog(t *testing.T) {
	ctx, db, server := connect(t)
	require.NoError(t, db.CreateCollection(ctx, "c"))
	_, err := db.Collection("c").Indexes().CreateOne(ctx, mongo.IndexModel{Keys: bson.D{{Key: "a", Value: 1}, {Key: "b", Value: -1}}})
	require.NoError(t, err)
	names, err := db.ListCollectionNames(ctx, bson.D{})
	require.NoError(t, err)
	require.Equal(t, []string{"c"}, names)
	require.Equal(t, []mongotest.Index{
		{Collection: "c", Name: "_id_", Keys: []string{"_id"}},
		{Collection: "c", Name: "a_1_b_-1", Keys: []string{"a", "-b"}},
	}, server.Indexes("test"))
	require.Error(t, db.RunCommand(ctx, bson.D{{Key: "reIndex", Value: "c"}}).Err())
}

func TestLargeResultsComeInBatches(t *testing.T) {
	ctx, db, _ := connect(t)
	c := db.Collection("c")
	text := string(make([]byte, 1<<20))
	for i := range 60 {
		_, err := c.InsertOne(ctx, bson.D{{Key: "_id", Value: i}, {Key: "text", Value: text}})
		require.NoError(t, err)
	}
	for _, size := range []int32{0, 1, 7, 100} {
		cursor, err := c.Find(ctx, bson.D{}, options.Find().SetBatchSize(size))
		require.NoError(t, err)
		n := 0
		for cursor.Next(ctx) {
			n++
		}
		require.NoError(t, cursor.Err())
		require.Equal(t, 60, n)
	}
}
