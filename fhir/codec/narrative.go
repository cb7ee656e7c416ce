package codec

import (
	"bytes"
	"strings"

	"claimwright/fhir/outcome"
)

// A narrative is shown in browsers, so what can act there must not pass: R4 narrative.html#rules allows the formatting
// part of XHTML and nothing else. The text must be well-formed XML: one div in the XHTML namespace, tags balanced,
// attributes quoted, no entity but those of XML. That it has content (txt-2) is left alone, because it harms nobody.

// narrativeElements are the elements of rule txt-1.
var narrativeElements = wordNumbers(`a abbr acronym b big blockquote br caption cite code col colgroup dd dfn div dl dt
	em h1 h2 h3 h4 h5 h6 hr i img li ol p pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var`)

// narrativeAttributes are the attributes of rule txt-1, and xml:lang, which narrative.html#lang asks for beside lang.
var narrativeAttributes = wordNumbers(`abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing
	cellvalign char charoff charset cite class colspan compact coords dir frame headers height href hreflang hspace id
	lang longdesc name nowrap rel rev rowspan rules scope shape span src start style summary tabindex title type valign
	value vspace width xml:lang xmlns`)

// linkSchemes are what a link in a narrative may lead to; images may also be data:image.
var linkSchemes = wordNumbers("http https ftp mailto tel urn")

const xhtmlNamespace = "http://www.w3.org/1999/xhtml"

// wordNumbers numbers words from 1.
func wordNumbers(words string) map[string]uint8 {
	numbers := map[string]uint8{}
	for i, w := range strings.Fields(words) {
		numbers[w] = uint8(i + 1)
	}
	return numbers
}

// narrativeFault is what is wrong in a narrative; the zero value is nothing.
type narrativeFault struct{ found, expected string }

func wrongNarrative(f narrativeFault) problem {
	return problem{code: outcome.Value, text: "The narrative is not the XHTML that FHIR allows (txt-1).", found: f.found, expected: f.expected}
}

// narrative is a scanner over one narrative. Its methods return false at the first fault.
type narrative struct {
	rest []byte
	// open are the numbers of the elements that are open, outermost first.
	open  []uint8
	begun bool
	fault narrativeFault
}

// narrativeFlaw checks the unescaped text of Narrative.div, in one pass.
func narrativeFlaw(xhtml []byte) narrativeFault {
	n := narrative{rest: bytes.TrimSpace(xhtml), open: make([]uint8, 0, 32)}
	if !bytes.HasPrefix(n.rest, []byte("<div")) {
		n.fail(n.rest, "a div element")
		return n.fault
	}
	for ok := true; ok && len(n.rest) > 0; {
		switch {
		case n.rest[0] == '<':
			ok = n.markup()
		case len(n.open) == 0:
			ok = n.fail(n.rest, "nothing behind the div")
		default:
			ok = n.text()
		}
	}
	if len(n.open) > 0 && n.fault == (narrativeFault{}) {
		n.fault = narrativeFault{"an element without its end tag", "every element closed"}
	}
	return n.fault
}

func (n *narrative) fail(found []byte, expected string) bool {
	n.fault = narrativeFault{shorten(found), expected}
	return false
}

// text scans character data up to the next tag.
func (n *narrative) text() bool {
	end := bytes.IndexByte(n.rest, '<')
	if end < 0 {
		end = len(n.rest)
	}
	s := n.rest[:end]
	n.rest = n.rest[end:]
	return n.characters(s)
}

// characters checks text or an attribute's value: no control characters, no entity but XML's own.
func (n *narrative) characters(s []byte) bool {
	for i, c := range s {
		switch {
		case c == '&':
			if !isEntity(s[i:]) {
				return n.fail(s[i:min(len(s), i+12)], "&amp; &lt; &gt; &quot; &apos; or a numbered character")
			}
		case c < ' ' && c != '\t' && c != '\n' && c != '\r':
			return n.fail(s[i:i+1], "no control characters")
		}
	}
	return true
}

// isEntity recognises the reference that s begins with. HTML's names (&nbsp;) do not exist in XML.
func isEntity(s []byte) bool {
	end := bytes.IndexByte(s[:min(len(s), 12)], ';')
	if end < 2 {
		return false
	}
	switch name := viewString(s[1:end]); name {
	case "amp", "lt", "gt", "quot", "apos":
		return true
	default:
		r, ok := numberedCharacter(name)
		return ok && (r >= ' ' && r != 0xFFFE && r != 0xFFFF || r == '\t' || r == '\n' || r == '\r')
	}
}

