package checklist

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/scheme"
)

// Definition is the PlanDefinition that is published of a check, and the name of its file.
func Definition(check engine.Denial) (file string, body []byte, err error) {
	id := "check-" + check.Code()
	d := planDefinition{
		ResourceType: "PlanDefinition", ID: id, Extension: defaults(check), URL: check.Canonical(), Version: "1.0.0",
		Name: nameOf(id), Title: check.Display(), Type: concept{Text: "Fixed check"}, Status: "active", Date: "2026-11-27", Publisher: "Claimwright",
		Description: fmt.Sprintf("Check %d. A line that it denies is borne by the %s.", check, bearers[check.Bearer()]),
		Usage:       usage(check),
		Action: []action{{
			Title:  check.Display(),
			Code:   []concept{{Coding: []coding{{System: "https://claimwright.org/fhir/CodeSystem/rule-action", Code: "reject"}}}},
			Reason: []concept{{Coding: []coding{{System: engine.DenialSystem, Code: check.Code(), Display: check.Display()}}}},
		}},
	}
	var b bytes.Buffer
	w := json.NewEncoder(&b)
	w.SetEscapeHTML(false)
	w.SetIndent("", "  ")
	if err := w.Encode(d); err != nil {
		return "", nil, fmt.Errorf("write the definition of %s: %w", id, err)
	}
	return "PlanDefinition-" + id + ".json", b.Bytes(), nil
}

var bearers = map[engine.Bearer]string{engine.ByProvider: "provider", engine.ByMember: "member"}

// Published are all checks that have a definition.
func Published() []engine.Denial {
	var all []engine.Denial
	for d := engine.Denial(1); d <= engine.DocumentMissing; d++ {
		if d.IsCheck() {
			all = append(all, d)
		}
	}
	return all
}

// usage says how the check is switched and what its parameters are.
func usage(check engine.Denial) string {
	c := scheme.Check(check)
	if c.Code() == "" {
		return "It is always made and cannot be set."
	}
	text := "Set by the extension check-setting of an insurer or a plan, with the parts " + strings.Join(c.Parts(), ", ") + "."
	if why := c.Fixed(); why != "" {
		text += " It cannot be switched off: " + why + "."
	}
	return text
}

// defaults is the check-setting that holds where nothing is said.
func defaults(check engine.Denial) []extension {
	c := scheme.Check(check)
	if c.Code() == "" {
		return nil
	}
	s := c.Default()
	on := !s.Off
	return []extension{{URL: "https://claimwright.org/fhir/StructureDefinition/check-setting", Extension: []extension{
		{URL: "check", Code: c.Code()}, {URL: "enabled", Boolean: &on}, {URL: "action", Code: s.ActionCode()}, {URL: "per", Code: s.LevelCode()},
	}}}
}

// nameOf makes CheckNotCovered of check-not-covered.
func nameOf(id string) string {
	var name strings.Builder
	for word := range strings.SplitSeq(id, "-") {
		name.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return name.String()
}

type planDefinition struct {
	ResourceType string      `json:"resourceType"`
	ID           string      `json:"id"`
	Extension    []extension `json:"extension,omitempty"`
	URL          string      `json:"url"`
	Version      string      `json:"version"`
	Name         string      `json:"name"`
	Title        string      `json:"title"`
	Type         concept     `json:"type"`
	Status       string      `json:"status"`
	Date         string      `json:"date"`
	Publisher    string      `json:"publisher"`
	Description  string      `json:"description"`
	Usage        string      `json:"usage"`
	Action       []action    `json:"action"`
}

type extension struct {
	Extension []extension `json:"extension,omitempty"`
	URL       string      `json:"url"`
	Boolean   *bool       `json:"valueBoolean,omitempty"`
	Code      string      `json:"valueCode,omitempty"`
}

type concept struct {
	Coding []coding `json:"coding,omitempty"`
	Text   string   `json:"text,omitempty"`
}

type coding struct {
	System  string `json:"system"`
	Code    string `json:"code"`
	Display string `json:"display,omitempty"`
}

type action struct {
	Title  string    `json:"title"`
	Code   []concept `json:"code"`
	Reason []concept `json:"reason"`
}
