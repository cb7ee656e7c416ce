package engine

import (
	"fmt"
	"testing"
)

// BenchmarkDecideFiveHundredRules decides a claim of ten lines with 500 active rules, and without any: most are about a code,
// some about any line; each line meets some fifty of them.
func BenchmarkDecideFiveHundredRules(b *testing.B) {
	for _, rules := range []int{0, 500} {
		b.Run(fmt.Sprint(rules), func(b *testing.B) {
			f := newFixture(b)
			for i := range rules {
				condition, action, more := fmt.Sprintf(`line.code == "S-%d" && member.age < 15 && diagnoses.none(within("O00-O9A"))`, i%120), "reject", ""
				switch {
				case i%50 == 0:
					condition, action, more = `member.age > 90 && line.billed > line.listPrice * 3`, "flag", computed("score", "5")
				case i%12 == 0:
					condition = fmt.Sprintf(`line.code in ["A", "B"] && line.quantity > %d`, 100+i)
				}
				f.terminology = append(f.terminology, ruleDoc(fmt.Sprintf("r%d", i), "", condition, action, more))
			}
			for i := range 10 {
				f.line([]string{"A", "B"}[i%2], "1", "90")
			}
			c := f.makeCase()
			b.ReportAllocs()
			for b.Loop() {
				if d := Decide(c); d.State != Approved {
					b.Fatal(d.Disposition)
				}
			}
		})
	}
}
