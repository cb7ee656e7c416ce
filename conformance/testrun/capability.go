package testrun

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// statement is a CapabilityStatement as far as scripts ask for it.
type statement struct {
	ResourceType string
	Format       []string
	Rest         []capableRest
}

type capableRest struct {
	Mode        string
	Interaction []struct{ Code string }
	Operation   []struct{ Name string }
	SearchParam []struct{ Name string }
	Resource    []capableResource
}

type capableResource struct {
	Type                                               string
	Interaction                                        []struct{ Code string }
	SearchParam                                        []struct{ Name string }
	Operation                                          []struct{ Name string }
	UpdateCreate, ConditionalCreate, ConditionalUpdate bool
	ConditionalRead, ConditionalDelete                 string
	SearchInclude, SearchRevInclude, SupportedProfile  []string
}

// capable tells whether the server has what the script asks for: without a required capability the script is skipped, without one
// that it validates it fails. A requirement whose CapabilityStatement is not at hand is met unless proven otherwise.
func (s *session) capable(ctx context.Context) (Verdict, string) {
	for _, c := range s.script.Capabilities {
		if !c.Required && !c.Validated || c.Statement == nil {
			continue
		}
		var wanted, has statement
		if err := json.Unmarshal(c.Statement, &wanted); err != nil || wanted.ResourceType != "CapabilityStatement" {
			return Fail, c.Canonical + " is no CapabilityStatement"
		}
		if err := json.Unmarshal(s.runner.capabilities(ctx), &has); err != nil || has.ResourceType != "CapabilityStatement" {
			return Fail, "the server gives no CapabilityStatement to look the script's requirements up in"
		}
		if missing := has.lacks(&wanted); missing != "" {
			if c.Required {
				return Skip, "the server does not offer " + missing
			}
			return Fail, "the server does not offer " + missing
		}
	}
	return Pass, ""
}

// capabilities asks for the server's statement, once.
func (r *Runner) capabilities(ctx context.Context) []byte {
	r.capability.Do(func() {
		address, err := r.absolute("/metadata", false)
		if err != nil {
			return
		}
		header := r.options.Header.Clone()
		if header == nil {
			header = http.Header{}
		}
		header.Set("Accept", fhirJSON)
		if e, err := r.send(ctx, &outgoing{method: http.MethodGet, url: address, header: header}); err == nil && e.Status == http.StatusOK {
			r.statement = e.ResponseBody
		}
	})
	return r.statement
}

// lacks names the first thing that is wanted and not there, empty if there is none.
func (has *statement) lacks(wanted *statement) string {
	for _, format := range wanted.Format {
		if !slices.ContainsFunc(has.Format, func(f string) bool { return sameMediaType(mediaType(f), format) }) {
			return "the format " + format
		}
	}
	for i := range wanted.Rest {
		w := &wanted.Rest[i]
		if w.Mode != "server" {
			continue
		}
		at := slices.IndexFunc(has.Rest, func(r capableRest) bool { return r.Mode == "server" })
		if at < 0 {
			return "anything as a server"
		}
		if missing := has.Rest[at].lacks(w); missing != "" {
			return missing
		}
	}
	return ""
}

func (has *capableRest) lacks(wanted *capableRest) string {
	whole := capableResource{Interaction: has.Interaction, Operation: has.Operation, SearchParam: has.SearchParam}
	if missing := whole.lacks(&capableResource{Interaction: wanted.Interaction, Operation: wanted.Operation, SearchParam: wanted.SearchParam}); missing != "" {
		return missing
	}
	for i := range wanted.Resource {
		w := &wanted.Resource[i]
		at := slices.IndexFunc(has.Resource, func(r capableResource) bool { return r.Type == w.Type })
		if at < 0 {
			return w.Type
		}
		if missing := has.Resource[at].lacks(w); missing != "" {
			return missing + " of " + w.Type
		}
	}
	return ""
}

func (has *capableResource) lacks(wanted *capableResource) string {
	for _, in := range wanted.Interaction {
		if !hasCode(has.Interaction, in.Code) {
			return "the interaction " + in.Code
		}
	}
	for _, op := range wanted.Operation {
		if !hasName(has.Operation, op.Name) {
			return "the operation $" + strings.TrimPrefix(op.Name, "$")
		}
	}
	for _, p := range wanted.SearchParam {
		if !hasName(has.SearchParam, p.Name) {
			return "the search parameter " + p.Name
		}
	}
	for _, f := range []struct {
		name        string
		wanted, has bool
	}{
		{"updateCreate", wanted.UpdateCreate, has.UpdateCreate},
		{"conditionalCreate", wanted.ConditionalCreate, has.ConditionalCreate},
		{"conditionalUpdate", wanted.ConditionalUpdate, has.ConditionalUpdate},
		{"conditionalDelete", offered(wanted.ConditionalDelete), offered(has.ConditionalDelete)},
		{"conditionalRead", offered(wanted.ConditionalRead), offered(has.ConditionalRead)},
	} {
		if f.wanted && !f.has {
			return f.name
		}
	}
	for _, l := range []struct {
		name        string
		wanted, has []string
	}{
		{"_include", wanted.SearchInclude, has.SearchInclude}, {"_revinclude", wanted.SearchRevInclude, has.SearchRevInclude},
		{"the profile", wanted.SupportedProfile, has.SupportedProfile},
	} {
		for _, value := range l.wanted {
			if !slices.Contains(l.has, value) && !slices.Contains(l.has, "*") {
				return fmt.Sprintf("%s %s", l.name, value)
			}
		}
	}
	return ""
}

func offered(code string) bool { return code != "" && code != "not-supported" }

func hasCode(all []struct{ Code string }, code string) bool {
	return slices.ContainsFunc(all, func(c struct{ Code string }) bool { return c.Code == code })
}

func hasName(all []struct{ Name string }, name string) bool {
	name = strings.TrimPrefix(name, "$")
	return slices.ContainsFunc(all, func(n struct{ Name string }) bool { return strings.TrimPrefix(n.Name, "$") == name })
}
