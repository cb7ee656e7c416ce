package table

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"claimwright/adjudication/engine/rules/value"
	"claimwright/adjudication/rules/table/sheet"
	"claimwright/fhir/spelling"
)

// header is what the lines above the table say of the rule.
type header struct {
	id, url, version, status, title, purpose, description, publisher string
	from, to                                                         string
	insurers, plans, facilities, types, uses                         []string
	hit, group, basis                                                string
	priority                                                         *int
	shadow                                                           bool
	// reason is told where a cell says only x; cells is what a cell of a matrix does.
	reason, cells string
	lines         map[string]int
}

// Header is a line that may stand above a table.
type Header struct{ Name, Doc, Example string }

// Headers are the lines that may stand above a table, in the order in which people write them.
var Headers = []Header{
	{"title", "What the rule is called. The only one that must be there.", "Age bands of scans"},
	{"purpose", "Why there is the rule.", "Scans of children need a specialist"},
	{"description", "What the rule does.", "Rejects scans by age"},
	{"id", "The id that the rule is stored under; made of the title without one.", "scan-ages"},
	{"url", "The canonical address.", "https://umoja.example/rules/scan-ages"},
	{"version", "The version of the rule.", "2026-2"},
	{"status", "draft, active or retired. Only an active rule acts; draft without it.", "active"},
	{"publisher", "Who answers for the rule.", "Medical department"},
	{"from", "The first day on which the rule is in force.", "2026-01-01"},
	{"to", "The last day on which the rule is in force.", "2026-12-31"},
	{"insurer", "Only for these insurers.", "Organization/umoja"},
	{"plan", "Only for plans with these codes.", "GOLD, SILVER"},
	{"facility", "Only for these facilities.", "Organization/tumaini"},
	{"claim type", "Only for claims of these types: professional, institutional, oral, pharmacy or vision.", "oral"},
	{"use", "Only for these uses: claim, preauthorization or predetermination.", "claim"},
	{"hit policy", "all lets every row act that holds, first only the first; all without it.", "first"},
	{"priority", "Rules with a smaller number are asked earlier; 100 without it.", "50"},
	{"group", "Rules of one group take turns where their hit policy is first.", "scans"},
	{"date basis", "target lets the date of service decide whether the rule is in force, receipt the day of receipt.", "receipt"},
	{"shadow", "yes lets the rule only record what it would have done.", "yes"},
	{"reason", "The reason where a cell of an action says only x.", "Not covered at this age"},
	{"cells", "What the cells of a matrix do: the name of an action. reject without it.", "cap price"},
}

// headerAliases are other names of the same.
var headerAliases = map[string]string{
	"name": "title", "valid from": "from", "start": "from", "valid to": "to", "until": "to", "end": "to", "hit": "hit policy",
	"insurers": "insurer", "plans": "plan", "facilities": "facility", "type": "claim type", "claim types": "claim type",
	"date": "date basis", "experimental": "shadow", "matrix": "cells",
}

func headerName(text string) (string, bool) {
	name := plainName(strings.TrimSuffix(text, ":"))
	if other, ok := headerAliases[name]; ok {
		name = other
	}
	return name, slices.ContainsFunc(Headers, func(h Header) bool { return h.Name == name })
}

var blanks = regexp.MustCompile(`[\s_]+`)

