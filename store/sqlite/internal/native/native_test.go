package native

import (
	"bytes"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func open(t *testing.T, path string, mode Mode) *Conn {
	t.Helper()
	c, err := Open(path, mode)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	return c
}

func prepare(t *testing.T, c *Conn, sql string) *Stmt {
	t.Helper()
	s, err := c.Prepare(sql)
	require.NoError(t, err)
	return s
}

func TestValues(t *testing.T) {
	c := open(t, filepath.Join(t.TempDir(), "x.db"), ReadWrite)
	require.NoError(t, c.Exec("CREATE TABLE v (n INTEGER PRIMARY KEY, i, f REAL, t TEXT, b BLOB)"))
	put := prepare(t, c, "INSERT INTO v VALUES (?1, ?2, ?3, ?4, ?5)")
	get := prepare(t, c, "SELECT i, f, t, b FROM v WHERE n = ?1")
	cases := []struct {
		name string
		i    int64
		f    float64
		t    string
		b    []byte
	}{
		{"zero", 0, 0, "", nil},
		{"extremes", math.MinInt64, math.Inf(-1), "\x00a\x00", []byte{0, 255}},
		{"infinite", math.MaxInt64, math.Inf(1), "Wanjikũ", bytes.Repeat([]byte("b"), 100_000)},
		{"shorter again", 1, 0.1, strings.Repeat("t", 70), []byte{1}},
	}
	for n, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			put.Int(1, int64(n))
			put.Int(2, tc.i)
			put.Float(3, tc.f)
			put.Text(4, tc.t)
			put.Blob(5, tc.b)
			require.NoError(t, put.Run())
			require.EqualValues(t, 1, c.Changes())
			get.Int(1, int64(n))
			defer get.Reset()
			row, err := get.Step()
			require.NoError(t, err)
			require.True(t, row)
			require.Equal(t, tc.i, get.IntAt(0))
			require.Equal(t, math.Float64bits(tc.f), math.Float64bits(get.FloatAt(1)))
			require.Equal(t, tc.t, get.TextAt(2))
			require.Equal(t, tc.b, get.BlobAt(3))
			require.False(t, get.IsNull(3), "an empty blob is no NULL")
			row, err = get.Step()
			require.NoError(t, err)
			require.False(t, row)
		})
	}
	put.Int(1, 99)
	for i := 2; i <= 5; i++ {
		put.Null(i)
	}
	require.NoError(t, put.Run())
	get.Int(1, 99)
	row, err := get.Step()
	require.NoError(t, err)
	require.True(t, row)
	require.True(t, get.IsNull(0))
	require.Zero(t, get.IntAt(0))
	require.Zero(t, get.FloatAt(1))
	require.Empty(t, get.TextAt(2))
	require.Nil(t, get.BlobAt(3))
	get.Close()
	get.Close()
	require.Len(t, c.Statements(), 1)
}

func TestFaults(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	_, err := Open(path, ReadOnly)
	require.Error(t, err, "there is no file yet")
	c := open(t, path, ReadWrite)
	require.ErrorContains(t, c.Exec("CREATE nonsense"), "syntax error")
	_, err = c.Prepare("SELECT * FROM absent")
	require.ErrorContains(t, err, "no such table")
	require.NoError(t, c.Exec("CREATE TABLE v (n INTEGER PRIMARY KEY)"))
	put := prepare(t, c, "INSERT INTO v VALUES (?1)")
	put.Int(1, 1)
	require.NoError(t, put.Run())
	require.ErrorContains(t, put.Run(), "UNIQUE")
	put.Int(2, 1)
	require.Error(t, put.Run(), "there is no second parameter")
	put.Int(1, 2)
	require.NoError(t, put.Run(), "a fault is forgotten by the next run")

	require.False(t, c.InTransaction())
	require.NoError(t, c.Exec("BEGIN IMMEDIATE"))
	require.True(t, c.InTransaction())
	other := open(t, path, ReadWrite)
	require.True(t, IsBusy(other.Exec("BEGIN IMMEDIATE")))
	require.NoError(t, c.Exec("ROLLBACK; PRAGMA max_page_count = 3"))
	require.True(t, IsFull(c.Exec("CREATE TABLE w AS SELECT zeroblob(100000)")))
	require.False(t, IsBusy(nil))
}

func TestReadOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	c := open(t, path, ReadWrite)
	require.NoError(t, c.Exec("PRAGMA journal_mode = WAL; CREATE TABLE v (n)"))
	r := open(t, path, ReadOnly)
	require.Error(t, r.Exec("INSERT INTO v VALUES (1)"))
	require.NoError(t, c.Exec("INSERT INTO v VALUES (1)"))
	frames, copied, err := c.Checkpoint()
	require.NoError(t, err)
	require.Positive(t, frames)
	require.Equal(t, frames, copied)
	s := prepare(t, r, "SELECT count(*) FROM v")
	row, err := s.Step()
	require.NoError(t, err)
	require.True(t, row)
	require.EqualValues(t, 1, s.IntAt(0))
}

func TestCloseTwice(t *testing.T) {
	c, err := Open(filepath.Join(t.TempDir(), "x.db"), ReadWrite)
	require.NoError(t, err)
	prepare(t, c, "SELECT 1")
	require.NoError(t, c.Close())
	require.NoError(t, c.Close())
}
