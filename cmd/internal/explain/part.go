package explain

import (
	"strings"

	"claimwright/adjudication/engine/money"
	"claimwright/fhir/codec"
)

var (
	nAdjudication     = codec.Intern("adjudication")
	nAmount           = codec.Intern("amount")
	nCategory         = codec.Intern("category")
	nCode             = codec.Intern("code")
	nCoding           = codec.Intern("coding")
	nCoverage         = codec.Intern("coverage")
	nCreated          = codec.Intern("created")
	nCurrency         = codec.Intern("currency")
	nDate             = codec.Intern("date")
	nDisplay          = codec.Intern("display")
	nDisposition      = codec.Intern("disposition")
	nEnd              = codec.Intern("end")
	nError            = codec.Intern("error")
	nExtension        = codec.Intern("extension")
	nFocal            = codec.Intern("focal")
	nIdentifier       = codec.Intern("identifier")
	nInsurance        = codec.Intern("insurance")
	nInsurer          = codec.Intern("insurer")
	nItem             = codec.Intern("item")
	nItemSequence     = codec.Intern("itemSequence")
	nNet              = codec.Intern("net")
	nNoteNumber       = codec.Intern("noteNumber")
	nNumber           = codec.Intern("number")
	nOutcome          = codec.Intern("outcome")
	nPatient          = codec.Intern("patient")
	nPayment          = codec.Intern("payment")
	nPreAuthPeriod    = codec.Intern("preAuthPeriod")
	nPreAuthRef       = codec.Intern("preAuthRef")
	nProcessNote      = codec.Intern("processNote")
	nProductOrService = codec.Intern("productOrService")
	nQuantity         = codec.Intern("quantity")
	nReason           = codec.Intern("reason")
	nReference        = codec.Intern("reference")
	nRequest          = codec.Intern("request")
	nRequestor        = codec.Intern("requestor")
	nSequence         = codec.Intern("sequence")
	nServicedDate     = codec.Intern("servicedDate")
	nServicedPeriod   = codec.Intern("servicedPeriod")
	nStart            = codec.Intern("start")
	nStatus           = codec.Intern("status")
	nSystem           = codec.Intern("system")
	nText             = codec.Intern("text")
	nTotal            = codec.Intern("total")
	nType             = codec.Intern("type")
	nURL              = codec.Intern("url")
	nUnitPrice        = codec.Intern("unitPrice")
	nUse              = codec.Intern("use")
	nValue            = codec.Intern("value")
)

// part is an extension: a name with either a value or parts of its own.
type part struct {
	name, value string
	parts       []part
}

// extensionOf is the extension with a url, read whole.
func extensionOf(v codec.Value, url string) (part, bool) {
	for e := range v.Get(nExtension).Each() {
		if e.Get(nURL).Text() == url {
			return readPart(e), true
		}
	}
	return part{}, false
}

func readPart(e codec.Value) part {
	url := e.Get(nURL).Text()
	p := part{name: url[strings.LastIndexByte(url, '/')+1:]}
	for name, m := range e.Members() {
		if strings.HasPrefix(name.String(), "value") {
			p.value = valueText(m)
		}
	}
	for sub := range e.Get(nExtension).Each() {
		p.parts = append(p.parts, readPart(sub))
	}
	return p
}

// get is the value of the first part with a name.
func (p *part) get(name string) string {
	for i := range p.parts {
		if p.parts[i].name == name {
			return p.parts[i].value
		}
	}
	return ""
}

// all are the parts with a name.
func (p *part) all(name string) []part {
	var found []part
	for _, sub := range p.parts {
		if sub.name == name {
			found = append(found, sub)
		}
	}
	return found
}

// amount is a part as a number; ok is false when it is none.
func (p *part) amount(name string) (money.Decimal, bool) {
	d, err := money.Parse(p.get(name))
	return d, err == nil
}

// text is the part's value, or its parts one behind the other.
func (p *part) text() string {
	if len(p.parts) == 0 {
		return p.value
	}
	var texts []string
	for i := range p.parts {
		texts = append(texts, words(p.parts[i].name)+" "+p.parts[i].text())
	}
	return strings.Join(texts, ", ")
}

// valueText is any value of an extension in words.
func valueText(v codec.Value) string {
	switch {
	case v.Kind() != codec.Object:
		return v.Text()
	case v.Get(nReference).Exists(), v.Get(nIdentifier).Exists():
		return referenceText(v)
	case v.Get(nCoding).Exists(), v.Get(nCode).Exists():
		return textOf(v)
	case v.Get(nStart).Exists(), v.Get(nEnd).Exists():
		return periodText(v.Get(nStart).Text(), v.Get(nEnd).Text())
	case v.Get(nCurrency).Exists():
		return v.Get(nValue).Text() + " " + v.Get(nCurrency).Text()
	}
	return string(v.Raw())
}

// periodText is a period in words; "since ever" and "for ever" are empty ends.
func periodText(start, end string) string {
	switch {
	case start != "" && end != "":
		return start + " to " + end
	case start != "":
		return "from " + start
	case end != "":
		return "until " + end
	}
	return ""
}

// referenceText is whom a Reference means.
func referenceText(v codec.Value) string {
	if r := v.Get(nReference).Text(); r != "" {
		return r
	}
	if id := v.Get(nIdentifier); id.Get(nValue).Exists() {
		return strings.TrimPrefix(id.Get(nSystem).Text()+"|"+id.Get(nValue).Text(), "|")
	}
	return v.Get(nDisplay).Text()
}

// codeOf is the first code of a CodeableConcept.
func codeOf(concept codec.Value) string {
	for c := range concept.Get(nCoding).Each() {
		return c.Get(nCode).Text()
	}
	return concept.Get(nText).Text()
}

// textOf is a CodeableConcept or a Coding in words, as well as it can be said.
func textOf(concept codec.Value) string {
	if text := concept.Get(nText).Text(); text != "" {
		return text
	}
	for c := range concept.Get(nCoding).Each() {
		if text := c.Get(nDisplay).Text(); text != "" {
			return text
		}
	}
	if code := codeOf(concept); code != "" {
		return code
	}
	if text := concept.Get(nDisplay).Text(); text != "" {
		return text
	}
	return concept.Get(nCode).Text()
}

// words turns a name such as "targetDate" into words.
func words(name string) string {
	var b strings.Builder
	for i, r := range name {
		if r >= 'A' && r <= 'Z' && i > 0 {
			b.WriteByte(' ')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}
