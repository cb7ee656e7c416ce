package mongo

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"claimwright/fhir/search"
	"claimwright/store"
)

// sortValue is what a resource has under one sort key. Missing ones come last in either direction.
type sortValue struct {
	Missing bool
	Num     float64
	Text    string
}

func (v sortValue) compare(other sortValue, desc bool) int {
	if v.Missing != other.Missing {
		if v.Missing {
			return 1
		}
		return -1
	}
	c := cmp.Or(cmp.Compare(v.Num, other.Num), strings.Compare(v.Text, other.Text))
	if desc {
		return -c
	}
	return c
}

// place is where a resource stands in the order of a query: its sort values, then its id.
type place struct {
	Values []sortValue
	ID     string
}

func (p place) compare(other place, keys []search.Sort) int {
	for i, key := range keys {
		if c := p.Values[i].compare(other.Values[i], key.Desc); c != 0 {
			return c
		}
	}
	return strings.Compare(p.ID, other.ID)
}

// placeOf finds the place of a stored version, whose sort values must have been read.
func placeOf(r *stored, keys []search.Sort) place {
	p := place{ID: r.ID, Values: make([]sortValue, len(keys))}
	for i, key := range keys {
		switch key.Param {
		case "_id":
			p.Values[i] = sortValue{Text: r.ID}
		case "_lastUpdated":
			p.Values[i] = sortValue{Num: float64(r.Updated.UnixMilli())}
		default:
			p.Values[i] = storedSort(r.sort, key)
		}
	}
	return p
}

func storedSort(sort bson.Raw, key search.Sort) sortValue {
	bound := "min"
	if key.Desc {
		bound = "max"
	}
	v := sort.Lookup(fieldName(key.Param), bound)
	if num, ok := v.DoubleOK(); ok {
		return sortValue{Num: num}
	}
	if text, ok := v.StringValueOK(); ok {
		return sortValue{Text: text}
	}
	return sortValue{Missing: true}
}

// A position of a search is the place of the last resource delivered: a list of its id and, for each sort key, "-" or the
// number or text of its value.
func (p place) position() store.Position {
	parts := make([]string, 0, 1+len(p.Values))
	parts = append(parts, p.ID)
	for _, v := range p.Values {
		switch {
		case v.Missing:
			parts = append(parts, "-")
		case v.Text != "":
			parts = append(parts, "t"+v.Text)
		default:
			parts = append(parts, "n"+strconv.FormatFloat(v.Num, 'x', -1, 64))
		}
	}
	return encodePosition(parts)
}

// parsePlace reads a position of a query with these sort keys.
func parsePlace(at store.Position, keys []search.Sort) (place, error) {
	parts, err := decodePosition(at)
	if err != nil {
		return place{}, err
	}
	if len(parts) != 1+len(keys) {
		return place{}, lostPosition(at)
	}
	p := place{ID: parts[0], Values: make([]sortValue, len(keys))}
	for i, part := range parts[1:] {
		value, ok := parseSortValue(part)
		if !ok {
			return place{}, lostPosition(at)
		}
		p.Values[i] = value
	}
	return p, nil
}

func parseSortValue(part string) (sortValue, bool) {
	switch {
	case part == "-":
		return sortValue{Missing: true}, true
	case strings.HasPrefix(part, "t"):
		return sortValue{Text: part[1:]}, true
	case strings.HasPrefix(part, "n"):
		num, err := strconv.ParseFloat(part[1:], 64)
		return sortValue{Num: num}, err == nil
	}
	return sortValue{}, false
}

// encodePosition writes a position as a JSON list of texts.
func encodePosition(parts []string) store.Position {
	text, _ := json.Marshal(parts) // a list of strings always marshals
	return store.Position(text)
}

func decodePosition(at store.Position) ([]string, error) {
	var parts []string
	if err := json.Unmarshal([]byte(at), &parts); err != nil || len(parts) == 0 {
		return nil, lostPosition(at)
	}
	return parts, nil
}

func lostPosition(at store.Position) error {
	return fmt.Errorf("position of %d bytes: %w", len(at), store.ErrCursorLost)
}
