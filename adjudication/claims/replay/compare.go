package replay

import (
	"fmt"
	"strings"

	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/money"
	"claimwright/fhir/codec"
)

// leaf is one value of a response.
type leaf struct{ at, value string }

// everything takes every value for compared, figures those that are a decision's meaning: what is paid, cut and denied.
func everything(string) bool { return true }

func figures(at string) bool {
	for _, apart := range []string{".meta.", ".extension[", ".noteNumber", ".created", ".processNote", ".display", ".system"} {
		if strings.Contains(at, apart) {
			return false
		}
	}
	return true
}

// compare adds the differences between two responses, in the stored one's order, then what only the other has.
func (r *Result) compare(stored, again *codec.Document, counts func(at string) bool) {
	before, after := leaves(stored), leaves(again)
	now := make(map[string]string, len(after))
	for _, l := range after {
		now[l.at] = l.value
	}
	was := make(map[string]bool, len(before))
	for _, l := range before {
		was[l.at] = true
		if value, there := now[l.at]; counts(l.at) && (!there || value != l.value) {
			r.differ(Difference{At: l.at, Stored: l.value, Again: value, By: growth(l.at, l.value, value)})
		}
	}
	for _, l := range after {
		if counts(l.at) && !was[l.at] {
			r.differ(Difference{At: l.at, Again: l.value, By: growth(l.at, "", l.value)})
		}
	}
}

// growth is by how much an amount grew; one that is not there is nothing.
func growth(at, before, after string) string {
	if !strings.HasSuffix(at, ".amount.value") {
		return ""
	}
	amount := func(text string) (money.Decimal, bool) {
		if text == "" {
			return money.Decimal{}, true
		}
		d, err := money.Parse(text)
		return d, err == nil
	}
	from, ok := amount(before)
	to, too := amount(after)
	if !ok || !too {
		return ""
	}
	by := to.Sub(from)
	if by.Sign() > 0 {
		return "+" + by.String()
	}
	return by.String()
}

// leaves are all values of a document that have none within, with their paths.
func leaves(doc *codec.Document) []leaf {
	var all []leaf
	collect(doc.Type(), doc.Root(), &all)
	return all
}

func collect(at string, v codec.Value, all *[]leaf) {
	switch v.Kind() {
	case codec.Object:
		for name, m := range v.Members() {
			collect(at+"."+name.String(), m, all)
		}
	case codec.Array:
		seen, n := map[string]int{}, 0
		for e := range v.Each() {
			label := labelOf(e, n)
			n++
			if seen[label]++; seen[label] > 1 {
				label = fmt.Sprintf("%s #%d", label, seen[label])
			}
			collect(at+"["+label+"]", e, all)
		}
	default:
		*all = append(*all, leaf{at, string(v.Raw())})
	}
}

var labels = [][]codec.Name{
	{codec.Intern("itemSequence")}, {codec.Intern("detailSequence")}, {codec.Intern("subDetailSequence")}, {codec.Intern("number")},
	{codec.Intern("category"), codec.Intern("coding"), codec.Intern("code")},
}

var nURL = codec.Intern("url")

// labelOf names an element of an array by what tells it from its neighbours, so that one more shifts nothing.
func labelOf(e codec.Value, n int) string {
	if url := e.Get(nURL).Text(); url != "" {
		return url[strings.LastIndexByte(url, '/')+1:]
	}
	for _, path := range labels {
		if v := e.Find(path...); v.Exists() {
			return v.Text()
		}
	}
	return fmt.Sprint(n)
}

// describe is an entry in short.
func describe(e *ledger.Entry) string {
	if e == nil {
		return ""
	}
	var parts []string
	for _, u := range e.Uses {
		parts = append(parts, strings.TrimSpace(u.Policy+" "+u.Limit+" "+u.Amount.String()))
	}
	for _, p := range e.Provisions {
		parts = append(parts, fmt.Sprintf("%s ×%d", p.Item, p.Count))
	}
	if len(parts) == 0 {
		return "an entry without use"
	}
	return strings.Join(parts, ", ")
}

func describeBytes(data []byte) string {
	if data == nil {
		return ""
	}
	e, err := ledger.DecodeEntry(data)
	if err != nil {
		return err.Error()
	}
	return describe(e)
}
