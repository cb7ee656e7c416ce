package profile

import (
	"slices"
	"strings"
	"time"

	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
)

// Report is a computed profile.
type Report struct {
	// Claims, Lines and Services are what it was computed from; Known are the services of which it says what is usual.
	Claims, Lines, Services, Known int

	g *gathering
}

func (g *gathering) report() *Report {
	r := &Report{Claims: g.claims, Services: len(g.services), g: g}
	for _, s := range g.services {
		r.Lines += s.levels[scheme.NoLevel].lines
		if s.levels[scheme.NoLevel].lines >= max(1, g.Least) {
			r.Known++
		}
	}
	return r
}

const extensions = scheme.Base + "/StructureDefinition/"

// Resource is the report as a MeasureReport with an id; made is when.
func (r *Report) Resource(id string, made time.Time) []byte {
	w := codec.NewWriter(nil)
	w.Object("")
	w.String("resourceType", "MeasureReport")
	w.String("id", id)
	w.String("status", "complete")
	w.String("type", "summary")
	w.String("measure", scheme.MeasurePeers)
	w.String("date", made.UTC().Format(time.RFC3339))
	w.Object("reporter")
	w.String("reference", r.g.insurer.Key)
	w.End()
	w.Object("period")
	w.String("start", r.g.Since.String())
	w.String("end", r.g.Until.String())
	w.End()
	if r.Services > 0 {
		w.Array("group")
		for _, id := range sortedKeys(r.g.services) {
			r.service(w, r.g.services[id])
		}
		w.End()
	}
	w.End()
	return append(w.Bytes(), '\n')
}

func (r *Report) service(w *codec.Writer, s *service) {
	w.Object("")
	if s.levels[scheme.NoLevel].lines >= max(1, r.g.Least) {
		w.Array("extension")
		month := perMonth(s)
		for level := range s.levels {
			if f := &s.levels[level]; f.lines >= max(1, r.g.Least) {
				statistics(w, scheme.Level(level), f, month)
			}
		}
		w.End()
	}
	w.Object("code")
	w.Array("coding")
	w.Object("")
	w.String("system", s.code.System)
	w.String("code", s.code.Value)
	w.End()
	w.End()
	w.End()
	population(w, s.levels[scheme.NoLevel].lines)
	w.Array("stratifier")
	w.Object("")
	w.Array("code")
	w.Object("")
	w.String("text", "facility")
	w.End()
	w.End()
	w.Array("stratum")
	for _, facility := range sortedKeys(s.facilities) {
		w.Object("")
		w.Object("value")
		w.String("text", facility)
		w.End()
		population(w, s.facilities[facility])
		w.End()
	}
	w.End()
	w.End()
	w.End()
	w.End()
}

func population(w *codec.Writer, lines int) {
	w.Array("population")
	w.Object("")
	w.Int("count", int64(lines))
	w.End()
	w.End()
}

// perMonth is how many lines 95 % of the members who had a service had in a month, of those months in which they had it.
func perMonth(s *service) money.Decimal {
	counts := map[money.Decimal]int{}
	for _, n := range s.months {
		counts[money.Whole(int64(n))]++
	}
	return percentile(counts, 95)
}

func statistics(w *codec.Writer, level scheme.Level, f *figures, month money.Decimal) {
	w.Object("")
	w.String("url", extensions+"peer-statistics")
	w.Array("extension")
	if level != scheme.NoLevel {
		w.Object("")
		w.String("url", "level")
		w.String("valueCode", level.String())
		w.End()
	}
	w.Object("")
	w.String("url", "lines")
	w.Int("valueUnsignedInt", int64(f.lines))
	w.End()
	for _, part := range [...]struct {
		name  string
		value money.Decimal
	}{
		{"quantityMedian", percentile(f.quantities, 50)}, {"quantity95", percentile(f.quantities, 95)},
		{"priceMedian", percentile(f.prices, 50)}, {"price95", percentile(f.prices, 95)}, {"perMonth95", month},
	} {
		w.Object("")
		w.String("url", part.name)
		w.Raw("valueDecimal", []byte(part.value.String()))
		w.End()
	}
	w.End()
	w.End()
}

func sortedKeys[V any](of map[string]V) []string {
	keys := make([]string, 0, len(of))
	for k := range of {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, strings.Compare)
	return keys
}