// markup scans what begins with "<": a start tag, an end tag or a comment.
func (n *narrative) markup() bool {
	switch {
	case bytes.HasPrefix(n.rest, []byte("<!--")):
		end := bytes.Index(n.rest[4:], []byte("--"))
		if end < 0 || !bytes.HasPrefix(n.rest[4+end:], []byte("-->")) {
			return n.fail(n.rest, "a comment that ends with -->")
		}
		n.rest = n.rest[4+end+3:]
		return true
	case bytes.HasPrefix(n.rest, []byte("</")):
		return n.endTag()
	case len(n.open) == 0 && n.begun:
		return n.fail(n.rest, "nothing behind the div")
	}
	n.begun = true
	return n.startTag()
}

func (n *narrative) endTag() bool {
	tag := n.rest
	n.rest = n.rest[2:]
	name := n.name()
	n.blanks()
	if len(n.rest) == 0 || n.rest[0] != '>' {
		return n.fail(tag, "an end tag")
	}
	n.rest = n.rest[1:]
	last := len(n.open) - 1
	if last < 0 || narrativeElements[string(name)] != n.open[last] {
		return n.fail(tag, "the end tag of the element that is open")
	}
	n.open = n.open[:last]
	return true
}

func (n *narrative) startTag() bool {
	tag := n.rest
	n.rest = n.rest[1:]
	name := n.name()
	element := narrativeElements[string(name)]
	if element == 0 {
		return n.fail(tag, "an element that narratives may have: text, tables, lists, links, images")
	}
	var seen uint64
	inNamespace := len(n.open) > 0
	for {
		blank := n.blanks()
		switch {
		case len(n.rest) == 0:
			return n.fail(tag, "the end of the tag")
		case n.rest[0] == '>' || bytes.HasPrefix(n.rest, []byte("/>")):
			if !inNamespace {
				return n.fail(tag, `xmlns="`+xhtmlNamespace+`" on the div`)
			}
			if n.rest[0] == '>' {
				n.open, n.rest = append(n.open, element), n.rest[1:]
			} else {
				n.rest = n.rest[2:]
			}
			return true
		case !blank:
			return n.fail(tag, "a blank between attributes")
		}
		attribute, ok := n.attribute(name)
		if !ok {
			return false
		}
		if seen>>attribute&1 != 0 {
			return n.fail(tag, "every attribute once")
		}
		seen |= 1 << attribute
		inNamespace = inNamespace || attribute == narrativeAttributes["xmlns"]
	}
}

// attribute scans name="value" and returns the attribute's number.
func (n *narrative) attribute(element []byte) (number uint8, ok bool) {
	start := n.rest
	name := n.name()
	if number = narrativeAttributes[string(name)]; number == 0 {
		return 0, n.fail(start, "an attribute that narratives may have; no scripts, no event handlers")
	}
	n.blanks()
	if len(n.rest) == 0 || n.rest[0] != '=' {
		return 0, n.fail(start, "an attribute with a value")
	}
	n.rest = n.rest[1:]
	n.blanks()
	if len(n.rest) == 0 || n.rest[0] != '"' && n.rest[0] != '\'' {
		return 0, n.fail(start, "an attribute's value in quotes")
	}
	end := bytes.IndexByte(n.rest[1:], n.rest[0])
	if end < 0 || bytes.IndexByte(n.rest[1:1+end], '<') >= 0 {
		return 0, n.fail(start, "an attribute's value that ends with its quote")
	}
	value := n.rest[1 : 1+end]
	n.rest = n.rest[end+2:]
	return number, n.characters(value) && n.attributeValue(viewString(element), viewString(name), value)
}

// attributeValue refuses what could act in a browser.
func (n *narrative) attributeValue(element, attribute string, value []byte) bool {
	switch attribute {
	case "xmlns":
		return string(value) == xhtmlNamespace || n.fail(value, xhtmlNamespace)
	case "href", "src", "cite", "longdesc":
		return isSafeLink(value, element == "img" && attribute == "src") ||
			n.fail(value, "a relative link or one with http, https, ftp, mailto, tel or urn; for images also data:image")
	case "style":
		return isSafeStyle(value) || n.fail(value, "a style that formats and does not act")
	}
	return true
}

// name scans an element's or attribute's name.
func (n *narrative) name() []byte {
	i := 0
	for i < len(n.rest) && (isLetter(n.rest[i]) || isDigit(n.rest[i]) || n.rest[i] == ':' || n.rest[i] == '-' || n.rest[i] == '_') {
		i++
	}
	name := n.rest[:i]
	n.rest = n.rest[i:]
	return name
}

// blanks skips white space and says whether there was any.
func (n *narrative) blanks() bool {
	before := len(n.rest)
	n.rest = bytes.TrimLeft(n.rest, " \t\r\n")
	return len(n.rest) < before
}
