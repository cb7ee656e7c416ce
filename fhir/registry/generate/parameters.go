package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"claimwright/fhir/search/expression"
)

// param mirrors registry.Param.
type param struct {
	name, url, kind, expression string
	leaves                      []leaf
	targets                     []string
	components                  []component
	experimental                bool
}

type component struct {
	name, kind, expression string
	leaves                 []leaf
	targets                []string
}

type omission struct{ url, name, reason string }

// paramTable holds the parameters by resource type, sorted by name; those of all resources are under "Resource" and
// "DomainResource".
type paramTable map[string][]*param

// paramsOf makes the parameters of every type, and the list of those that were left out.
func paramsOf(d *definitions, sets []codeSet) (paramTable, []omission, error) {
	m := &paramMaker{defs: d, byURL: map[string]*parameter{}, listed: map[string]bool{}}
	for _, p := range d.parameters {
		correct(p)
		m.byURL[p.URL] = p
	}
	for _, s := range sets {
		m.listed[s.url] = true
	}
	table, left := paramTable{}, []omission(nil)
	for _, p := range d.parameters {
		if reason := d.reasonToOmit(p); reason != "" {
			left = append(left, omission{p.URL, p.Code, reason})
			continue
		}
		for _, base := range p.Base {
			made, err := m.make(p, base)
			if err != nil {
				return nil, nil, fmt.Errorf("%s on %s: %w", p.URL, base, err)
			}
			table[base] = append(table[base], made)
		}
	}
	for base, list := range table {
		slices.SortFunc(list, func(a, b *param) int { return strings.Compare(a.name, b.name) })
		for i := 1; i < len(list); i++ {
			if list[i].name == list[i-1].name {
				return nil, nil, fmt.Errorf("%s has two parameters named %s", base, list[i].name)
			}
		}
	}
	return table, left, nil
}

var extensionURL = regexp.MustCompile(`xtension\('([^']+)'\)`)

// reasonToOmit judges a SearchParameter of the package; the empty reason keeps it.
func (d *definitions) reasonToOmit(p *parameter) string {
	if strings.HasPrefix(p.URL[strings.LastIndexByte(p.URL, '/')+1:], "example") {
		return "an example of a SearchParameter, not one of R4's own"
	}
	if !p.Experimental {
		return ""
	}
	if len(p.Base) == 0 {
		return "a sample without a base, so of no resource type"
	}
	if p.Expression == "" {
		return "a sample without an expression"
	}
	for _, url := range extensionURL.FindAllStringSubmatch(p.Expression, -1) {
		if _, ok := d.profiles[url[1]]; !ok {
			return "a sample about an extension that R4 does not define"
		}
	}
	return ""
}

type paramMaker struct {
	defs  *definitions
	byURL map[string]*parameter
	// listed are the value sets whose codes are known.
	listed map[string]bool
}

// make makes the parameter as one resource type has it.
func (m *paramMaker) make(p *parameter, base string) (*param, error) {
	made := &param{name: p.Code, url: p.URL, kind: p.Type, experimental: p.Experimental, targets: m.targets(p)}
	if p.Expression == "" || p.XpathUsage == "nearby" {
		made.kind = "special"
	}
	if p.Expression == "" {
		return made, nil
	}
	whole, err := expression.Parse(p.Expression)
	if err != nil {
		return nil, err
	}
	// The text of each alternative is needed too; R4 writes no "|" inside of one.
	var mine []string
	var ends []reach
	for i, text := range strings.Split(p.Expression, "|") {
		if whole[i].Root != base {
			continue
		}
		mine = append(mine, strings.TrimSpace(text))
		end, err := m.defs.walk(whole[i], base, place{})
		if err != nil {
			return nil, err
		}
		ends = append(ends, reachOf(whole[i], end))
		if p.Type == "composite" {
			err = m.addComponents(made, p, base, end)
		} else {
			err = m.addLeaf(&made.leaves, end)
		}
		if err != nil {
			return nil, err
		}
	}
	if len(mine) == 0 {
		return nil, errors.New("no alternative is about this type")
	}
	made.expression = strings.Join(mine, " | ")
	made.targets = within(made.targets, ends)
	return made, nil
}

func (m *paramMaker) addLeaf(leaves *[]leaf, end place) error {
	l, err := m.defs.leafAt(end)
	if err != nil {
		return err
	}
	if !m.listed[l.binding] {
		l.binding = ""
	}
	*leaves = append(*leaves, l)
	return nil
}

// addComponents resolves the components at one context of a composite. Where there are several contexts, such as an
// Observation and its components, the parts have the same types in all of them.
func (m *paramMaker) addComponents(made *param, p *parameter, base string, context place) error {
	var parts []component
	for _, c := range p.Component {
		definition, ok := m.byURL[c.Definition]
		if !ok {
			return fmt.Errorf("component %s is not defined", c.Definition)
		}
		part := component{
			name: definition.Code, kind: definition.Type, expression: c.Expression, targets: m.targets(definition),
		}
		paths, err := expression.Parse(c.Expression)
		if err != nil {
			return err
		}
		for _, path := range paths {
			end, err := m.defs.walk(path, base, context)
			if err != nil {
				return err
			}
			if err := m.addLeaf(&part.leaves, end); err != nil {
				return err
			}
		}
		parts = append(parts, part)
	}
	if made.components != nil && fmt.Sprint(made.components) != fmt.Sprint(parts) {
		return errors.New("components differ between the contexts")
	}
	made.components = parts
	return nil
}

// targets are the types that a reference may point to; where R4 says any, the package lists all but Parameters.
func (m *paramMaker) targets(p *parameter) []string {
	targets := slices.Clone(p.Target)
	slices.Sort(targets)
	return slices.Compact(targets)
}
