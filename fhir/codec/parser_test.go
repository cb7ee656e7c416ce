package codec

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseAllocatesLittle(t *testing.T) {
	body := claimBody(t)
	Parse(body, Limits{})
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() { Parse(body, Limits{}) }), 10.0)
}

// TestParsersAreNotShared runs good and bad bodies of all sizes through the pool at once; the race detector watches.
func TestParsersAreNotShared(t *testing.T) {
	bundle := mustParse(t, smallBundle)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 20 {
				for name, body := range samples(t) {
					d, issues := Parse(body, Limits{})
					if d == nil || len(issues) > 0 {
						t.Errorf("%s is refused: %v", name, issues)
					}
					if d, _ := Parse(body[:len(body)/2], Limits{}); d != nil {
						t.Errorf("half of %s is accepted", name)
					}
				}
				bundle.Extract(bundle.Root().Find(Intern("entry"), Intern("resource")))
				bundle.Root().Field("entry").Path()
			}
		})
	}
	group.Wait()
}

func TestAHugeBodyDoesNotStayInThePool(t *testing.T) {
	body := bundleBody(t, 400)
	d, issues := Parse(body, Limits{})
	require.Empty(t, issues)
	require.Greater(t, len(d.tape), maxPooledNodes)
	for range 100 {
		p := parsers.Get().(*parser)
		require.LessOrEqual(t, cap(p.tape), maxPooledNodes)
		require.Nil(t, p.body)
	}
}

func TestSizeCountsBytesAndTape(t *testing.T) {
	d := mustParse(t, soundClaim)
	require.GreaterOrEqual(t, d.Size(), len(soundClaim)+nodeSize*len(d.tape))
	require.Zero(t, (*Document)(nil).Size())
}

func TestWarmCompilesOnce(t *testing.T) {
	Warm()
	first := compiled()
	Warm()
	require.Same(t, first, compiled())
}
