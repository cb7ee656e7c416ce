// Package mongotest is a stand-in for a MongoDB replica set, in process and in memory, for tests only: it speaks the wire
// protocol, so that the real driver and the real store run against it in every "go test ./...", without a server.
//
// It owns the wire codec, sessions, transactions, retryable writes, cursors, change streams and fail points. Matching,
// updating, sorting and projecting are lungo's (github.com/256dpi/lungo, its mongokit and bsonkit packages), the only place where they
// and version 1 of the driver's BSON may be imported. It must not know the store.
//
//	uri, server := mongotest.Start(t)
//	st, err := mongo.Open(ctx, uri)
//	server.Fail(mongotest.FailPoint{Commands: []string{"commitTransaction"}, Times: 1, CloseConnection: true})
//
// # What it does as MongoDB does
//
// Transactions read a snapshot taken by their first statement and see their own writes. Of two that write the same
// document the second gets WriteConflict (112) with TransientTransactionError, at the write; so does one that writes a
// document that changed, appeared or disappeared after its snapshot. Two that read each other's documents but write
// different ones both commit: write skew is as possible as on a server. Writes outside transactions wait for an open
// transaction that holds their document; reads never wait. Any error of a statement ends its transaction. Retryable
// writes are replayed by session and number. Hello presents a primary of a replica set, or, on request, a standalone, a
// mongos or an old version.
//
// # What it does not do
//
// It is one reading of MongoDB by people who need it to test one store. There is one member: no elections, no rollback,
// no replication lag, so read and write concerns are accepted and mean nothing. No authentication and no TLS. No query
// planner: indexes are remembered for listIndexes and otherwise unused, unique and TTL indexes included (only _id is
// unique; nothing expires). No limits on transactions but their lifetime. Of aggregation only $match followed by $group as a
// count, and $changeStream; resume tokens are numbers. Of queries what lungo offers, and $regex for strings; unknown
// commands, stages and operators are refused. Everything is serialised by one lock: assert correctness on it, not speed.
package mongotest
