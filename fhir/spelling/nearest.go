package spelling

import "strings"

// MaxLength bounds the words that Nearest compares; no R4 element is longer.
const MaxLength = 64

// Nearest is the candidate that a mistyped word probably means: the same but for upper and lower case, or at most a
// third of its letters (and at most two) apart. It is empty when nothing is that near.
func Nearest(word string, candidates []string) string {
	if word == "" || len(word) > MaxLength {
		return ""
	}
	best, bestDistance := "", min(2, len(word)/3)+1
	for _, c := range candidates {
		if strings.EqualFold(c, word) {
			return c
		}
		if gap := len(c) - len(word); gap >= bestDistance || -gap >= bestDistance {
			continue
		}
		if d := editDistance(strings.ToLower(word), strings.ToLower(c)); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

// editDistance counts insertions, deletions, replacements and swaps of neighbours that turn a into b.
func editDistance(a, b string) int {
	before, above, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, above, row = above, row, before
	}
	return above[len(b)]
}
