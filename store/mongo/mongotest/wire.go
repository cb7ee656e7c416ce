package mongotest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"go.mongodb.org/mongo-driver/bson"
)

// The operation codes of the wire protocol that drivers still use.
const (
	opReply = 1
	opQuery = 2004
	opMsg   = 2013
)

const (
	headerLength = 16
	maxMessage   = 48_000_000
	maxDocument  = 16 << 20

	flagChecksum   = 1 << 0
	flagMoreToCome = 1 << 1
)

var errWire = errors.New("malformed message")

// message is one request. OP_QUERY is understood for the first hello only.
type message struct {
	requestID uint32
	code      uint32
	noReply   bool
	command   bson.D
}

func readMessage(r io.Reader) (*message, error) {
	var header [headerLength]byte
	if _, err := io.ReadFull(r, header[:]); err != nil {
		return nil, err
	}
	length := binary.LittleEndian.Uint32(header[:])
	if length < headerLength+4 || length > maxMessage {
		return nil, errWire
	}
	body := make([]byte, length-headerLength)
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, err
	}
	m := &message{
		requestID: binary.LittleEndian.Uint32(header[4:]),
		code:      binary.LittleEndian.Uint32(header[12:]),
	}
	switch m.code {
	case opMsg:
		return m, m.parseMsg(body)
	case opQuery:
		return m, m.parseQuery(body)
	}
	return nil, fmt.Errorf("%w: operation code %d", errWire, m.code)
}

// parseMsg reads the sections of OP_MSG: one body, and document sequences that become arrays of the command.
func (m *message) parseMsg(b []byte) error {
	flags := binary.LittleEndian.Uint32(b)
	m.noReply = flags&flagMoreToCome != 0
	b = b[4:]
	if flags&flagChecksum != 0 {
		if len(b) < 4 {
			return errWire
		}
		b = b[:len(b)-4]
	}
	var sequences bson.D
	for len(b) > 0 {
		kind := b[0]
		section, rest, err := cut(b[1:])
		if err != nil {
			return err
		}
		b = rest
		if kind == 0 {
			if err := bson.Unmarshal(section, &m.command); err != nil {
				return fmt.Errorf("%w: %w", errWire, err)
			}
			continue
		}
		sequence, err := parseSequence(section[4:])
		if err != nil {
			return err
		}
		sequences = append(sequences, sequence)
	}
	if len(m.command) == 0 {
		return errWire
	}
	m.command = append(m.command, sequences...)
	return nil
}

// cut takes the bytes that an int32 length, itself included, announces.
func cut(b []byte) (section, rest []byte, err error) {
	if len(b) < 4 {
		return nil, nil, errWire
	}
	length := binary.LittleEndian.Uint32(b)
	if length < 5 || uint64(length) > uint64(len(b)) {
		return nil, nil, errWire
	}
	return b[:length], b[length:], nil
}

func parseSequence(b []byte) (bson.E, error) {
	name, b, found := bytes.Cut(b, []byte{0})
	if !found {
		return bson.E{}, errWire
	}
	documents := bson.A{}
	for len(b) > 0 {
		document, rest, err := cut(b)
		if err != nil {
			return bson.E{}, err
		}
		b = rest
		var d bson.D
		if err := bson.Unmarshal(document, &d); err != nil {
			return bson.E{}, fmt.Errorf("%w: %w", errWire, err)
		}
		documents = append(documents, d)
	}
	return bson.E{Key: string(name), Value: documents}, nil
}

func (m *message) parseQuery(b []byte) error {
	_, b, found := bytes.Cut(b[4:], []byte{0})
	if !found || len(b) < 8 {
		return errWire
	}
	if err := bson.Unmarshal(b[8:], &m.command); err != nil || len(m.command) == 0 {
		return errWire
	}
	return nil
}

// answer writes the reply in the form of the request.
func (m *message) answer(w io.Writer, reply bson.D) error {
	body, err := bson.Marshal(reply)
	if err != nil {
		return fmt.Errorf("marshal reply: %w", err)
	}
	out := make([]byte, headerLength, headerLength+20+len(body))
	binary.LittleEndian.PutUint32(out[8:], m.requestID)
	if m.code == opMsg {
		binary.LittleEndian.PutUint32(out[12:], opMsg)
		out = append(out, 0, 0, 0, 0, 0) // flags, kind of the section
	} else {
		binary.LittleEndian.PutUint32(out[12:], opReply)
		out = append(out, make([]byte, 16)...) // flags, cursor, start
		out = append(out, 1, 0, 0, 0)          // one document
	}
	out = append(out, body...)
	binary.LittleEndian.PutUint32(out, uint32(len(out)))
	_, err = w.Write(out)
	return err
}
