package testrun

import (
	"crypto/rand"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// The placeholders that Touchstone fills in, so that the same scripts run there: ${UUID} and its forms, ${CURRENTDATE} and
// ${CURRENTDATETIME} with offsets (${CURRENTDATE, d, -1}), and random characters (${C6}), digits (${D9}) or both (${CD14}).
var (
	uuidPlaceholder   = regexp.MustCompile(`^UUID(-ST)?(-NODASH)?$`)
	randomPlaceholder = regexp.MustCompile(`^(CD|C|D)([1-9]|1[0-9]|20)$`)
	datePlaceholder   = regexp.MustCompile(`^CURRENTDATE(TIME)?((?:\s*,\s*[yMdHms]{1,2}\s*,\s*[+-]?\d{1,6})*)$`)
)

// placeholder is the value of a placeholder, one for the whole run, so that a fixture and a search for it agree.
func (s *session) placeholder(name string) (string, bool) {
	if value, drawn := s.drawn[name]; drawn {
		return value, true
	}
	value, ok := s.draw(name)
	if ok {
		s.drawn[name] = value
	}
	return value, ok
}

func (s *session) draw(name string) (string, bool) {
	if m := uuidPlaceholder.FindStringSubmatch(name); m != nil {
		id := uuid.NewString()
		if m[2] != "" {
			id = strings.ReplaceAll(id, "-", "")
		}
		return id, true
	}
	if m := randomPlaceholder.FindStringSubmatch(name); m != nil {
		length, err := strconv.Atoi(m[2])
		return random(m[1], length), err == nil
	}
	if m := datePlaceholder.FindStringSubmatch(name); m != nil {
		at := offset(s.now(), m[2])
		if m[1] == "" {
			return at.Format(time.DateOnly), true
		}
		return at.Format("2006-01-02T15:04:05.000Z07:00"), true
	}
	return "", false
}

// random draws characters; a code that begins with 0 would lose its zero in a number.
func random(kind string, length int) string {
	letters := map[string]string{"C": "abcdefghijklmnopqrstuvwxyz", "D": "123456789", "CD": "abcdefghijklmnopqrstuvwxyz123456789"}[kind]
	drawn := make([]byte, length)
	_, _ = rand.Read(drawn) // never fails (crypto/rand)
	for i, b := range drawn {
		drawn[i] = letters[int(b)%len(letters)]
	}
	return string(drawn)
}

// offset adds what a placeholder asks for: pairs of a letter of Java's SimpleDateFormat and a number.
func offset(at time.Time, pairs string) time.Time {
	parts := strings.FieldsFunc(pairs, func(r rune) bool { return r == ',' || r == ' ' })
	for i := 0; i+1 < len(parts); i += 2 {
		n, err := strconv.Atoi(parts[i+1])
		if err != nil { // the pattern lets digits pass alone
			continue
		}
		switch parts[i][0] {
		case 'y':
			at = at.AddDate(n, 0, 0)
		case 'M':
			at = at.AddDate(0, n, 0)
		case 'd':
			at = at.AddDate(0, 0, n)
		case 'H':
			at = at.Add(time.Duration(n) * time.Hour)
		case 'm':
			at = at.Add(time.Duration(n) * time.Minute)
		case 's':
			at = at.Add(time.Duration(n) * time.Second)
		}
	}
	return at
}

// statusText is a status as people know it.
func statusText(status int) string {
	if name := statusName(status); name != "" {
		return fmt.Sprintf("%d %s", status, name)
	}
	return strconv.Itoa(status)
}
