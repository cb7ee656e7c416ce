package jsonbson

import (
	"encoding/binary"
	"errors"
)

// The form is a byte string:
//
//	version   1
//	n, n × (step, run)      the distinct gaps
//	n, n × index            the gaps in order, as indexes into the distinct ones
//	n, n × (step, token)    the tokens to write as they stand here
//
// Numbers are unsigned varints, run and token a length and that many bytes. A gap is white space at a place where white
// space may stand: the places are counted, and step is how many places further this gap is than the one before it. Since
// printers are regular, a few distinct pairs make up a whole text. Likewise tokens (names, strings, numbers, literals)
// are counted, and step leads from one listed token to the next.
const formVersion = 1

var errForm = errors.New("damaged form")

// formWriter collects a form while the text is read.
type formWriter struct {
	// place and token count the places and tokens passed so far.
	place, token int

	lastGap  int
	distinct map[gap]uint64
	runs     []byte
	gaps     []byte
	gapCount uint64

	lastToken  int
	tokens     []byte
	tokenCount uint64
}

type gap struct {
	step int
	run  string
}

// addGap notes white space at the current place.
func (w *formWriter) addGap(run []byte) {
	step := w.place - w.lastGap
	w.lastGap = w.place
	index, known := w.distinct[gap{step: step, run: string(run)}]
	if !known {
		if w.distinct == nil {
			w.distinct = make(map[gap]uint64)
		}
		index = uint64(len(w.distinct))
		w.distinct[gap{step: step, run: string(run)}] = index
		w.runs = binary.AppendUvarint(w.runs, uint64(step))
		w.runs = appendCounted(w.runs, run)
	}
	w.gaps = binary.AppendUvarint(w.gaps, index)
	w.gapCount++
}

// addToken counts a token and keeps its spelling unless Decode finds it by itself.
func (w *formWriter) addToken(raw []byte, canonical bool) {
	w.token++
	if canonical {
		return
	}
	w.tokens = binary.AppendUvarint(w.tokens, uint64(w.token-w.lastToken))
	w.tokens = appendCounted(w.tokens, raw)
	w.lastToken = w.token
	w.tokenCount++
}

func (w *formWriter) bytes() []byte {
	if w.gapCount == 0 && w.tokenCount == 0 {
		return nil
	}
	form := make([]byte, 0, 16+len(w.runs)+len(w.gaps)+len(w.tokens))
	form = append(form, formVersion)
	form = append(binary.AppendUvarint(form, uint64(len(w.distinct))), w.runs...)
	form = append(binary.AppendUvarint(form, w.gapCount), w.gaps...)
	return append(binary.AppendUvarint(form, w.tokenCount), w.tokens...)
}

func appendCounted(dst, b []byte) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(b))), b...)
}

// formReader gives a form back while the text is written. The zero value is an empty form.
type formReader struct {
	place, token int

	runs     []storedRun
	gaps     []byte
	gapsLeft uint64
	nextGap  int // the place of the next gap, 0 when none is left
	run      []byte

	tokens     []byte
	tokensLeft uint64
	nextToken  int
	spelling   []byte
}

type storedRun struct {
	step int
	run  []byte
}

func newFormReader(form []byte) (formReader, error) {
	var r formReader
	if len(form) == 0 {
		return r, nil
	}
	if form[0] != formVersion {
		return r, errForm
	}
	in := cursor{rest: form[1:]}
	for range in.uvarint(len(form)) {
		r.runs = append(r.runs, storedRun{step: int(in.uvarint(1 << 30)), run: in.counted()})
	}
	r.gapsLeft = in.uvarint(len(form))
	r.gaps = in.rest
	for range r.gapsLeft {
		in.uvarint(len(r.runs) - 1)
	}
	r.tokensLeft = in.uvarint(len(form))
	r.tokens = in.rest
	if in.broken {
		return r, errForm
	}
	r.advanceGap()
	err := r.advanceToken()
	return r, err
}

// gap is the white space to write at the next place.
func (r *formReader) gap() []byte {
	r.place++
	if r.place != r.nextGap {
		return nil
	}
	run := r.run
	r.advanceGap()
	return run
}

// advanceGap loads the next gap; newFormReader has checked all of them.
func (r *formReader) advanceGap() {
	if r.gapsLeft == 0 {
		r.nextGap = 0
		return
	}
	r.gapsLeft--
	index, n := binary.Uvarint(r.gaps)
	r.gaps = r.gaps[n:]
	r.nextGap = r.place + r.runs[index].step
	r.run = r.runs[index].run
}

// spelled is how to write the next token; nil when the document tells.
func (r *formReader) spelled() ([]byte, error) {
	r.token++
	if r.token != r.nextToken {
		return nil, nil
	}
	spelling := r.spelling
	return spelling, r.advanceToken()
}

func (r *formReader) advanceToken() error {
	if r.tokensLeft == 0 {
		r.nextToken = 0
		return nil
	}
	r.tokensLeft--
	in := cursor{rest: r.tokens}
	r.nextToken = r.token + int(in.uvarint(1<<30))
	r.spelling = in.counted()
	r.tokens = in.rest
	if in.broken {
		return errForm
	}
	return nil
}

// cursor reads varints and counted bytes; after the first fault it reads only zeros.
type cursor struct {
	rest   []byte
	broken bool
}

func (c *cursor) uvarint(most int) uint64 {
	v, n := binary.Uvarint(c.rest)
	if n <= 0 || most < 0 || v > uint64(most) {
		c.broken, c.rest = true, nil
		return 0
	}
	c.rest = c.rest[n:]
	return v
}

func (c *cursor) counted() []byte {
	n := c.uvarint(len(c.rest))
	if n > uint64(len(c.rest)) {
		c.broken, c.rest = true, nil
		return nil
	}
	b := c.rest[:n]
	c.rest = c.rest[n:]
	return b
}
