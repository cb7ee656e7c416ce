package store

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrBadSeal: a token was not sealed by this deployment for this query and this principal.
var ErrBadSeal = errors.New("page token is not valid here")

const (
	sealFormat = 1
	macBytes   = 16
	keyBytes   = 32
	// maxToken bounds what Open looks at; positions are a few sort values and an id.
	maxToken = 8 << 10
)

// sealKey is where the deployment remembers the key that all its servers share.
var sealKey = InternalKey{Space: SpaceSetting, ID: "cursor-key"}

// Sealer turns positions into tokens for clients and back. A token is bound to a query and to a principal: another query
// or another reader cannot use it, and nobody can make one up. It does not hide the position, and it grants nothing: the
// search that it continues applies the reader's Access anew.
//
// A Sealer is safe for concurrent use.
type Sealer struct{ key []byte }

// NewSealer makes a sealer with a key of one's own; equal keys open each other's tokens.
func NewSealer(key []byte) *Sealer { return &Sealer{key: append([]byte(nil), key...)} }

// LoadSealer makes a sealer with the key that the store remembers, and on first use draws that key. All servers of a
// deployment come to the same key, whoever was first. It may be called again when the commit's outcome was unknown.
func LoadSealer(ctx context.Context, st Store) (*Sealer, error) {
	key, err := readSealKey(ctx, st)
	if err != nil || key != nil {
		return NewSealer(key), err
	}
	fresh := make([]byte, 1+keyBytes)
	if _, err := rand.Read(fresh); err != nil {
		return nil, fmt.Errorf("draw the cursor key: %w", err)
	}
	fresh[0] = sealFormat
	err = st.Commit(ctx, Commit{ID: NewCommitID(), Internals: []InternalWrite{{Key: sealKey, Version: 1, Data: fresh}}})
	if err != nil && !errors.Is(err, ErrConflict) {
		return nil, fmt.Errorf("store the cursor key: %w", err)
	}
	// Another server may have been first, so the store's word counts and not the key drawn here.
	key, err = readSealKey(ctx, st)
	if err == nil && key == nil {
		err = errors.New("cursor key vanished after it was written")
	}
	if err != nil {
		return nil, err
	}
	return NewSealer(key), nil
}

func readSealKey(ctx context.Context, st Reader) ([]byte, error) {
	found, err := st.Internals(ctx, System(), sealKey)
	if err != nil {
		return nil, fmt.Errorf("read the cursor key: %w", err)
	}
	if found[0].Version == 0 {
		return nil, nil
	}
	data := found[0].Data
	if len(data) == 0 || data[0] > sealFormat {
		return nil, fmt.Errorf("read the cursor key: %w", ErrNewerFormat)
	}
	return data[1:], nil
}

// Seal makes the token for a position of a query. The digest is whatever identifies the query to the caller, its
// parameters in a fixed form. An empty position gives an empty token: there is no further page.
func (s *Sealer) Seal(pos Position, queryDigest string, a Access) string {
	if pos == "" {
		return ""
	}
	mac := s.mac(pos, queryDigest, a)
	token := make([]byte, 0, 1+macBytes+len(pos))
	token = append(token, sealFormat)
	token = append(token, mac...)
	return base64.RawURLEncoding.EncodeToString(append(token, pos...))
}

// Open gives back the position of a token that Seal made for the same query and the same principal; the empty token is
// the start. Everything else is ErrBadSeal.
func (s *Sealer) Open(token, queryDigest string, a Access) (Position, error) {
	if token == "" {
		return "", nil
	}
	if len(token) > maxToken {
		return "", ErrBadSeal
	}
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) <= 1+macBytes || raw[0] != sealFormat {
		return "", ErrBadSeal
	}
	pos := Position(raw[1+macBytes:])
	if !hmac.Equal(raw[1:1+macBytes], s.mac(pos, queryDigest, a)) {
		return "", ErrBadSeal
	}
	return pos, nil
}

func (s *Sealer) mac(pos Position, queryDigest string, a Access) []byte {
	h := hmac.New(sha256.New, s.key)
	for _, part := range []string{a.Principal(), queryDigest, string(pos)} {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(part)))
		h.Write(size[:]) // lengths keep ("ab", "c") apart from ("a", "bc")
		h.Write([]byte(part))
	}
	return h.Sum(nil)[:macBytes]
}
