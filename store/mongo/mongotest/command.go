package mongotest

import (
	"encoding/hex"
	"math"

	"github.com/256dpi/lungo/bsonkit"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"
)

// command is a request with its fields at hand.
type command struct {
	name string
	doc  bson.D
}

func (c *command) get(key string) any { return field(c.doc, key) }

// namespace is "database.collection" for commands that name a collection, "database." for others.
func (c *command) namespace() string {
	collection, _ := c.doc[0].Value.(string)
	return c.database() + "." + collection
}

func (c *command) database() string {
	database, _ := c.get("$db").(string)
	return database
}

// session is the key of the logical session, empty without one.
func (c *command) session() string {
	id, _ := c.get("lsid").(bson.D)
	if len(id) == 0 {
		return ""
	}
	data, _ := id[0].Value.(primitive.Binary)
	return hex.EncodeToString(data.Data)
}

func (c *command) inTransaction() bool { return c.get("autocommit") == false }

// field is a document's field, nil if it has none.
func field(d bson.D, key string) any {
	for _, e := range d {
		if e.Key == key {
			return e.Value
		}
	}
	return nil
}

// document takes an optional document; anything else counts as empty.
func document(v any) bsonkit.Doc {
	d, _ := v.(bson.D)
	return &d
}

// documents takes an optional array of documents.
func documents(v any) []bson.D {
	array, _ := v.(bson.A)
	var all []bson.D
	for _, item := range array {
		if d, ok := item.(bson.D); ok {
			all = append(all, d)
		}
	}
	return all
}

func texts(v any) []string {
	array, _ := v.(bson.A)
	var all []string
	for _, item := range array {
		if s, ok := item.(string); ok {
			all = append(all, s)
		}
	}
	return all
}

// integer takes any BSON number; anything else counts as 0.
func integer(v any) int64 {
	switch n := v.(type) {
	case int32:
		return int64(n)
	case int64:
		return n
	case float64:
		if math.Abs(n) < 1<<53 {
			return int64(n)
		}
	}
	return 0
}

// truth takes a boolean, or a number as old drivers send them.
func truth(v any) bool { return v == true || integer(v) != 0 }
