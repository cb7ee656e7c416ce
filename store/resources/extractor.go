package resources

import (
	"claimwright/fhir/codec"
	"claimwright/fhir/search"
	"claimwright/store"
)

// Extractor makes the index values and labels of stored bodies anew, for Store.Reindex and for staged searches. The zero
// value is ready; it is safe for concurrent use.
type Extractor struct {
	// Values makes the index values; its settings must be those that searches are parsed with.
	Values search.Extractor
	// epoch is that of the search parameters beside R4's own.
	epoch int64
}

var _ store.Extractor = Extractor{}

// Version implements store.Extractor. It grows with search.ExtractorVersion and with the epoch of the search parameters.
func (e Extractor) Version() int { return search.ExtractorVersion*mostEpochs + int(e.epoch) }

// Extract implements store.Extractor.
func (e Extractor) Extract(k store.Key, body []byte) (*search.Values, []string, error) {
	doc, err := parseStored(k, body)
	if err != nil {
		return nil, nil, err
	}
	values, labels := e.index(k, doc)
	return values, labels, nil
}

// index is what a stored version can be found by and who may see it.
func (e Extractor) index(key store.Key, doc *codec.Document) (*search.Values, []string) {
	return e.Values.Extract(doc), labelsOf(key, doc)
}
