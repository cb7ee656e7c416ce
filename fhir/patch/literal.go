package patch

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

func (p *pathParser) literal() (text string, isText bool, err error) {
	p.blanks()
	if p.at < len(p.text) && p.text[p.at] == '\'' {
		text, err = p.quoted()
		return text, true, err
	}
	begin := p.at
	isText = p.take("@") // dates are strings in JSON
	if isText {
		begin = p.at
	}
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n)", p.text[p.at]) < 0 {
		p.at++
	}
	text = p.text[begin:p.at]
	if text == "" || !isText && text != "true" && text != "false" && !isNumeral(text) {
		p.at = begin
		return "", false, p.unexpected("a literal: 'text', a number, true, false or a date such as @2026-01-31")
	}
	return text, isText, nil
}

func isNumeral(text string) bool {
	return text != "" && json.Valid([]byte(text)) && closed([]byte(text)).isNumber()
}

// quoted reads a string with FHIRPath's escapes.
func (p *pathParser) quoted() (string, error) {
	if !p.take("'") {
		return "", p.unexpected("a text in single quotes")
	}
	var b strings.Builder
	for p.at < len(p.text) {
		c := p.text[p.at]
		p.at++
		switch {
		case c == '\'':
			return b.String(), nil
		case c != '\\':
			b.WriteByte(c)
		case p.at == len(p.text):
		default:
			if err := p.escape(&b); err != nil {
				return "", err
			}
		}
	}
	return "", fmt.Errorf("a text has no closing quote")
}

func (p *pathParser) escape(b *strings.Builder) error {
	c := p.text[p.at]
	p.at++
	if i := strings.IndexByte("'\"`\\/rntf", c); i >= 0 {
		b.WriteByte("'\"`\\/\r\n\t\f"[i])
		return nil
	}
	if c == 'u' && p.at+4 <= len(p.text) {
		if n, err := strconv.ParseUint(p.text[p.at:p.at+4], 16, 16); err == nil {
			p.at += 4
			b.WriteRune(rune(n))
			return nil
		}
	}
	return fmt.Errorf("a text has an escape that FHIRPath does not know")
}
