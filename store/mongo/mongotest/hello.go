package mongotest

import (
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"
)

// hello presents the server: a primary with one member, unless an Option says otherwise.
func (s *Server) hello() bson.D {
	address := s.listener.Addr().String()
	d := bson.D{
		{Key: "helloOk", Value: true}, {Key: "ismaster", Value: true}, {Key: "isWritablePrimary", Value: true},
		{Key: "maxBsonObjectSize", Value: int32(maxDocument)}, {Key: "maxMessageSizeBytes", Value: int32(maxMessage)},
		{Key: "maxWriteBatchSize", Value: int32(100_000)}, {Key: "logicalSessionTimeoutMinutes", Value: int32(30)},
		{Key: "minWireVersion", Value: int32(0)}, {Key: "maxWireVersion", Value: s.persona.wireVersion},
		{Key: "localTime", Value: primitive.NewDateTimeFromTime(time.Now())},
	}
	if s.persona.mongos {
		d = append(d, bson.E{Key: "msg", Value: "isdbgrid"})
	}
	if s.persona.setName != "" {
		d = append(d,
			bson.E{Key: "setName", Value: s.persona.setName}, bson.E{Key: "setVersion", Value: int32(1)},
			bson.E{Key: "hosts", Value: bson.A{address}}, bson.E{Key: "primary", Value: address},
			bson.E{Key: "me", Value: address})
	}
	return s.success(d...)
}

func (s *Server) buildInfo() bson.D {
	return s.success(bson.E{Key: "version", Value: s.persona.version})
}
