package bundle

import (
	"net/http"
	"strings"

	"claimwright/fhir/outcome"
	"claimwright/fhir/registry"
)

// Target is what the url of an entry addresses, below the server's base.
type Target struct {
	// Type is the resource type, empty for the whole system.
	Type string
	// ID is the resource's id, empty for the type.
	ID string
	// Version is the version of a vread, or that an operation works on; 0 for none.
	Version int64
	// Capabilities asks what the server can do ("metadata").
	Capabilities bool
	// History asks for the versions of the resource, the type or the system.
	History bool
	// Operation is the name of an operation with its dollar sign, empty for none.
	Operation string
	// Member is what is searched of the compartment of the resource ("Patient/1/Claim"): a resource type, or "*" for all;
	// empty for none.
	Member string
	// Query is what follows the question mark, still escaped. Search tells "Type?" from "Type".
	Query string
}

// ParseTarget reads the url of an entry: relative to the base, with or without a leading slash, or absolute beneath the
// base. The error has one issue without an expression: 404 for an unknown type, else 400.
func ParseTarget(url, base string) (Target, *outcome.Error) {
	rest, err := below(url, base)
	if err != nil {
		return Target{}, err
	}
	path, query, _ := strings.Cut(rest, "?")
	t := Target{Query: query}
	parts := strings.Split(path, "/")
	if path == "" {
		parts = nil
	}
	if path == "metadata" {
		t.Capabilities = true
		return t, nil
	}
	if len(parts) > 0 && !strings.HasPrefix(parts[0], "_") && !strings.HasPrefix(parts[0], "$") {
		if !registry.IsType(parts[0]) {
			return Target{}, badURL(http.StatusNotFound, outcome.NotSupported, "the url names no resource type", url)
		}
		t.Type, parts = parts[0], parts[1:]
		if len(parts) > 0 && isID(parts[0]) {
			t.ID, parts = parts[0], parts[1:]
		}
	}
	if !t.tail(parts) {
		return Target{}, badURL(http.StatusBadRequest, outcome.Value, "the url addresses nothing that is known", url)
	}
	return t, nil
}

// tail reads what follows the resource: nothing, an operation, a history or a version.
func (t *Target) tail(parts []string) bool {
	switch {
	case len(parts) == 0:
		return t.Type != "" || t.Query != ""
	case len(parts) == 1 && parts[0] == "_history":
		t.History = true
		return true
	case len(parts) == 1 && t.ID != "" && (parts[0] == "*" || registry.IsType(parts[0])):
		t.Member = parts[0]
		return true
	case len(parts) == 1 && len(parts[0]) > 1 && parts[0][0] == '$':
		t.Operation = parts[0]
		return true
	case len(parts) == 2 && parts[0] == "_history" && t.ID != "":
		version, ok := parseVersion(parts[1])
		t.Version = version
		return ok
	case len(parts) == 3 && parts[0] == "_history" && t.ID != "" && len(parts[2]) > 1 && parts[2][0] == '$':
		version, ok := parseVersion(parts[1])
		t.Version, t.Operation = version, parts[2]
		return ok
	}
	return false
}

// below is the url without the base. As everywhere in FHIR, http and https are the same address (R4 http.html#general).
func below(url, base string) (string, *outcome.Error) {
	if !strings.Contains(beforeQuery(url), "://") {
		return strings.TrimPrefix(url, "/"), nil
	}
	rest, beneath := strings.CutPrefix(withoutScheme(url), withoutScheme(base))
	if base == "" || !beneath || rest != "" && rest[0] != '/' && rest[0] != '?' {
		return "", badURL(http.StatusBadRequest, outcome.Value, "the url is not one of this server", url)
	}
	return strings.TrimPrefix(rest, "/"), nil
}

func withoutScheme(url string) string {
	if rest, ok := strings.CutPrefix(url, "https://"); ok {
		return rest
	}
	return strings.TrimPrefix(url, "http://")
}

func beforeQuery(url string) string {
	path, _, _ := strings.Cut(url, "?")
	return path
}

func badURL(status int, code, text, url string) *outcome.Error {
	err := outcome.New(status, code, "", "%s", text)
	err.Issues[0].Found, err.Issues[0].Expected = shorten(url), "a url such as Patient/1 or Claim?status=active"
	return err
}

// isID tells whether text has the form of a resource id (R4 datatypes.html#id).
func isID(text string) bool {
	if text == "" || len(text) > 64 {
		return false
	}
	for i := range len(text) {
		c := text[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '.' {
			return false
		}
	}
	return true
}
