package mongo

import (
	"fmt"
	"strconv"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"

	"claimwright/store"
	"claimwright/store/mongo/jsonbson"
)

// maxDocument is MongoDB's limit for one document.
const maxDocument = 16 << 20

func arrayKey(i int) string { return strconv.Itoa(i) }

// currentDocument is the document of a version while it is the current one.
func currentDocument(w *store.Write, id store.CommitID, extractor int) (bson.Raw, error) {
	index, dst := bsoncore.AppendDocumentStart(make([]byte, 0, 1024+len(w.Body)+len(w.Body)/2))
	dst = bsoncore.AppendStringElement(dst, "_id", w.ID)
	dst = bsoncore.AppendInt64Element(dst, "version", w.Version)
	dst = bsoncore.AppendDateTimeElement(dst, "updated", w.Updated.UnixMilli())
	dst = bsoncore.AppendBooleanElement(dst, "deleted", w.Deleted)
	if !w.Deleted {
		var form []byte
		var err error
		dst = bsoncore.AppendHeader(dst, bsoncore.TypeEmbeddedDocument, "resource")
		if dst, form, err = jsonbson.Encode(dst, w.Body); err != nil {
			return nil, fmt.Errorf("write %s: %w", w.Key, err)
		}
		if form != nil {
			dst = bsoncore.AppendBinaryElement(dst, "form", 0, form)
		}
	}
	dst = appendValues(dst, w.Values)
	dst = appendStrings(dst, "labels", w.Labels)
	dst = appendAudit(dst, w.Audit)
	dst = bsoncore.AppendStringElement(dst, "commit", string(id))
	dst = bsoncore.AppendInt32Element(dst, "extractor", int32(extractor))
	dst, err := bsoncore.AppendDocumentEnd(dst, index)
	if err != nil || len(dst) > maxDocument {
		return nil, fmt.Errorf("write %s: a document of %d bytes is more than MongoDB takes", w.Key, len(dst))
	}
	return dst, nil
}

func appendAudit(dst []byte, a store.Audit) []byte {
	index, dst := bsoncore.AppendDocumentElementStart(dst, "audit")
	dst = bsoncore.AppendStringElement(dst, "principal", a.Principal)
	dst = bsoncore.AppendStringElement(dst, "request", a.Request)
	dst = bsoncore.AppendStringElement(dst, "interaction", a.Interaction)
	dst, _ = bsoncore.AppendDocumentEnd(dst, index)
	return dst
}

// versionID is the _id of an older version.
type versionID struct {
	ID      string `bson:"id"`
	Version int64  `bson:"version"`
}

// kept are the fields of a current version that its history keeps; the rest serves search.
var kept = map[string]bool{
	"version": true, "updated": true, "deleted": true, "resource": true, "form": true, "labels": true, "audit": true,
	"commit": true,
}

// historyFields are the fields of a version in the history besides its _id, made from the document of the current one.
func historyFields(current bson.Raw) (bson.Raw, error) {
	elements, err := current.Elements()
	if err != nil {
		return nil, fmt.Errorf("read the version to replace: %w", err)
	}
	index, dst := bsoncore.AppendDocumentStart(make([]byte, 0, len(current)+64))
	for _, e := range elements {
		if kept[e.Key()] {
			dst = append(dst, e...)
		}
	}
	dst, err = bsoncore.AppendDocumentEnd(dst, index)
	return dst, err
}

// stored is a version as it is read.
type stored struct {
	*store.Record
	labels []string
	commit string
	// sort holds the values to sort by, if they were read.
	sort bson.Raw
}

// decode reads the document of a version, current or old. The bytes of raw are not kept.
func decode(resourceType string, raw bson.Raw) (*stored, error) {
	elements, err := raw.Elements()
	if err != nil {
		return nil, fmt.Errorf("read a document of %s: %w", resourceType, err)
	}
	r := &stored{Record: &store.Record{Key: store.Key{Type: resourceType}}}
	var resource, form []byte
	for _, e := range elements {
		switch v := e.Value(); e.Key() {
		case "_id":
			r.ID = resourceID(v)
		case "version":
			r.Version, _ = v.AsInt64OK()
		case "updated":
			ms, _ := v.DateTimeOK()
			r.Updated = time.UnixMilli(ms).UTC()
		case "deleted":
			r.Deleted, _ = v.BooleanOK()
		case "resource":
			resource, _ = v.DocumentOK()
		case "form":
			_, form, _ = v.BinaryOK()
		case "labels":
			r.labels = texts(v)
		case "audit":
			r.Audit = audit(v)
		case "commit":
			r.commit, _ = v.StringValueOK()
		case "sort":
			sort, _ := v.DocumentOK()
			r.sort = append(bson.Raw(nil), sort...)
		}
	}
	if resource != nil {
		if r.Body, err = jsonbson.Decode(nil, resource, form); err != nil {
			return nil, fmt.Errorf("read %s version %d: %w", r.Key, r.Version, err)
		}
	}
	return r, nil
}

// resourceID is the id in the _id of a current version, a string, or of an older one, a document.
func resourceID(v bson.RawValue) string {
	if d, ok := v.DocumentOK(); ok {
		v = d.Lookup("id")
	}
	id, _ := v.StringValueOK()
	return id
}

func texts(v bson.RawValue) []string {
	array, _ := v.ArrayOK()
	values, err := array.Values()
	if err != nil {
		return nil
	}
	list := make([]string, 0, len(values))
	for _, v := range values {
		if text, ok := v.StringValueOK(); ok {
			list = append(list, text)
		}
	}
	return list
}

func audit(v bson.RawValue) store.Audit {
	d, _ := v.DocumentOK()
	text := func(key string) string {
		s, _ := d.Lookup(key).StringValueOK()
		return s
	}
	return store.Audit{Principal: text("principal"), Request: text("request"), Interaction: text("interaction")}
}
