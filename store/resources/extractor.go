package resources

import (
	"claimwright/fhir/codec"
	"claimwright/fhir/search"
	"claimwright/store"
)

// Extractor makes the index values and labels of stored bodies anew, for Store.Reindex and for staged searches. The zero
// value is ready and safe for concurrent use.
type Extractor struct{}

var _ store.Extractor = Extractor{}

// Version implements store.Extractor.
func (Extractor) Version() int { return search.ExtractorVersion }

// Extract implements store.Extractor.
func (Extractor) Extract(k store.Key, body []byte) (*search.Values, []string, error) {
	doc, err := parseStored(k, body)
	if err != nil {
		return nil, nil, err
	}
	return index(k, doc)
}

// index is what a stored version can be found by and who may see it.
func index(key store.Key, doc *codec.Document) (*search.Values, []string, error) {
	return search.Extract(doc), labelsOf(key, doc), nil
}
