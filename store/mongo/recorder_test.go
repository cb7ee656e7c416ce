package mongo_test

import (
	"context"
	"strings"
	"sync"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"

	"claimwright/store/mongo"
)

// recorder keeps the commands that a store sends.
type recorder struct {
	mu       sync.Mutex
	commands []bson.Raw
}

func (r *recorder) option() mongo.Option {
	return mongo.WithMonitor(&event.CommandMonitor{Started: func(_ context.Context, e *event.CommandStartedEvent) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.commands = append(r.commands, append(bson.Raw(nil), e.Command...))
	}})
}

// take returns the commands since the last call.
func (r *recorder) take() []bson.D {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []bson.D
	for _, raw := range r.commands {
		var d bson.D
		if err := bson.Unmarshal(raw, &d); err == nil {
			all = append(all, d)
		}
	}
	r.commands = nil
	return all
}

// lookup finds a field of a command.
func lookup(d bson.D, key string) any {
	for _, e := range d {
		if e.Key == key {
			return e.Value
		}
	}
	return nil
}

// operators collects all keys that start with "$", wherever they are in the parts of commands that are MongoDB's
// language. Documents and the values of equalities are the store's data.
func operators(v any, into map[string]bool) {
	switch v := v.(type) {
	case bson.D:
		for _, e := range v {
			if strings.HasPrefix(e.Key, "$") {
				into[e.Key] = true
			}
			if e.Key != "$setOnInsert" && e.Key != "$set" {
				operators(e.Value, into)
			}
		}
	case bson.A:
		for _, item := range v {
			operators(item, into)
		}
	}
}
