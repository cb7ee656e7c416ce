package server

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/resources"
)

// The page size of a history: what is given unasked, and the most.
const (
	historyCount    = 50
	historyCountMax = 1000
)

// history lists the versions of one resource, of a type or of all, newest first, deletes included (R4 §3.1.0.11).
func (s *Server) history(x *exchange) error {
	about := x.key
	if x.route.typed() {
		about.Type = x.resourceType()
	}
	body, err := x.asking().history(x.ctx, about, x.query)
	if err != nil {
		return err
	}
	return x.sendRead(body)
}

// history answers for one resource, or for a type or all where the id or both are missing.
func (a asking) history(ctx context.Context, key store.Key, rawQuery string) ([]byte, error) {
	if err := a.notCounting(); err != nil {
		return nil, err
	}
	if err := a.form.Check(key.Type); err != nil {
		return nil, err
	}
	raw, page := cutPage(rawQuery)
	asked, err := parseHistory(raw, a.query)
	if err != nil {
		return nil, err
	}
	asked.query.Type, asked.query.ID = key.Type, key.ID
	found, err := a.reads.HistoryAt(ctx, a.principal, asked.query, asked.at, page)
	if err != nil {
		return nil, err
	}
	l := links{base: a.base + historyPath(key), query: asked.applied, page: page, next: found.Next}
	return historyBundle(a, l, found), nil
}

func historyPath(key store.Key) string {
	switch {
	case key.Type == "":
		return "/_history"
	case key.ID == "":
		return "/" + key.Type + "/_history"
	}
	return "/" + key.String() + "/_history"
}

// askedHistory is a history's query, and the parameters that it honours for the self link.
type askedHistory struct {
	query store.HistoryQuery
	// at is the beginning of the period that _at names, zero for none.
	at      time.Time
	applied string
}

// parseHistory reads the parameters of a history, each of which may be given once. The ones that would narrow the answer
// but are not offered are refused, because ignoring them would answer another question.
func parseHistory(raw string, o search.Options) (askedHistory, error) {
	asked := askedHistory{query: store.HistoryQuery{Limit: historyCount}}
	values, err := url.ParseQuery(raw)
	if err != nil {
		return asked, badParameter("", outcome.Value, "the query cannot be decoded", "")
	}
	applied := url.Values{}
	for name, given := range values {
		switch {
		case name == "_format" || name == "_pretty" || name == "_summary" || name == "_elements": // of the answer's looks
			if given[0] != "" {
				applied.Set(name, given[0])
			}
			continue
		case name == "_count" || name == "_since" || name == "_at":
			if len(given) > 1 {
				return asked, badParameter(name, outcome.Value, "a history takes this parameter once", "")
			}
		case name == "_list" || o.Strict:
			return asked, badParameter(name, outcome.NotSupported, "a history does not know this parameter", "_count, _since or _at")
		default:
			continue
		}
		if err := asked.apply(name, given[0], o.Zone); err != nil {
			return asked, err
		}
		applied.Set(name, given[0])
	}
	asked.applied = applied.Encode()
	return asked, nil
}

func (a *askedHistory) apply(name, value string, zone *time.Location) error {
	switch name {
	case "_count":
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 {
			return badParameter(name, outcome.Value, value, "a positive number")
		}
		a.query.Limit = min(n, historyCountMax)
	case "_since":
		since, err := parseInstant(value)
		if err != nil {
			return badParameter(name, outcome.Value, value, "an instant such as 2026-01-31T08:30:00Z")
		}
		a.query.Since = since
	default:
		from, until, ok := search.Period(value, zone)
		if !ok {
			return badParameter(name, outcome.Value, value, "a date or time such as 2026-01-31 or 2026-01-31T08:30:00Z")
		}
		a.at, a.query.Until = from, until
	}
	return nil
}

// parseInstant reads an instant (R4 datatypes): to the second at least, with a zone. A plus sign before the zone that was
// not escaped arrives as a blank.
func parseInstant(text string) (time.Time, error) {
	return time.Parse(time.RFC3339Nano, strings.Replace(text, " ", "+", 1))
}

func badParameter(name, code, found, expected string) error {
	err := outcome.New(http.StatusBadRequest, code, "", "the parameter %s cannot be used like this", bounded(name))
	err.Issues[0].Found, err.Issues[0].Expected = bounded(found), expected
	return err
}

func historyBundle(a asking, l links, page resources.Page) []byte {
	w := beginBundle("history", page.Records)
	if page.Total != resources.Unknown {
		w.Int("total", page.Total)
	}
	l.write(w)
	w.Array("entry")
	for _, r := range page.Records {
		writeVersion(w, a, r)
	}
	w.End()
	w.End()
	return w.Bytes()
}

// writeVersion writes a version as the interaction that made it; bdl-3 and bdl-4 want both request and response.
func writeVersion(w *codec.Writer, a asking, r *store.Record) {
	method, url, status := howMade(r)
	w.Object("")
	w.String("fullUrl", a.base+"/"+r.Key.String())
	w.RawOpt("resource", formed(a.form, r.Body))
	w.Object("request")
	w.String("method", method)
	w.String("url", url)
	w.End()
	w.Object("response")
	w.String("status", status)
	w.String("etag", etag(r.Version))
	w.Instant("lastModified", r.Updated)
	w.End()
	w.End()
}

// howMade tells the plain interaction behind a version, whatever wrote it (R4 §3.1.0.11: conditional ones and operations
// show as what they came to). A resource that a client first put under an id of its own is indistinguishable from one that
// was posted, and shows as such.
func howMade(r *store.Record) (method, url, status string) {
	switch {
	case r.Deleted:
		return http.MethodDelete, r.Key.String(), "204 No Content"
	case r.Version == 1:
		return http.MethodPost, r.Type, "201 Created"
	case r.Audit.Interaction == string(resources.Create): // brought back after a delete
		return http.MethodPut, r.Key.String(), "201 Created"
	}
	return http.MethodPut, r.Key.String(), "200 OK"
}
