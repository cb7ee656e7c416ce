package claims_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/day"
	"claimwright/fhir/codec"
	"claimwright/store/memory"
)

// pastClaim is the n-th of many ten-line claims, no two of which are the same.
func pastClaim(n int, use string) []byte {
	at := day.Of(2026, 1, 1) + day.Date(n%365)
	body := string(tenLineClaim(int64(n)))
	body = strings.Replace(body[:strings.Index(body, `"item":[`)], `"use":"claim"`, `"use":"`+use+`"`, 1)
	for _, part := range []string{"Patient/b-", "Coverage/b-"} {
		at := strings.Index(body, part)
		end := at + strings.IndexByte(body[at:], '"')
		body = body[:at] + strings.Replace(part, "b-", "f-1", 1) + body[end:]
	}
	var items []string
	for i, code := range tenLines {
		items = append(items, fmt.Sprintf(`{"sequence":%d,"productOrService":{"coding":[{"system":"https://claimwright.org/sandbox/services","code":%q}]},"servicedDate":%q,"quantity":{"value":1},"unitPrice":{"value":%d.00,"currency":"KES"},"net":{"value":%[4]d.00,"currency":"KES"}}`, i+1, code, at, 100+n/365))
	}
	return []byte(body + `"accident":{"date":"` + at.String() + `"},"item":[` + strings.Join(items, ",") + `]}`)
}

// BenchmarkSubmitAfterClaims submits for a member who had few claims or many, under limits of every kind: all of a
// submission but HTTP and the disk. The second costs at most 1.2 times the first.
func BenchmarkSubmitAfterClaims(b *testing.B) {
	for _, claims := range []int{5, 5000} {
		b.Run(fmt.Sprint(claims), func(b *testing.B) {
			w := newWorld(b, memory.New())
			w.mustUpdate(planOf("FAM",
				"check-setting check=duplicate-content match=exact",
				"plan-limit id=member kind=ceiling scope=member amount=10000000",
				"plan-limit id=month kind=ceiling scope=member period=calendar-month amount=10000000",
				"plan-limit id=anniversary kind=ceiling scope=member period=policy-year amount=10000000",
				"plan-limit id=rolling kind=ceiling scope=member period=rolling days=30 amount=10000000",
				"plan-limit id=policy kind=ceiling scope=policy period=calendar-year amount=10000000",
				"plan-limit id=family kind=ceiling scope=family amount=10000000",
				"plan-limit id=event kind=ceiling scope=event amount=10000000",
				"plan-category-limit category=consultation maxCount=100000 period=rolling days=365"))
			w.contractOfGroup()
			n := 0
			submit := func(use string) {
				doc, issues := codec.Parse(pastClaim(n, use), codec.Limits{})
				require.Empty(b, issues)
				n++
				answer, err := w.claims.Submit(context.Background(), everyone, doc)
				require.NoError(b, err)
				if field(answer, "outcome") == "error" {
					b.Fatal(string(answer.Bytes()))
				}
			}
			for range claims {
				submit("claim")
			}
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N { // they are decided and written like claims, but leave the past as it is
				submit("predetermination")
			}
		})
	}
}
