package server

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"claimwright/fhir/outcome"
	"claimwright/store/resources/compartment"
)

// The page size of $everything: what is given unasked, and the most.
const (
	everythingCount    = 500
	everythingCountMax = 1000
)

// everythingOperations are Patient/$everything, Patient/[id]/$everything and Encounter/[id]/$everything.
func everythingOperations() []*operation {
	page := []parameter{{"_since", "instant"}, {"_type", "code"}, {"_count", "integer"}}
	dates := append([]parameter{{"start", "date"}, {"end", "date"}}, page...)
	return []*operation{
		{
			name: "everything", resourceType: "Patient", levels: onType | onInstance, in: dates, asks: true, large: true, run: everything,
			definition: "http://hl7.org/fhir/OperationDefinition/Patient-everything",
		},
		{
			name: "everything", resourceType: "Encounter", levels: onInstance, in: page, asks: true, large: true, run: everything,
			definition: "http://hl7.org/fhir/OperationDefinition/Encounter-everything",
		},
	}
}

// everything answers with a page of a compartment and of what it refers to.
func everything(ctx context.Context, c *call) (answered, error) {
	asked, err := askedEverything(c)
	if err != nil {
		return answered{}, err
	}
	if c.level == onInstance {
		if _, err := c.reads.Read(ctx, c.principal, c.key); err != nil {
			return answered{}, err
		}
	}
	walk, err := compartment.New(c.reads, c.principal, c.query, asked.scope)
	if err != nil {
		return answered{}, err
	}
	page, err := walk.Everything(ctx, c.page, asked.count)
	if err != nil {
		return answered{}, err
	}
	address := c.base + "/" + c.key.Type + "/$everything"
	if c.level == onInstance {
		address = c.base + "/" + c.key.String() + "/$everything"
	}
	return answered{body: everythingBundle(c, page, links{base: address, query: asked.query, page: c.page, next: page.Next})}, nil
}

type everythingAsked struct {
	scope compartment.Scope
	count int
	// query are the parameters as the page links repeat them.
	query string
}

func askedEverything(c *call) (everythingAsked, error) {
	asked := everythingAsked{scope: compartment.Scope{Kind: c.key.Type}, count: everythingCount}
	if err := c.notCounting(); err != nil {
		return asked, err
	}
	if c.level == onInstance {
		asked.scope.IDs = []string{c.key.ID}
	}
	query := url.Values{}
	for name, value := range given(c.input) {
		switch name {
		case "start":
			asked.scope.Start = value
		case "end":
			asked.scope.End = value
		case "_since":
			since, err := parseInstant(value)
			if err != nil {
				return asked, badParameter(name, outcome.Value, value, "an instant such as 2026-01-31T08:30:00Z")
			}
			asked.scope.Since = since
		case "_type":
			asked.scope.Types = append(asked.scope.Types, strings.Split(value, ",")...)
		case "_count":
			n, err := strconv.Atoi(value)
			if err != nil || n < 1 {
				return asked, badParameter(name, outcome.Value, value, "a positive number")
			}
			asked.count = min(n, everythingCountMax)
		default:
			continue
		}
		query.Add(name, value)
	}
	asked.query = joinQueries(query.Encode(), answerFormOf(c.raw))
	return asked, nil
}

// everythingBundle writes the page: the compartment's resources as matches, what they refer to as included.
func everythingBundle(c *call, page compartment.Everything, l links) []byte {
	w := beginBundle("searchset", append(page.Visited[:len(page.Visited):len(page.Visited)], page.Referred...))
	if l.page == "" && l.next == "" {
		w.Int("total", int64(len(page.Visited)))
	}
	l.write(w)
	w.Array("entry")
	writeFound(w, c.base, page.Visited, "match", c.form)
	writeFound(w, c.base, page.Referred, "include", c.form.Included())
	if page.Cut {
		writeWarnings(w, []outcome.Issue{{
			Severity: outcome.Warning, Code: outcome.TooCostly,
			Text: "not all that these resources refer to was looked for; ask for some types, or since a time, or export them",
		}})
	}
	w.End()
	w.End()
	return w.Bytes()
}
