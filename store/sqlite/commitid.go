package sqlite

import (
	"github.com/google/uuid"

	"claimwright/store"
	"claimwright/store/sqlite/internal/native"
)

// bindCommitID binds a commit's id: the sixteen bytes of a UUID, so that rows are short and, ids being time-ordered,
// appended; any other id as text. Blobs and texts never equal each other.
func bindCommitID(s *native.Stmt, i int, id store.CommitID) {
	if u, err := uuid.Parse(string(id)); err == nil && u.String() == string(id) {
		s.Blob(i, u[:])
		return
	}
	s.Text(i, string(id))
}

// wasApplied looks a commit up among those that are remembered.
func wasApplied(s *native.Stmt, id store.CommitID) (bool, error) {
	defer s.Reset()
	bindCommitID(s, 1, id)
	return s.Step()
}
