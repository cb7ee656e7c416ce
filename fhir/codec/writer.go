package codec

import (
	"strconv"
	"time"
	"unicode/utf8"
)

// Writer builds JSON by appending; there is no reflection and nothing to fail. Every method takes the key of the member
// it writes; the key is empty for elements of an array, for the outermost value and after Key.
//
//	w := codec.NewWriter(nil)
//	w.Object("")
//	w.String("resourceType", "Task")
//	w.Array("note")
//	w.Object("")
//	w.String("text", "by hand")
//	w.End() // the note
//	w.End() // the array
//	w.End() // the task
//	body := w.Bytes()
//
// FHIR has no empty objects and arrays: one that got no content is taken back by its End, key included (the outermost
// one stays). The Opt methods write nothing for an empty value. A Writer is for one goroutine.
type Writer struct {
	buf  []byte
	open []frame
	// more is set when a value precedes in the innermost container.
	more bool
	// pending is where a key without its value begins, or -1.
	pending     int
	pendingMore bool
}

// frame is an open container.
type frame struct {
	start  int // of its key or the comma before it, for taking it back
	inside int // behind its opening bracket
	more   bool
	closer byte
}

// NewWriter appends to buf, which may be nil.
func NewWriter(buf []byte) *Writer {
	return &Writer{buf: buf, open: make([]frame, 0, 16), pending: -1}
}

// Bytes is what was written so far. It shares the Writer's memory.
func (w *Writer) Bytes() []byte { return w.buf }

// Key writes a key alone; its value follows in the next call, which has an empty key.
func (w *Writer) Key(key string) {
	w.pending, w.pendingMore = len(w.buf), w.more
	w.comma()
	w.buf = append(appendQuoted(w.buf, key), ':')
}

func (w *Writer) comma() {
	if w.more {
		w.buf = append(w.buf, ',')
	}
}

// lead writes what comes before a value and returns where that begins.
func (w *Writer) lead(key string) (start int, more bool) {
	start, more = len(w.buf), w.more
	switch {
	case key != "":
		w.comma()
		w.buf = append(appendQuoted(w.buf, key), ':')
	case w.pending >= 0:
		start, more = w.pending, w.pendingMore
	default:
		w.comma()
	}
	w.pending, w.more = -1, true
	return start, more
}

// Object begins an object; End ends it.
func (w *Writer) Object(key string) { w.begin(key, '{', '}') }

// Array begins an array; End ends it.
func (w *Writer) Array(key string) { w.begin(key, '[', ']') }

func (w *Writer) begin(key string, opener, closer byte) {
	start, more := w.lead(key)
	w.buf = append(w.buf, opener)
	w.open = append(w.open, frame{start: start, inside: len(w.buf), more: more, closer: closer})
	w.more = false
}

// End ends the innermost object or array. Without one it does nothing.
func (w *Writer) End() {
	last := len(w.open) - 1
	if last < 0 {
		return
	}
	f := w.open[last]
	w.open = w.open[:last]
	if len(w.buf) == f.inside && last > 0 {
		w.buf, w.more = w.buf[:f.start], f.more
		return
	}
	w.buf = append(w.buf, f.closer)
	w.more = true
}

// String writes a string, escaped as JSON wants it; invalid UTF-8 becomes U+FFFD.
func (w *Writer) String(key, s string) {
	w.lead(key)
	w.buf = appendQuoted(w.buf, s)
}

// StringOpt writes a string unless it is empty.
func (w *Writer) StringOpt(key, s string) {
	if s != "" {
		w.String(key, s)
	}
}

// Raw writes JSON as it stands: the caller vouches that it is one valid value.
func (w *Writer) Raw(key string, json []byte) {
	w.lead(key)
	w.buf = append(w.buf, json...)
}

// RawOpt writes JSON as it stands unless it is empty, as Value.Raw of an absent value is.
func (w *Writer) RawOpt(key string, json []byte) {
	if len(json) > 0 {
		w.Raw(key, json)
	}
}

// Int writes a whole number.
func (w *Writer) Int(key string, n int64) {
	w.lead(key)
	w.buf = strconv.AppendInt(w.buf, n, 10)
}

// IntOpt writes a whole number unless it is zero.
func (w *Writer) IntOpt(key string, n int64) {
	if n != 0 {
		w.Int(key, n)
	}
}

// Bool writes true or false.
func (w *Writer) Bool(key string, b bool) {
	w.lead(key)
	w.buf = strconv.AppendBool(w.buf, b)
}

// Decimal writes a number whose digits the caller has: "125.00" stays 125.00. Text that is no JSON number is written as
// a string, which a FHIR parser refuses, rather than as something that breaks the document.
func (w *Writer) Decimal(key, text string) {
	w.lead(key)
	s := scanner{body: []byte(text)}
	if s.number() && s.at == len(text) {
		w.buf = append(w.buf, text...)
		return
	}
	w.buf = appendQuoted(w.buf, text)
}

// DecimalOpt writes a number unless its text is empty.
func (w *Writer) DecimalOpt(key, text string) {
	if text != "" {
		w.Decimal(key, text)
	}
}

// Instant writes a time as FHIR instant: UTC, to the millisecond.
func (w *Writer) Instant(key string, t time.Time) {
	w.lead(key)
	w.buf = append(w.buf, '"')
	w.buf = AppendInstant(w.buf, t)
	w.buf = append(w.buf, '"')
}

// AppendInstant appends a time in the form of meta.lastUpdated: UTC, always with three digits of milliseconds, so that
// texts of equal years sort as times do.
func AppendInstant(dst []byte, t time.Time) []byte {
	return t.UTC().AppendFormat(dst, "2006-01-02T15:04:05.000Z")
}

const hexDigits = "0123456789abcdef"

// appendQuoted appends a JSON string: quote, backslash and control characters escaped, everything else as it is.
func appendQuoted(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' {
				i++
				continue
			}
			dst = appendEscape(append(dst, s[from:i]...), c)
			i++
			from = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			dst = append(append(dst, s[from:i]...), "\uFFFD"...)
			from = i + 1
		}
		i += size
	}
	return append(append(dst, s[from:]...), '"')
}

func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}
