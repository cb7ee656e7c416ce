package table

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

const base = "https://claimwright.org/fhir"

// The PlanDefinition, as far as a table fills it in, in the order in which people read it.
type (
	planDefinition struct {
		ResourceType    string       `json:"resourceType"`
		ID              string       `json:"id"`
		Extension       []extension  `json:"extension,omitempty"`
		URL             string       `json:"url,omitempty"`
		Version         string       `json:"version,omitempty"`
		Title           string       `json:"title"`
		Type            concept      `json:"type"`
		Status          string       `json:"status"`
		Experimental    bool         `json:"experimental,omitempty"`
		Publisher       string       `json:"publisher,omitempty"`
		Description     string       `json:"description,omitempty"`
		UseContext      []useContext `json:"useContext,omitempty"`
		Purpose         string       `json:"purpose,omitempty"`
		EffectivePeriod *period      `json:"effectivePeriod,omitempty"`
		Action          []rowAction  `json:"action"`
	}
	extension struct {
		URL          string      `json:"url"`
		Extension    []extension `json:"extension,omitempty"`
		ValueCode    string      `json:"valueCode,omitempty"`
		ValueInteger *int        `json:"valueInteger,omitempty"`
		ValueString  string      `json:"valueString,omitempty"`
	}
	coding struct {
		System string `json:"system,omitempty"`
		Code   string `json:"code"`
	}
	concept struct {
		Coding []coding `json:"coding"`
	}
	reference struct {
		Reference string `json:"reference"`
	}
	useContext struct {
		Code           coding     `json:"code"`
		ValueConcept   *concept   `json:"valueCodeableConcept,omitempty"`
		ValueReference *reference `json:"valueReference,omitempty"`
	}
	period struct {
		Start string `json:"start,omitempty"`
		End   string `json:"end,omitempty"`
	}
	expression struct {
		Language   string `json:"language"`
		Expression string `json:"expression"`
	}
	applicability struct {
		Kind       string     `json:"kind"`
		Expression expression `json:"expression"`
	}
	rowAction struct {
		Prefix    string          `json:"prefix"`
		Title     string          `json:"title"`
		Condition []applicability `json:"condition"`
		Action    []doneAction    `json:"action"`
	}
	doneAction struct {
		TextEquivalent string         `json:"textEquivalent,omitempty"`
		Code           []concept      `json:"code"`
		Subject        *concept       `json:"subjectCodeableConcept,omitempty"`
		Input          []input        `json:"input,omitempty"`
		DynamicValue   []dynamicValue `json:"dynamicValue,omitempty"`
	}
	input struct {
		Type       string       `json:"type"`
		CodeFilter []codeFilter `json:"codeFilter"`
	}
	codeFilter struct {
		Path string   `json:"path"`
		Code []coding `json:"code"`
	}
	dynamicValue struct {
		Path       string     `json:"path"`
		Expression expression `json:"expression"`
	}
)

func celText(text string) expression { return expression{"text/cel", text} }

func codeOf(system, code string) concept { return concept{[]coding{{system, code}}} }

// definition writes the PlanDefinition.
func (c *compiler) definition() ([]byte, error) {
	h := &c.header
	p := planDefinition{
		ResourceType: "PlanDefinition", ID: h.id, Extension: h.settings(), URL: h.url, Version: h.version, Title: h.title,
		Type:   codeOf("http://terminology.hl7.org/CodeSystem/plan-definition-type", "eca-rule"),
		Status: h.status, Experimental: h.shadow, Publisher: h.publisher, Description: h.description, Purpose: h.purpose,
		UseContext: h.scope(),
	}
	if h.from != "" || h.to != "" {
		p.EffectivePeriod = &period{h.from, h.to}
	}
	for i := range c.rows {
		p.Action = append(p.Action, c.rows[i].action())
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false) // people read conditions
	encoder.SetIndent("", "  ")
	err := encoder.Encode(p)
	return out.Bytes(), err
}

// settings are the parts of the extension rule-settings that were said.
func (h *header) settings() []extension {
	var parts []extension
	if h.priority != nil {
		parts = append(parts, extension{URL: "priority", ValueInteger: h.priority})
	}
	if h.hit != "" {
		parts = append(parts, extension{URL: "hit", ValueCode: h.hit})
	}
	if h.group != "" {
		parts = append(parts, extension{URL: "group", ValueString: h.group})
	}
	if h.basis != "" {
		parts = append(parts, extension{URL: "dateBasis", ValueCode: h.basis})
	}
	if parts == nil {
		return nil
	}
	return []extension{{URL: base + "/StructureDefinition/rule-settings", Extension: parts}}
}

func (h *header) scope() []useContext {
	var all []useContext
	for _, s := range [...]struct {
		code, system string
		values       []string
	}{
		{"insurer", "", h.insurers}, {"plan", "", h.plans}, {"facility", "", h.facilities},
		{"claim-type", "http://terminology.hl7.org/CodeSystem/claim-type", h.types}, {"use", "http://hl7.org/fhir/claim-use", h.uses},
	} {
		for _, v := range s.values {
			u := useContext{Code: coding{base + "/CodeSystem/rule-scope", s.code}}
			if s.code == "insurer" || s.code == "facility" {
				u.ValueReference = &reference{v}
			} else {
				named := codeOf(s.system, v)
				u.ValueConcept = &named
			}
			all = append(all, u)
		}
	}
	return all
}

// action is the row as an action of the definition; its prefix is the row's number in the table.
func (r *row) action() rowAction {
	a := rowAction{
		Prefix: strconv.Itoa(r.line), Title: r.title,
		Condition: []applicability{{"applicability", celText(r.condition())}},
	}
	for i := range r.actions {
		a.Action = append(a.Action, r.actions[i].done())
	}
	return a
}

// condition joins what the cells ask.
func (r *row) condition() string {
	switch len(r.parts) {
	case 0:
		return "true"
	case 1:
		return r.parts[0].expression
	}
	var all []string
	for _, p := range r.parts {
		text := p.expression
		if p.own() {
			text = "(" + text + ")"
		}
		all = append(all, text)
	}
	return strings.Join(all, " && ")
}

func (a *action) done() doneAction {
	d := doneAction{TextEquivalent: a.text, Code: []concept{codeOf(base+"/CodeSystem/rule-action", a.kind.Code())}}
	if a.claim {
		claim := codeOf("", "claim")
		d.Subject = &claim
	}
	if len(a.documents) > 0 {
		filter := codeFilter{Path: "type"}
		for _, code := range a.documents {
			filter.Code = append(filter.Code, coding{Code: code})
		}
		d.Input = []input{{"DocumentReference", []codeFilter{filter}}}
	}
	if a.number != "" {
		d.DynamicValue = []dynamicValue{{a.path, celText(a.number)}}
	}
	return d
}
