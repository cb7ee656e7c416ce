// Package mongo is the storage contract on MongoDB: version 4.4.2 or later, a replica set or a sharded cluster.
//
// It owns the layout of the database, the translation of queries and of resources, and what a commit means there. It must
// not know HTTP, adjudication or any search parameter, and nothing outside it may know BSON or the driver.
//
// One collection per resource type holds the current versions, so that
//
//	db.Claim.find({"resource.status": "active", deleted: false})
//
// works for analysts:
//
//	{_id, version, updated, deleted, resource: {…}, form, index: […], ranges: [{p, lo, hi}], sort: {…}, labels: […],
//	 audit: {…}, commit, extractor}
//
// Older versions are in <Type>_history under {_id: {id, version}}, internal records in _heads, _entries, _guards, _outbox
// and _settings as {_id, version, data}, the ids of commits in _commits, and what describes the store itself in _store. The
// field form keeps what BSON cannot hold of the JSON text; see package jsonbson. Collections and their indexes are made
// before the first write of a type, never inside a transaction.
//
// A commit of one resource is: a note of the commit's id, the old version into the history, then a compare-and-set; no
// transaction. Every other commit is one transaction that writes its own id first, so that it is never applied twice,
// and that writes, if only a field named lock, every record whose version it relies on: MongoDB's snapshots would let two
// commits rely on what the other one changes.
//
//	st, err := mongo.Open(ctx, "mongodb://db1,db2,db3/claimwright?replicaSet=rs0")
package mongo
