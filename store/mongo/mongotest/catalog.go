package mongotest

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/256dpi/lungo/bsonkit"
	"go.mongodb.org/mongo-driver/bson"
)

// catalogCommand runs the commands about collections and indexes.
func (s *Server) catalogCommand(c *command) (reply bson.D, err error, known bool) {
	switch c.name {
	case "ping":
		return s.success(), nil, true
	case "create":
		return s.create(c)
	case "createIndexes":
		reply, err = s.createIndexes(c)
		return reply, err, true
	case "listIndexes":
		reply, err = s.listIndexes(c)
		return reply, err, true
	case "listCollections":
		return s.listCollections(c), nil, true
	case "drop":
		delete(s.engine.collections, c.namespace())
		return s.success(), nil, true
	case "dropDatabase":
		for _, name := range s.namespaces(c.database()) {
			delete(s.engine.collections, name)
		}
		return s.success(), nil, true
	case "dbStats":
		reply, err = s.dbStats(c)
		return reply, err, true
	}
	return nil, nil, false
}

// namespaces are the sorted names of a database's collections.
func (s *Server) namespaces(database string) []string {
	var names []string
	for name := range maps.Keys(s.engine.collections) {
		if strings.HasPrefix(name, database+".") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func (s *Server) create(c *command) (reply bson.D, err error, known bool) {
	if s.engine.collection(c.namespace(), false) != nil {
		return nil, &fault{code: 48, text: "collection already exists"}, true
	}
	s.engine.collection(c.namespace(), true)
	return s.success(), nil, true
}

func (s *Server) createIndexes(c *command) (bson.D, error) {
	home := s.engine.collection(c.namespace(), true)
	for _, spec := range documents(c.get("indexes")) {
		same := slices.IndexFunc(home.indexes, func(d bson.D) bool {
			return field(d, "name") == field(spec, "name") || bsonkit.Compare(field(d, "key"), field(spec, "key")) == 0
		})
		if same < 0 {
			home.indexes = append(home.indexes, append(bson.D{{Key: "v", Value: int32(2)}}, spec...))
			continue
		}
		known := home.indexes[same]
		if field(known, "name") != field(spec, "name") || bsonkit.Compare(field(known, "key"), field(spec, "key")) != 0 {
			return nil, &fault{code: 86, text: "an index with the same name or key exists with other options"}
		}
	}
	return s.success(), nil
}

func (s *Server) listIndexes(c *command) (bson.D, error) {
	home := s.engine.collection(c.namespace(), false)
	if home == nil {
		return nil, &fault{code: 26, text: "ns does not exist: " + c.namespace()}
	}
	list := bson.A{}
	for _, spec := range home.indexes {
		list = append(list, spec)
	}
	return s.firstBatch(c, list, true), nil
}

func (s *Server) listCollections(c *command) bson.D {
	list := bson.A{}
	for _, namespace := range s.namespaces(c.database()) {
		d := bson.D{{Key: "name", Value: namespace[len(c.database())+1:]}, {Key: "type", Value: "collection"}}
		if ok, err := matches(&d, *document(c.get("filter"))); err == nil && ok {
			list = append(list, d)
		}
	}
	return s.firstBatch(c, list, true)
}

func (s *Server) dbStats(c *command) (bson.D, error) {
	t := s.engine.begin()
	defer t.abort()
	objects, size := 0, 0
	names := s.namespaces(c.database())
	for _, name := range names {
		for _, r := range s.engine.collections[name].candidates(nil) {
			d := r.visible(t)
			if d == nil {
				continue
			}
			raw, err := d.bytes()
			if err != nil {
				return nil, err
			}
			objects++
			size += len(raw)
		}
	}
	return s.success(
		bson.E{Key: "db", Value: c.database()}, bson.E{Key: "collections", Value: int32(len(names))},
		bson.E{Key: "objects", Value: int64(objects)}, bson.E{Key: "dataSize", Value: int64(size)},
		bson.E{Key: "storageSize", Value: int64(size)}, bson.E{Key: "indexSize", Value: int64(0)},
	), nil
}

// Index is an index that a client has declared.
type Index struct {
	// Collection is the collection's name without its database.
	Collection string
	Name       string
	// Keys are the fields in order; a descending one starts with "-".
	Keys []string
}

// Indexes are the indexes of a database's collections, _id_ included, sorted by collection and name.
func (s *Server) Indexes(database string) []Index {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Index
	for _, namespace := range s.namespaces(database) {
		for _, spec := range s.engine.collections[namespace].indexes {
			index := Index{Collection: namespace[len(database)+1:]}
			index.Name, _ = field(spec, "name").(string)
			for _, key := range *document(field(spec, "key")) {
				if integer(key.Value) < 0 {
					key.Key = "-" + key.Key
				}
				index.Keys = append(index.Keys, key.Key)
			}
			all = append(all, index)
		}
	}
	slices.SortFunc(all, func(a, b Index) int {
		return cmp.Or(cmp.Compare(a.Collection, b.Collection), cmp.Compare(a.Name, b.Name))
	})
	return all
}
