package expression

import (
	"errors"
	"strings"
)

// scanner walks over the text of an expression; every take skips the blanks before it.
type scanner struct {
	text string
	at   int
}

func (s *scanner) skipBlanks() {
	for s.at < len(s.text) && strings.IndexByte(" \t\r\n", s.text[s.at]) >= 0 {
		s.at++
	}
}

func (s *scanner) end() bool {
	s.skipBlanks()
	return s.at == len(s.text)
}

func (s *scanner) take(sign string) bool {
	s.skipBlanks()
	if !strings.HasPrefix(s.text[s.at:], sign) {
		return false
	}
	s.at += len(sign)
	return true
}

// takeWord takes a word that stands alone, so that "as" is not taken from "asserter".
func (s *scanner) takeWord(word string) bool {
	before := s.at
	if s.identifier() == word {
		return true
	}
	s.at = before
	return false
}

// identifier takes a name; empty where there is none.
func (s *scanner) identifier() string {
	s.skipBlanks()
	start := s.at
	for s.at < len(s.text) && (isLetter(s.text[s.at]) || s.at > start && isDigit(s.text[s.at])) {
		s.at++
	}
	return s.text[start:s.at]
}

// number takes up to three digits.
func (s *scanner) number() (n int, ok bool) {
	s.skipBlanks()
	start := s.at
	for s.at < len(s.text) && s.at < start+3 && isDigit(s.text[s.at]) {
		n = n*10 + int(s.text[s.at]-'0')
		s.at++
	}
	return n, s.at > start
}

// literal takes 'text'. R4's search parameters escape nothing in theirs, so a backslash is refused.
func (s *scanner) literal() (string, error) {
	if !s.take("'") {
		return "", errors.New("a text in single quotes is missing")
	}
	length := strings.IndexByte(s.text[s.at:], '\'')
	if length < 0 || strings.IndexByte(s.text[s.at:s.at+length], '\\') >= 0 {
		return "", errors.New("a text is not closed, or has an escape")
	}
	text := s.text[s.at : s.at+length]
	s.at += length + 1
	return text, nil
}

func isLetter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' || b == '_' }

func isDigit(b byte) bool { return b >= '0' && b <= '9' }
