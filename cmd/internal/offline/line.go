package offline

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// maxLine bounds a line in bytes, as a server bounds a request.
const maxLine = 10 << 20

// line is one line of the input on its way to its answer.
type line struct {
	number int
	body   []byte
	doc    *codec.Document
	// refused is why the line cannot be processed; nil while nothing is known against it.
	refused *outcome.Error
	// read is closed when the line was parsed, decided when it has its answer.
	read, decided chan struct{}
	keys          []string
	answer        answer

	// waiting is how many earlier lines must be decided first, behind are the lines that wait for this one: see schedule.
	waiting int
	behind  []*line
}

// lines reads lines that are not blank.
type lines struct {
	in     *bufio.Reader
	number int
}

func newLines(in io.Reader) *lines { return &lines{in: bufio.NewReaderSize(in, 1<<16)} }

// next is the next line, nil at the end. Of a line that is too long only that is known.
func (r *lines) next() (*line, error) {
	for {
		body, long, err := r.read()
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if body = bytes.TrimSpace(body); len(body) == 0 && !long {
			if err != nil {
				return nil, nil
			}
			continue
		}
		l := &line{number: r.number, body: body, read: make(chan struct{}), decided: make(chan struct{})}
		if long {
			l.body, l.refused = nil, outcome.New(http.StatusRequestEntityTooLarge, outcome.TooLong, "", "The line is longer than %d bytes.", maxLine)
		}
		return l, nil
	}
}

// read reads one line, and no more of it than may be.
func (r *lines) read() (body []byte, long bool, err error) {
	r.number++
	for {
		part, err := r.in.ReadSlice('\n')
		if long = long || len(body)+len(part) > maxLine; !long {
			body = append(body, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return body, long, err
		}
	}
}

// parse turns the line into a document.
func (l *line) parse() {
	if l.refused != nil {
		return
	}
	doc, issues := codec.Parse(l.body, codec.Limits{})
	if len(issues) > 0 {
		l.refused = outcome.Rejected(issues)
		return
	}
	l.doc = doc
}
