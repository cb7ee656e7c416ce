package server

import (
	"net/http"
	"strconv"
	"strings"
)

// baseURL is the address of FHIR's base, without a slash at its end: the configured one, or what the client called us.
func (x *exchange) baseURL() string {
	if x.srv.base != "" {
		return x.srv.base
	}
	r := x.Request()
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	host := r.Host
	if host == "" { // HTTP/1.0 knows no host
		host = "localhost"
	}
	return scheme + host + basePath
}

// versionURL is the address of one version of a resource, as Location wants it (R4 §3.1.0.8).
func (x *exchange) versionURL(resourceType, id string, version int64) string {
	return x.baseURL() + "/" + resourceType + "/" + id + "/_history/" + strconv.FormatInt(version, 10)
}

// joinQueries joins two raw queries, either of which may be empty.
func joinQueries(a, b string) string {
	switch {
	case a == "":
		return b
	case b == "":
		return a
	}
	return a + "&" + b
}

// pageParameter carries a page's sealed position in page links. It is this server's own and not declared, for the links
// are opaque to clients.
const pageParameter = "_page"

// cutPage takes the page parameter out of a raw query. The rest stays as it is, so that a page link asks the same query as
// the first page did.
func cutPage(rawQuery string) (rest, page string) {
	if !strings.Contains(rawQuery, pageParameter+"=") {
		return rawQuery, ""
	}
	var kept []string
	for parameter := range strings.SplitSeq(rawQuery, "&") {
		if token, ok := strings.CutPrefix(parameter, pageParameter+"="); ok {
			page = token
			continue
		}
		kept = append(kept, parameter)
	}
	return strings.Join(kept, "&"), page
}

// withPage puts a page's position, which needs no escaping, into a link.
func withPage(query, page string) string { return joinQueries(query, pageParameter+"="+page) }

// withQuery puts a query, which may be empty, behind an address.
func withQuery(address, query string) string {
	if query == "" {
		return address
	}
	return address + "?" + query
}

// plainPaths lets a path mean the same however its characters are escaped (RFC 3986 §6.2.2.2): many clients send
// "/Claim/%24submit". Only an escaped slash stays as it is, for it is no separator.
func plainPaths(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawPath == "" || strings.Contains(strings.ToLower(r.URL.RawPath), "%2f") {
			next.ServeHTTP(w, r)
			return
		}
		plain, address := *r, *r.URL
		plain.URL, address.RawPath = &address, ""
		next.ServeHTTP(w, &plain)
	})
}
