package mongo

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
)

var errStandalone = errors.New("this MongoDB server is a standalone, which has no transactions and no change streams: " +
	"start mongod with --replSet and run rs.initiate(); a set of one member is enough for a trial")

// greeting is the part of hello's answer that counts here.
type greeting struct {
	SetName  string `bson:"setName"`
	Message  string `bson:"msg"`
	Writable bool   `bson:"isWritablePrimary"`
}

// greet asks the primary who it is.
func (s *Store) greet(ctx context.Context) (greeting, error) {
	var g greeting
	hello := s.client.Database("admin").RunCommand(ctx, bson.D{{Key: "hello", Value: 1}},
		options.RunCmd().SetReadPreference(readpref.Primary()))
	if err := hello.Decode(&g); err != nil {
		return g, fmt.Errorf("ask MongoDB for its primary: %w", err)
	}
	return g, nil
}

// checkTopology refuses servers that cannot keep the contract. Servers before 4.4 are refused by the driver, in words
// that say so; 4.4.0 and 4.4.1 do not know hello.
func (s *Store) checkTopology(ctx context.Context) error {
	g, err := s.greet(ctx)
	if err != nil {
		return fmt.Errorf("%w (a replica set must have a primary, bear the name that the URI gives, and be reachable under "+
			"the names that its members announce; a standalone is not enough)", err)
	}
	if g.SetName == "" && g.Message != "isdbgrid" {
		return errStandalone
	}
	return nil
}
