// Package siphash computes SipHash-2-4 (Aumasson and Bernstein, 2012), a 64-bit hash under a secret key. Whoever does not
// know the key cannot make texts that collide, which is what the store's index keys need and what faster hashes lack.
//
//	sum := siphash.Sum(siphash.Key{K0: 1, K1: 2}, []byte("Claim\x00status\x00active"))
package siphash

import (
	"encoding/binary"
	"math/bits"
)

// Key is the secret: 128 bits.
type Key struct{ K0, K1 uint64 }

type state struct{ v0, v1, v2, v3 uint64 }

// Sum hashes a message.
func Sum(k Key, p []byte) uint64 {
	s := state{
		v0: k.K0 ^ 0x736f6d6570736575, v1: k.K1 ^ 0x646f72616e646f6d,
		v2: k.K0 ^ 0x6c7967656e657261, v3: k.K1 ^ 0x7465646279746573,
	}
	last := uint64(len(p)) << 56
	for ; len(p) >= 8; p = p[8:] {
		s.absorb(binary.LittleEndian.Uint64(p))
	}
	for i, b := range p {
		last |= uint64(b) << (8 * i)
	}
	s.absorb(last)
	s.v2 ^= 0xff
	for range 4 {
		s.round()
	}
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3
}

func (s *state) absorb(m uint64) {
	s.v3 ^= m
	s.round()
	s.round()
	s.v0 ^= m
}

func (s *state) round() {
	s.v0 += s.v1
	s.v2 += s.v3
	s.v1 = bits.RotateLeft64(s.v1, 13) ^ s.v0
	s.v3 = bits.RotateLeft64(s.v3, 16) ^ s.v2
	s.v0 = bits.RotateLeft64(s.v0, 32)
	s.v2 += s.v1
	s.v0 += s.v3
	s.v1 = bits.RotateLeft64(s.v1, 17) ^ s.v2
	s.v3 = bits.RotateLeft64(s.v3, 21) ^ s.v0
	s.v2 = bits.RotateLeft64(s.v2, 32)
}
