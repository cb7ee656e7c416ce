package junit

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWrite(t *testing.T) {
	var r Report
	r.Suite("a").Add(Case{Name: "one", Class: "a", Time: "0.001"})
	r.Suite("a").Add(Case{Name: "two & three", Class: "a", Failure: &Failure{Message: "paid", Text: "expected 1 < 2"}})
	r.Suite("b").Add(Case{Name: "four", Class: "b", File: "b.yaml", Line: 7})
	var out strings.Builder
	require.NoError(t, r.Write(&out))
	require.Equal(t, `<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="3" failures="1">
  <testsuite name="a" tests="2" failures="1">
    <testcase name="one" classname="a" time="0.001"></testcase>
    <testcase name="two &amp; three" classname="a">
      <failure message="paid">expected 1 &lt; 2</failure>
    </testcase>
  </testsuite>
  <testsuite name="b" tests="1" failures="0">
    <testcase name="four" classname="b" file="b.yaml" line="7"></testcase>
  </testsuite>
</testsuites>
`, out.String())
}
