package codec

// Limits bound what Parse accepts. The zero value of each field means its default.
type Limits struct {
	// MaxBytes is the size of the body, 10 MiB by default and never above 2 GiB.
	MaxBytes int
	// MaxDepth is how deep objects and arrays may nest, 64 by default and never above 1,000.
	MaxDepth int
	// MaxProblems is how many problems are reported before parsing stops, 50 by default.
	MaxProblems int
}

const (
	defaultMaxBytes    = 10 << 20
	defaultMaxDepth    = 64
	defaultMaxProblems = 50
	hardMaxBytes       = 1<<31 - 1 // offsets on the tape are 32 bits wide
	hardMaxDepth       = 1000      // the parser recurses
)

func (l Limits) withDefaults() Limits {
	orDefault := func(v, normal int) int {
		if v <= 0 {
			return normal
		}
		return v
	}
	return Limits{
		MaxBytes:    min(orDefault(l.MaxBytes, defaultMaxBytes), hardMaxBytes),
		MaxDepth:    min(orDefault(l.MaxDepth, defaultMaxDepth), hardMaxDepth),
		MaxProblems: orDefault(l.MaxProblems, defaultMaxProblems),
	}
}
