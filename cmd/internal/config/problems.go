package config

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
)

// problems lists everything that is wrong with the settings, each with its name; with serving also that anybody could sign in.
func (c Config) problems(serving bool) []string {
	var found []string
	report := func(bad bool, format string, args ...any) {
		if bad {
			found = append(found, fmt.Sprintf(format, args...))
		}
	}
	host, _, err := net.SplitHostPort(c.Listen)
	report(err != nil, "listen: %q is not host:port", c.Listen)
	report(serving && err == nil && c.Auth != "none" && !loopback(host),
		"listen: %q can be reached from other machines and there is no sign-in; say auth: none (--auth none) if everybody there may read and write everything", c.Listen)
	report(c.Auth != "" && c.Auth != "none", "auth: %q is not known; the only choice is none", c.Auth)
	report(!knownStore(c.Store), "store: %q is neither sqlite:PATH nor mongodb://HOST/DATABASE", c.Store)
	base, err := url.Parse(c.BaseURL)
	report(err != nil || base.Host == "" || strings.HasSuffix(c.BaseURL, "/"), "base_url: %q is not an absolute URL without a slash at its end", c.BaseURL)
	for _, origin := range c.CORS.List() {
		report(!isOrigin(origin), "cors.origins: %q is not *, none or an origin such as https://app.example.org", origin)
	}
	report(c.Search.Handling != "lenient" && c.Search.Handling != "strict", "search.handling: %q is not lenient or strict", c.Search.Handling)
	report(c.REST.Invariants != "refuse" && c.REST.Invariants != "ignore", "rest.invariants: %q is not refuse or ignore", c.REST.Invariants)
	report(c.REST.ConditionalDelete != "single" && c.REST.ConditionalDelete != "multiple", "rest.conditional_delete: %q is not single or multiple", c.REST.ConditionalDelete)
	report(!slices.Contains([]string{"debug", "info", "warn", "error"}, c.Log.Level), "log.level: %q is not debug, info, warn or error", c.Log.Level)
	report(c.Log.Format != "text" && c.Log.Format != "json", "log.format: %q is not text or json", c.Log.Format)
	report(c.Limits.Body < 1, "limits.body: %d is not a size in bytes", c.Limits.Body)
	report(c.Limits.Concurrent < 1, "limits.concurrent: %d is not positive", c.Limits.Concurrent)
	report(c.Limits.Request < 0, "limits.request: %s is negative", c.Limits.Request)
	report(c.Limits.Grace < 0, "limits.grace: %s is negative", c.Limits.Grace)
	return found
}

func knownStore(s string) bool {
	path, isSQLite := strings.CutPrefix(s, "sqlite:")
	return isSQLite && path != "" || strings.HasPrefix(s, "mongodb://") || strings.HasPrefix(s, "mongodb+srv://")
}

// isOrigin tells whether a text is what browsers send as the origin of a page: scheme, host and perhaps a port.
func isOrigin(s string) bool {
	u, err := url.Parse(s)
	return s == "*" || err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Scheme+"://"+u.Host == s && !strings.ContainsAny(u.Host, "*?")
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
