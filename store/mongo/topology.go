package mongo

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
)

// minWireVersion is MongoDB 4.4, the first that can create collections in transactions' reach and that the driver knows.
const minWireVersion = 9

var (
	errStandalone = errors.New("this MongoDB server is a standalone, which has no transactions and no change streams: " +
		"start mongod with --replSet and run rs.initiate(); a set of one member is enough for a trial")
	errTooOld = errors.New("this MongoDB server is older than 4.4")
)

// greeting is the part of hello's answer that counts here.
type greeting struct {
	SetName        string `bson:"setName"`
	Message        string `bson:"msg"`
	MaxWireVersion int32  `bson:"maxWireVersion"`
	Writable       bool   `bson:"isWritablePrimary"`
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

// checkTopology refuses servers that cannot keep the contract.
func (s *Store) checkTopology(ctx context.Context) error {
	g, err := s.greet(ctx)
	switch {
	case err != nil:
		return err
	case g.MaxWireVersion < minWireVersion:
		return errTooOld
	case g.SetName == "" && g.Message != "isdbgrid":
		return errStandalone
	}
	return nil
}
