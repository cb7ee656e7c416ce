// Package native is a thin binding to SQLite as modernc.org/sqlite/lib translates it to Go: connections, prepared
// statements, parameters and columns, and nothing else.
//
// It exists because database/sql costs the store more than SQLite does: for each execution the driver allocates every
// parameter anew, asks for the name of each, and describes each column. Here a statement is prepared once, its parameters
// are copied into memory that the statement keeps, and columns are read where they lie.
//
// It owns the memory handed to SQLite and the translation of result codes. It knows no table and no SQL but that of
// its callers. Connections and their statements belong to one goroutine at a time.
//
//	st, err := conn.Prepare("SELECT body FROM version WHERE seq = ?")
//	st.Int(1, seq)
//	row, err := st.Step()
//	if row {
//		body = st.BlobAt(0)
//	}
//	st.Reset()
package native
