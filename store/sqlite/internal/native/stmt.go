package native

import (
	"fmt"
	"slices"
	"unsafe"

	"modernc.org/libc"
	"modernc.org/libc/sys/types"
	sqlite3 "modernc.org/sqlite/lib"
)

// Stmt is a prepared statement. Parameters count from 1 and columns from 0, as in SQLite.
//
// Bind, then Step until it answers no row, then Reset. A fault in binding is kept and answered by Step, so that callers
// check one error.
type Stmt struct {
	c      *Conn
	handle uintptr
	sql    string
	params []param
	err    error
}

// param is the memory that a text or blob parameter was copied into. SQLite reads it until the statement is reset, so
// it is the statement's own and grows with the largest value.
type param struct {
	memory   uintptr
	capacity int
}

// Prepare compiles one statement. It lives until it or the connection is closed.
func (c *Conn) Prepare(sql string) (*Stmt, error) {
	text, err := libc.CString(sql)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	defer libc.Xfree(c.tls, text)
	out := libc.Xmalloc(c.tls, types.Size_t(unsafe.Sizeof(uintptr(0))))
	if out == 0 {
		return nil, errNoMemory
	}
	defer libc.Xfree(c.tls, out)
	rc := sqlite3.Xsqlite3_prepare_v3(c.tls, c.db, text, -1, sqlite3.SQLITE_PREPARE_PERSISTENT, out, 0)
	if rc != sqlite3.SQLITE_OK {
		return nil, fmt.Errorf("prepare %q: %w", headline(sql), c.fault(rc))
	}
	s := &Stmt{c: c, handle: *(*uintptr)(pointer(out)), sql: sql}
	s.params = make([]param, sqlite3.Xsqlite3_bind_parameter_count(c.tls, s.handle))
	c.stmts = append(c.stmts, s)
	return s, nil
}

// SQL is the statement's text.
func (s *Stmt) SQL() string { return s.sql }

// Int binds an integer.
func (s *Stmt) Int(i int, v int64) {
	s.keep(sqlite3.Xsqlite3_bind_int64(s.c.tls, s.handle, int32(i), v))
}

// Bool binds 1 for true and 0 for false.
func (s *Stmt) Bool(i int, v bool) {
	var n int64
	if v {
		n = 1
	}
	s.Int(i, n)
}

// Float binds a real. NaN becomes NULL.
func (s *Stmt) Float(i int, v float64) {
	s.keep(sqlite3.Xsqlite3_bind_double(s.c.tls, s.handle, int32(i), v))
}

// Null binds NULL.
func (s *Stmt) Null(i int) { s.keep(sqlite3.Xsqlite3_bind_null(s.c.tls, s.handle, int32(i))) }

// Text binds a text, which is copied.
func (s *Stmt) Text(i int, v string) {
	if p := s.room(i, len(v)); p != 0 {
		copy(memory(p, len(v)), v)
		s.keep(sqlite3.Xsqlite3_bind_text(s.c.tls, s.handle, int32(i), p, int32(len(v)), 0))
	}
}

// Blob binds a blob, which is copied. Nil is an empty blob, not NULL.
func (s *Stmt) Blob(i int, v []byte) {
	if p := s.room(i, len(v)); p != 0 {
		copy(memory(p, len(v)), v)
		s.keep(sqlite3.Xsqlite3_bind_blob(s.c.tls, s.handle, int32(i), p, int32(len(v)), 0))
	}
}

// room finds n bytes for a parameter; 0 when there is no memory.
func (s *Stmt) room(i, n int) uintptr {
	const least = 64
	p := &s.params[i-1]
	if n <= p.capacity && p.memory != 0 {
		return p.memory
	}
	size := max(least, n+n/4)
	m := libc.Xrealloc(s.c.tls, p.memory, types.Size_t(size))
	if m == 0 {
		s.err = errNoMemory
		return 0
	}
	p.memory, p.capacity = m, size
	return m
}

func (s *Stmt) keep(rc int32) {
	if rc != sqlite3.SQLITE_OK && s.err == nil {
		s.err = s.c.fault(rc)
	}
}

// Step runs the statement to its next row and tells whether there is one.
func (s *Stmt) Step() (bool, error) {
	if s.err != nil {
		return false, s.wrap(s.err)
	}
	switch rc := sqlite3.Xsqlite3_step(s.c.tls, s.handle); rc {
	case sqlite3.SQLITE_ROW:
		return true, nil
	case sqlite3.SQLITE_DONE:
		return false, nil
	default:
		return false, s.wrap(s.c.fault(rc))
	}
}

func (s *Stmt) wrap(err error) error { return fmt.Errorf("%q: %w", headline(s.sql), err) }

// Reset makes the statement ready to be bound and run again. Parameters keep their values. What a faulty Step has
// answered is not repeated.
func (s *Stmt) Reset() {
	s.err = nil
	sqlite3.Xsqlite3_reset(s.c.tls, s.handle)
}

// Run binds nothing, steps to the end and resets: for statements that answer no rows.
func (s *Stmt) Run() error {
	defer s.Reset()
	for {
		if row, err := s.Step(); !row {
			return err
		}
	}
}

// IntAt reads an integer column; 0 for NULL.
func (s *Stmt) IntAt(i int) int64 { return sqlite3.Xsqlite3_column_int64(s.c.tls, s.handle, int32(i)) }

// FloatAt reads a real column; 0 for NULL.
func (s *Stmt) FloatAt(i int) float64 {
	return sqlite3.Xsqlite3_column_double(s.c.tls, s.handle, int32(i))
}

// IsNull tells whether a column is NULL.
func (s *Stmt) IsNull(i int) bool {
	return sqlite3.Xsqlite3_column_type(s.c.tls, s.handle, int32(i)) == sqlite3.SQLITE_NULL
}

// TextAt copies a text column; "" for NULL.
func (s *Stmt) TextAt(i int) string { return string(s.BytesAt(i)) }

// BlobAt copies a blob or text column; nil for NULL and for an empty blob.
func (s *Stmt) BlobAt(i int) []byte { return append([]byte(nil), s.BytesAt(i)...) }

// BytesAt is a blob or text column where it lies in SQLite's memory: valid until the next Step or Reset.
func (s *Stmt) BytesAt(i int) []byte {
	p := sqlite3.Xsqlite3_column_blob(s.c.tls, s.handle, int32(i))
	if p == 0 {
		return nil
	}
	return memory(p, int(sqlite3.Xsqlite3_column_bytes(s.c.tls, s.handle, int32(i))))
}

// Close releases the statement before its connection is closed. Closing twice is harmless.
func (s *Stmt) Close() {
	s.c.stmts = slices.DeleteFunc(s.c.stmts, func(o *Stmt) bool { return o == s })
	s.finalize()
}

func (s *Stmt) finalize() {
	sqlite3.Xsqlite3_finalize(s.c.tls, s.handle)
	s.handle = 0
	for _, p := range s.params {
		libc.Xfree(s.c.tls, p.memory)
	}
	s.params = nil
}

// memory views n bytes of SQLite's memory.
func memory(p uintptr, n int) []byte { return unsafe.Slice((*byte)(pointer(p)), n) }
