package server

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/outcome"
)

func TestIfMatch(t *testing.T) {
	cases := []struct {
		name    string
		lines   []string
		version int64
		status  int
	}{
		{"absent", nil, 0, 0},
		{"M3 weak", []string{`W/"3"`}, 3, 0},
		{"M3 strong", []string{`"12"`}, 12, 0},
		{"bare", []string{"7"}, 7, 0},
		{"blank around", []string{` W/"3" `}, 3, 0},
		{"not a version of ours", []string{`W/"abc"`}, 0, 412},
		{"zero is no version", []string{`W/"0"`}, 0, 412},
		{"leading zero", []string{`W/"03"`}, 0, 412},
		{"negative", []string{`W/"-1"`}, 0, 412},
		{"too large for any version", []string{`W/"99999999999999999999"`}, 0, 412},
		{"empty", []string{""}, 0, 412},
		{"half a quote", []string{`W/"3`}, 0, 412},
		{"U3 any version", []string{"*"}, -1, 0},
		{"list", []string{`W/"1", W/"2"`}, 0, 400},
		{"repeated", []string{`W/"1"`, `W/"2"`}, 0, 400},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			header := http.Header{}
			if c.lines != nil {
				header["If-Match"] = c.lines
			}
			version, err := ifMatch(header)
			require.Equal(t, c.version, version)
			if c.status == 0 {
				require.NoError(t, err)
				return
			}
			var refused *outcome.Error
			require.ErrorAs(t, err, &refused)
			require.Equal(t, c.status, refused.Status)
		})
	}
}

func TestNotModified(t *testing.T) {
	updated := time.Date(2026, 3, 4, 5, 6, 7, 890e6, time.UTC)
	cases := []struct {
		name   string
		header http.Header
		want   bool
	}{
		{"no precondition", http.Header{}, false},
		{"M2 same version", http.Header{"If-None-Match": {`W/"4"`}}, true},
		{"M3 same version, strong", http.Header{"If-None-Match": {`"4"`}}, true},
		{"M2 older version", http.Header{"If-None-Match": {`W/"3"`}}, false},
		{"M2 one of several", http.Header{"If-None-Match": {`W/"3", W/"4"`}}, true},
		{"M2 any version", http.Header{"If-None-Match": {"*"}}, true},
		{"M2 since the very second", http.Header{"If-Modified-Since": {"Wed, 04 Mar 2026 05:06:07 GMT"}}, true},
		{"M2 since later", http.Header{"If-Modified-Since": {"Wed, 04 Mar 2026 05:06:08 GMT"}}, true},
		{"M2 since earlier", http.Header{"If-Modified-Since": {"Wed, 04 Mar 2026 05:06:06 GMT"}}, false},
		{"a broken date counts for nothing", http.Header{"If-Modified-Since": {"yesterday"}}, false},
		{"the tag decides over the date",
			http.Header{"If-None-Match": {`W/"3"`}, "If-Modified-Since": {"Wed, 04 Mar 2026 05:06:08 GMT"}}, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, notModified(c.header, 4, updated)) })
	}
}

func TestEtagIsReadBack(t *testing.T) {
	for _, version := range []int64{1, 9, 10, 1<<63 - 1} {
		got, ok := versionOf(etag(version))
		require.True(t, ok)
		require.Equal(t, version, got)
	}
}
