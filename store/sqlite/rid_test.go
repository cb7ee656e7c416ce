package sqlite

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestOrderedRIDOfOtherForms(t *testing.T) {
	for _, id := range []string{
		"", "p1", "019c0000-0000-4000-8000-000000000009", "019C0000-0000-7000-8000-000000000002",
		"019c0000-0000-7000-7000-000000000001", "019c0000-0000-7000-c000-000000000001", "019c0000+0000-7000-8000-000000000001",
		"019c0000-0000-7000-8000-00000000000g", "019c0000-0000-7000-8000-0000000000001",
		"00000000-0000-7000-8000-000000000000", "ffffffff-ffff-7fff-bfff-ffffffffffff", maxOfForm,
	} {
		_, ok := orderedRID("Claim", id)
		require.False(t, ok, id)
	}
	rid, ok := orderedRID("Claim", minOfForm)
	require.True(t, ok)
	require.Equal(t, kindOf("Claim"), rid)
}

// Resources that the server makes together share an id; each must keep its place in the order.
func TestResourcesThatShareAnIDHaveRIDsOfTheirOwn(t *testing.T) {
	id := uuid.Must(uuid.NewV7()).String()
	for _, family := range [][]string{{"Claim", "ClaimResponse", "Task"}, {"CoverageEligibilityRequest", "CoverageEligibilityResponse"}} {
		rids := map[int64]string{}
		for _, resourceType := range family {
			rid, ok := orderedRID(resourceType, id)
			require.True(t, ok)
			require.NotContains(t, rids, rid)
			rids[rid] = resourceType
		}
	}
}

func TestOrderedRIDOfGenerator(t *testing.T) {
	last := int64(-1)
	for range 1000 {
		id := uuid.Must(uuid.NewV7()).String()
		rid, ok := orderedRID("Claim", id)
		require.True(t, ok, id)
		require.Greater(t, rid, last, "ids of one generator never share a rid")
		require.Less(t, rid, firstIrregular)
		require.Equal(t, id[:knownPrefix], knownID(rid))
		last = rid
	}
}

// serverIDs draws ids of the server's form, many of them close to each other.
var serverIDs = rapid.Custom(func(t *rapid.T) string {
	ms := rapid.SampledFrom([]int64{ridEpoch, ridEpoch + 1, 1_790_000_000_000, 1_790_000_000_001, ridEnd - 1}).Draw(t, "ms")
	count := rapid.SampledFrom([]int64{0, 1, 0xfff}).Draw(t, "count")
	random := rapid.Uint64().Draw(t, "random")
	return fmt.Sprintf("%08x-%04x-7%03x-%04x-%012x", ms>>16, ms&0xffff, count, 0x8000|random>>50, random&(1<<48-1))
})

// anyIDs draws what clients may send after a page: ids, parts of ids and ids with a character changed.
var anyIDs = rapid.Custom(func(t *rapid.T) string {
	id := serverIDs.Draw(t, "id")
	switch rapid.IntRange(0, 3).Draw(t, "make") {
	case 0:
		return id[:rapid.IntRange(0, len(id)).Draw(t, "length")]
	case 1:
		i := rapid.IntRange(0, len(id)-1).Draw(t, "place")
		return id[:i] + rapid.StringMatching(`[-.0-9A-Za-z]`).Draw(t, "character") + id[i+1:]
	case 2:
		return rapid.StringMatching(`[-.0-9A-Za-z]{0,64}`).Draw(t, "text")
	default:
		return id
	}
})

func TestRIDKeepsOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := serverIDs.Draw(t, "a"), serverIDs.Draw(t, "b")
		x, ok := orderedRID("Claim", a)
		require.True(t, ok)
		y, ok := orderedRID("Claim", b)
		require.True(t, ok)
		if x != y {
			require.Equal(t, strings.Compare(a, b) < 0, x < y)
		}
		require.Equal(t, a[:knownPrefix], knownID(x))
	})
}

func TestFirstRIDFrom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		after, id := anyIDs.Draw(t, "after"), serverIDs.Draw(t, "id")
		rid, ok := orderedRID("Claim", id)
		require.True(t, ok)
		first, any := firstRIDFrom("Claim", after)
		if id >= after {
			require.True(t, any, "there is one: %s", id)
			require.GreaterOrEqual(t, rid, first)
		} else if any {
			require.LessOrEqual(t, rid, first, "%s comes before %s", id, after)
		}
	})
}
