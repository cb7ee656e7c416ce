package server

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"claimwright/fhir/outcome"
	"claimwright/store/resources"
)

// etag is the weak entity tag of a version (R4 §3.1.0.1.4).
func etag(version int64) string {
	var buf [24]byte
	b := append(buf[:0], `W/"`...)
	b = strconv.AppendInt(b, version, 10)
	return string(append(b, '"'))
}

// ifMatch reads If-Match: the version that a write relies on, resources.AnyVersion for "*", 0 without the header. A tag that
// is no version can match none and is refused like a stale one, with 412.
func ifMatch(header http.Header) (int64, error) {
	lines := header["If-Match"]
	if len(lines) == 0 {
		return 0, nil
	}
	text := strings.TrimSpace(lines[0])
	if len(lines) > 1 || strings.Contains(text, ",") {
		return 0, badHeader("If-Match", strings.Join(lines, ", "), `one version, as in W/"3"`)
	}
	if text == "*" {
		return resources.AnyVersion, nil
	}
	version, ok := versionOf(text)
	if !ok {
		err := outcome.New(http.StatusPreconditionFailed, outcome.Conflict, "", "If-Match names no version of this resource")
		err.Issues[0].Found, err.Issues[0].Expected = bounded(text), `a version, as in W/"3"`
		return 0, err
	}
	return version, nil
}

// refuseConditions refuses headers that would make a write depend on what it does not look at: to ignore one would be to
// write regardless of it.
func refuseConditions(header http.Header, expected string, names ...string) error {
	for _, name := range names {
		if given := header[name]; len(given) > 0 {
			return badHeader(name, given[0], expected)
		}
	}
	return nil
}

// versionOf reads an entity tag in the forms that clients send: W/"3", "3" and 3.
func versionOf(tag string) (int64, bool) {
	tag = strings.TrimSpace(tag)
	tag = strings.TrimPrefix(tag, "W/")
	if len(tag) >= 2 && tag[0] == '"' && tag[len(tag)-1] == '"' {
		tag = tag[1 : len(tag)-1]
	}
	return parseVersion(tag)
}

// parseVersion reads a version id as this server writes them: a positive number without leading zeros or sign.
func parseVersion(text string) (int64, bool) {
	if text == "" || text[0] < '1' || text[0] > '9' {
		return 0, false
	}
	version, err := strconv.ParseInt(text, 10, 64)
	return version, err == nil
}

// notModified judges a conditional read (R4 §3.1.0.1.5): If-None-Match decides where present, else If-Modified-Since.
func notModified(header http.Header, version int64, updated time.Time) bool {
	if lines := header["If-None-Match"]; len(lines) > 0 {
		return anyTagMatches(lines, version)
	}
	since := header["If-Modified-Since"]
	if len(since) == 0 {
		return false
	}
	moment, err := http.ParseTime(since[0])
	return err == nil && !updated.Truncate(time.Second).After(moment)
}

func anyTagMatches(lines []string, version int64) bool {
	for _, line := range lines {
		for tag := range strings.SplitSeq(line, ",") {
			if strings.TrimSpace(tag) == "*" {
				return true
			}
			if v, ok := versionOf(tag); ok && v == version {
				return true
			}
		}
	}
	return false
}

// badHeader refuses a header whose value cannot be understood.
func badHeader(name, found, expected string) error {
	err := outcome.New(http.StatusBadRequest, outcome.Value, "", "the header %s cannot be understood", name)
	err.Issues[0].Found, err.Issues[0].Expected = bounded(found), expected
	return err
}