// plainName is a heading without regard to capitals, underscores and blanks.
func plainName(text string) string {
	return strings.ToLower(blanks.ReplaceAllString(strings.TrimSpace(text), " "))
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// headerRow reads a line above the table.
func (c *compiler) headerRow(r sheet.Row) {
	name, known := headerName(r.Cell(0).Text)
	if !known {
		var all []string
		for _, h := range Headers {
			all = append(all, h.Name)
		}
		t := trouble{"The line above the table is not known", r.Cell(0).Text, strings.Join(all, ", ") + "; or the headings of the table, with an action among them"}
		if near := spelling.Nearest(name, all); near != "" {
			t.expected = "perhaps " + near
		}
		c.fail(r.Line, nil, t)
		return
	}
	var values []string
	for i := 1; i < len(r.Cells); i++ {
		if cell := r.Cell(i); cell.Text != "" {
			values = append(values, cell.Text)
		} else if cell.Wrong != "" && i == 1 {
			c.fail(r.Line, &column{heading: name, at: i}, trouble{cell.Wrong, "", ""})
			return
		}
	}
	if _, again := c.header.lines[name]; again {
		c.fail(r.Line, nil, trouble{"The line stands there twice", name, "once"})
		return
	}
	if c.header.lines == nil {
		c.header.lines = map[string]int{}
	}
	c.header.lines[name] = r.Line
	if len(values) > 0 {
		c.setHeader(r.Line, name, values)
	}
}

// setHeader reads the values of a line: of some there may be several, of the others one.
func (c *compiler) setHeader(line int, name string, values []string) {
	h := &c.header
	if to := map[string]*[]string{
		"insurer": &h.insurers, "plan": &h.plans, "facility": &h.facilities, "claim type": &h.types, "use": &h.uses,
	}[name]; to != nil {
		*to = c.several(line, name, values)
		return
	}
	if len(values) > 1 {
		c.fail(line, nil, trouble{"The " + name + " has several cells", strings.Join(values, " | "), "one cell; in CSV, a text with commas stands in quotes"})
		return
	}
	given := values[0]
	if to := map[string]*string{
		"title": &h.title, "purpose": &h.purpose, "description": &h.description, "id": &h.id, "url": &h.url, "version": &h.version,
		"publisher": &h.publisher, "group": &h.group, "reason": &h.reason, "cells": &h.cells,
	}[name]; to != nil {
		*to = oneLine(given)
		return
	}
	c.setChecked(line, name, given)
}

// setChecked reads what only a few texts may stand for.
func (c *compiler) setChecked(line int, name, given string) {
	h := &c.header
	switch name {
	case "status":
		h.status = c.oneOf(line, name, given, "draft", "active", "retired")
	case "hit policy":
		h.hit = c.oneOf(line, name, given, "all", "first")
	case "date basis":
		h.basis = c.oneOf(line, name, given, "target", "receipt")
	case "shadow":
		h.shadow = c.oneOf(line, name, given, "yes", "no", "x", "true", "false", "1", "0") != "no"
		if g := plainName(given); g == "no" || g == "false" || g == "0" {
			h.shadow = false
		}
	case "priority":
		n, err := strconv.Atoi(given)
		if err != nil {
			c.fail(line, nil, trouble{"The priority cannot be used", given, "a whole number, such as 50"})
		}
		h.priority = &n
	default: // from, to
		if _, err := value.ParseDate(given); err != nil {
			c.fail(line, nil, trouble{"The day cannot be used", given, "a day such as 2026-02-28"})
		}
		if name == "from" {
			h.from = given
		} else {
			h.to = given
		}
	}
}

func (c *compiler) oneOf(line int, name, given string, allowed ...string) string {
	given = plainName(given)
	if !slices.Contains(allowed, given) {
		c.fail(line, nil, trouble{"The " + name + " is not known", given, strings.Join(allowed, ", ")})
	}
	return given
}

// several takes the codes of all cells.
func (c *compiler) several(line int, name string, values []string) []string {
	var all []string
	for _, v := range values {
		for _, code := range split(v) {
			if code == "" {
				c.fail(line, nil, trouble{"There is nothing between two commas", v, "codes such as GOLD, SILVER"})
				continue
			}
			if known := closed[map[string]string{"claim type": "claim.type", "use": "claim.use"}[name]]; known != nil && !slices.Contains(known, code) {
				c.fail(line, nil, trouble{"The " + name + " is not known", code, strings.Join(known, ", ")})
			}
			if (name == "insurer" || name == "facility") && !strings.Contains(code, "/") {
				code = "Organization/" + code
			}
			all = append(all, code)
		}
	}
	return all
}

var idForm = regexp.MustCompile(`^[A-Za-z0-9\-.]{1,64}$`)

// complete fills in what was not said, once the header is read.
func (h *header) complete(c *compiler) {
	if h.title == "" {
		c.fail(0, nil, trouble{"The rule has no title", "", "a first line such as title,Age bands of scans"})
	}
	if h.status == "" {
		h.status = "draft"
	}
	if h.id == "" {
		h.id = slug(h.title)
	}
	if !idForm.MatchString(h.id) {
		c.fail(h.lines["id"], nil, trouble{"The id cannot be used", h.id, "up to 64 letters, digits, points and hyphens"})
	}
	if h.from != "" && h.to != "" && h.to < h.from {
		c.fail(h.lines["to"], nil, trouble{"The rule ends before it starts", h.to, fmt.Sprintf("a day from %s on", h.from)})
	}
}

// slug is an id made of a title.
func slug(title string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(title) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	text := b.String()
	text = strings.Trim(text[:min(len(text), 64)], "-")
	if text == "" {
		return "table"
	}
	return text
}
