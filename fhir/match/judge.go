package match

import (
	"math"
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/search"
)

// Grade is a code of R4's value set match-grade.
type Grade string

// The grades.
const (
	Certain      Grade = "certain"
	Probable     Grade = "probable"
	Possible     Grade = "possible"
	CertainlyNot Grade = "certainly-not"
)

// Result says how well a patient fits; Score is from 0 to 1, in hundredths.
type Result struct {
	Score float64
	Grade Grade
}

// person is what of a Patient is compared.
type person struct {
	identifiers                        map[string]bool // "system|value"
	systems                            map[string]bool
	family, given, telecoms, addresses map[string]bool
	birth, gender                      string
}

func read(patient *codec.Document) person {
	p := person{identifiers: map[string]bool{}, systems: map[string]bool{}, family: map[string]bool{}, given: map[string]bool{}, telecoms: map[string]bool{}, addresses: map[string]bool{}}
	root := patient.Root()
	for v := range root.Field("identifier").Each() {
		if value := v.Field("value").Text(); value != "" {
			p.identifiers[v.Field("system").Text()+"|"+value] = true
			p.systems[v.Field("system").Text()] = true
		}
	}
	for v := range root.Field("name").Each() {
		put(p.family, search.Fold(v.Field("family").Text()))
		for given := range v.Field("given").Each() {
			put(p.given, search.Fold(given.Text()))
		}
	}
	for v := range root.Field("telecom").Each() {
		put(p.telecoms, plain(v.Field("value").Text()))
	}
	for v := range root.Field("address").Each() {
		for _, part := range [...]string{"city", "postalCode"} {
			put(p.addresses, part+" "+search.Fold(v.Field(part).Text()))
		}
		for line := range v.Field("line").Each() {
			put(p.addresses, "line "+search.Fold(line.Text()))
		}
	}
	p.birth, p.gender = root.Field("birthDate").Text(), root.Field("gender").Text()
	return p
}

func put(set map[string]bool, s string) {
	if _, last, _ := strings.Cut(s, " "); s != "" && (last != "" || !strings.HasSuffix(s, " ")) {
		set[s] = true
	}
}

// plain leaves of a telephone number or address what people do not write differently.
func plain(telecom string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -./()", r) {
			return -1
		}
		return r
	}, strings.ToLower(telecom))
}

func common(a, b map[string]bool) bool {
	for s := range a {
		if b[s] {
			return true
		}
	}
	return false
}

// tally adds up weights.
type tally struct{ said, counted, agreed float64 }

// compare counts an aspect: described tells that the description says it, known that the found patient does, and agrees
// how much of it agrees.
func (t *tally) compare(weight float64, described, known bool, agrees float64) {
	if !described {
		return
	}
	t.said += weight
	if !known {
		weight /= 2
	}
	t.counted += weight
	t.agreed += weight * agrees
}

func part(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

func births(a, b string) float64 {
	switch {
	case a == "" || b == "":
		return 0
	case a == b:
		return 1
	case len(a) >= 7 && len(b) >= 7 && len(a) != len(b) && a[:7] == b[:7]:
		return 0.5
	}
	return 0
}

// mostUncertain is the score of a patient who agrees in everything that was described, but in no identifier: less than that
// of any who is certain.
const mostUncertain = 0.89

// Judge tells how well a found Patient fits the described one.
func Judge(described, found *codec.Document) Result {
	d, f := read(described), read(found)
	var t tally
	t.compare(0.25, len(d.family) > 0, len(f.family) > 0, part(common(d.family, f.family)))
	t.compare(0.20, len(d.given) > 0, len(f.given) > 0, part(common(d.given, f.given)))
	t.compare(0.30, d.birth != "", f.birth != "", births(d.birth, f.birth))
	t.compare(0.05, d.gender != "", f.gender != "", part(d.gender == f.gender))
	t.compare(0.10, len(d.telecoms) > 0, len(f.telecoms) > 0, part(common(d.telecoms, f.telecoms)))
	t.compare(0.10, len(d.addresses) > 0, len(f.addresses) > 0, part(common(d.addresses, f.addresses)))
	score := 0.0
	if t.counted > 0 {
		score = t.agreed / t.counted
	}
	contradicts := d.birth != "" && f.birth != "" && births(d.birth, f.birth) == 0 ||
		len(d.family) > 0 && len(f.family) > 0 && !common(d.family, f.family)
	switch {
	case common(d.identifiers, f.identifiers) && contradicts:
		return graded(0.7)
	case common(d.identifiers, f.identifiers):
		if t.counted == 0 {
			score = 1
		}
		return Result{Score: hundredths(0.9 + score/10), Grade: Certain}
	case common(d.systems, f.systems), t.said < 0.5:
		score = min(score, 0.6)
	}
	return graded(min(score, mostUncertain))
}

func graded(score float64) Result {
	r := Result{Score: hundredths(score), Grade: CertainlyNot}
	switch {
	case r.Score >= 0.8:
		r.Grade = Probable
	case r.Score >= 0.5:
		r.Grade = Possible
	}
	return r
}

func hundredths(score float64) float64 { return math.Round(score*100) / 100 }
