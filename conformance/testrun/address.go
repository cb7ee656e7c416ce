package testrun

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"claimwright/conformance/testscript"
)

// address is the URL of an operation (R4 testscript.html: url, else the base, the resource and params, else the base and what
// targetId or sourceId tell).
func (s *session) address(o *testscript.Operation, body []byte) (string, error) {
	if o.URL != "" {
		text, err := s.fill(o.URL, inURL(o.Encode))
		if err != nil {
			return "", err
		}
		return s.runner.absolute(text, o.Encode)
	}
	params, err := s.fill(o.Params, inURL(o.Encode))
	if err != nil {
		return "", err
	}
	path, err := s.path(o, params, body)
	if err != nil {
		return "", err
	}
	return s.runner.absolute(path+joined(path, params), o.Encode)
}

// joined is how params follow a path: as they are if they say how, else as a query.
func joined(path, params string) string {
	switch {
	case params == "" || params[0] == '?' || params[0] == '/' || strings.HasSuffix(path, "/"):
		return params
	case path == "":
		return "/" + params
	case strings.Contains(params, "="):
		return "?" + params
	}
	return "/" + params
}

// path is what stands between the base and the params.
func (s *session) path(o *testscript.Operation, params string, body []byte) (string, error) {
	kind := o.Resource
	if kind == "" && o.SourceID != "" && o.Type != "batch" && o.Type != "transaction" {
		kind = resourceType(body)
	}
	target := ""
	if o.TargetID != "" {
		at, err := s.locate(o.TargetID)
		if err != nil {
			return "", err
		}
		target = "/" + at.path()
		if o.Type == "vread" {
			if at.version == "" {
				return "", fmt.Errorf("%q tells no version", o.TargetID)
			}
			target += "/_history/" + at.version
		}
	}
	switch o.Type {
	case "capabilities":
		return "/metadata", nil
	case "batch", "transaction":
		return "", nil
	case "history":
		return historyPath(target, kind, params), nil
	case "search":
		return typed(kind), nil
	case "read", "vread", "head", "delete", "deleteCondSingle", "deleteCondMultiple", "patch":
		if target == "" && kind == "" && params == "" {
			return "", errNothingToAddress
		}
		return either(target, typed(kind)), nil
	case "create":
		return typed(kind), nil
	case "update", "updateCreate":
		return s.updatePath(target, kind, params, body)
	case "":
		return "", errNothingToAddress
	}
	return operationPath(o.Type, either(target, typed(kind)), params), nil
}

func typed(kind string) string {
	if kind == "" || kind == "Resource" {
		return ""
	}
	return "/" + kind
}

func either(first, second string) string {
	if first != "" {
		return first
	}
	return second
}

// historyPath is the history of a resource, a type or the system; params may name the resource, or hold the word already.
func historyPath(target, kind, params string) string {
	path := either(target, typed(kind))
	if strings.Contains(params, "_history") || strings.HasPrefix(params, "/") {
		return path
	}
	return path + "/_history"
}

// updatePath is where an update goes: what the script says, else the resource's own id.
func (s *session) updatePath(target, kind, params string, body []byte) (string, error) {
	if target != "" {
		return target, nil
	}
	if params != "" {
		return typed(kind), nil
	}
	id := resourceID(body)
	if id == "" || kind == "" {
		return "", errors.New("an update needs an id: by targetId, params, or in the resource")
	}
	return "/" + kind + "/" + id, nil
}

// operationPath is the path of a named operation, which a script may write with its dollar sign or without, or in the params.
func operationPath(name, path, params string) string {
	if strings.Contains(params, "$") {
		return path
	}
	return path + "/$" + strings.TrimPrefix(name, "$")
}

// absolute makes the URL to be sent. Another server than the one under test is not spoken to: a script, or an answer that it
// takes a URL from, must not make a tester's machine call others.
func (r *Runner) absolute(text string, encode bool) (string, error) {
	if encode {
		text = encoded(text)
	}
	if !strings.Contains(strings.SplitN(text, "?", 2)[0], "://") {
		if text != "" && text[0] != '?' && text[0] != '/' {
			text = "/" + text
		}
		text = r.base.String() + text
	}
	parsed, err := url.Parse(text)
	if err != nil || strings.ContainsAny(text, " \t\r\n") {
		return "", fmt.Errorf("%q is no URL; with encodeRequestUrl it would be encoded", shortened(text))
	}
	if parsed.Scheme != r.base.Scheme || parsed.Host != r.base.Host || parsed.User != nil {
		return "", fmt.Errorf("%q is at another server; only %s://%s is spoken to", shortened(text), r.base.Scheme, r.base.Host)
	}
	return text, nil
}

// inURL escapes the value of a variable for a URL: what would end a parameter or mean a blank, while the marks of a path or of a
// whole URL stay.
func inURL(encode bool) func(string) string {
	if !encode {
		return plain
	}
	return func(value string) string {
		if strings.HasPrefix(value, "http://") || strings.HasPrefix(value, "https://") { // a link, encoded by who made it
			return value
		}
		return strings.NewReplacer("%", "%25", "+", "%2B", "&", "%26", "#", "%23").Replace(value)
	}
}

// mayStand are the characters of a URL that need no encoding, the percent sign of what is encoded already among them.
const mayStand = "-._~:/?#[]@!$&'()*+,;=%"

// encoded percent-encodes everything else.
func encoded(text string) string {
	var b strings.Builder
	for i := range len(text) {
		c := text[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte(mayStand, c) >= 0 {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}

// statusName is the name of a status, empty for one that HTTP does not know.
func statusName(status int) string { return http.StatusText(status) }
