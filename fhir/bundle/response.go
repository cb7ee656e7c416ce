package bundle

import (
	"net/http"
	"strconv"
	"time"

	"claimwright/fhir/codec"
)

// Answer is what became of one entry.
type Answer struct {
	// FullURL is the address of Resource, empty for none.
	FullURL string
	// Status is the HTTP status that the request would have got alone.
	Status int
	// Location is that of what was written, with its version; empty for none.
	Location string
	// Version is the version written or read, for the etag; 0 for none.
	Version int64
	// LastModified is the time of that version; zero for none.
	LastModified time.Time
	// Resource is the JSON of what is returned, Outcome that of an OperationOutcome; nil for none.
	Resource, Outcome []byte
}

// Respond writes the batch-response or transaction-response: an entry per answer, in their order, which is that of the
// request (R4 http.html#transaction-response).
func (p *Plan) Respond(answers []Answer) []byte {
	size := 100
	for i := range answers {
		size += 250 + len(answers[i].Resource) + len(answers[i].Outcome)
	}
	w := codec.NewWriter(make([]byte, 0, size))
	w.Object("")
	w.String("resourceType", "Bundle")
	w.String("type", string(p.Kind)+"-response")
	w.Array("entry")
	told := map[resourceVersion]bool{}
	for i := range answers {
		a := answers[i]
		if a.FullURL != "" {
			of := resourceVersion{a.FullURL, a.Version}
			if told[of] { // an answer that was given before: a fullUrl is there once for each version (bdl-7)
				a.FullURL = ""
			}
			told[of] = true
		}
		a.write(w)
	}
	w.End()
	w.End()
	return w.Bytes()
}

type resourceVersion struct {
	fullURL string
	version int64
}

func (a *Answer) write(w *codec.Writer) {
	w.Object("")
	w.StringOpt("fullUrl", a.FullURL)
	w.RawOpt("resource", a.Resource)
	w.Object("response")
	w.String("status", strconv.Itoa(a.Status)+" "+http.StatusText(a.Status))
	w.StringOpt("location", a.Location)
	if a.Version > 0 {
		w.String("etag", `W/"`+strconv.FormatInt(a.Version, 10)+`"`)
	}
	if !a.LastModified.IsZero() {
		w.Instant("lastModified", a.LastModified)
	}
	w.RawOpt("outcome", a.Outcome)
	w.End()
	w.End()
}
