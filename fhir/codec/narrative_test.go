package codec

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNarrativeAccepts(t *testing.T) {
	for name, inner := range map[string]string{
		"text":           "A claim &amp; more &#233; &#xE9; &lt;&gt;&quot;&apos; é",
		"table":          `<table class="grid" border="1"><tbody><tr><td colspan="2">x</td></tr></tbody></table>`,
		"links":          `<a href="Patient/1">a</a><a href='#x'>b</a><a name="x"/><a href="mailto:a@b.example">c</a><a href="?a:b">d</a><a href="urn:oid:1.2">e</a>`,
		"link entities":  `<a href="a?x=1&amp;y=&lt;&gt;&quot;&apos;&#10;&#233;#z">a</a>`,
		"images":         `<img src="data:image/png;base64,AAAA" alt="x" /><img src="#pic"/>`,
		"style":          `<p style="color: red; background-image: url(tbl.png)">x</p>`,
		"language":       `<p lang="sw" xml:lang="sw">x</p>`,
		"comment":        `<!-- note -->x<br/>`,
		"nothing inside": ``,
		"inner xmlns":    `<p xmlns="http://www.w3.org/1999/xhtml">x</p>`,
	} {
		t.Run(name, func(t *testing.T) {
			require.Zero(t, narrativeFlaw([]byte(` <div xmlns="http://www.w3.org/1999/xhtml">`+inner+"</div >\n")))
		})
	}
	require.Zero(t, narrativeFlaw([]byte(`<div xmlns="http://www.w3.org/1999/xhtml"/>`)))
}

func TestNarrativeRefuses(t *testing.T) {
	for name, inner := range map[string]string{
		"script":                   `<script>alert(1)</script>`,
		"upper-case script":        `<SCRIPT>alert(1)</SCRIPT>`,
		"iframe":                   `<iframe src="x"/>`,
		"object":                   `<object data="x"/>`,
		"form":                     `<form><input type="text"/></form>`,
		"style element":            `<style>p{}</style>`,
		"svg":                      `<svg onload="alert(1)"/>`,
		"prefixed element":         `<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>`,
		"event handler":            `<p onclick="alert(1)">x</p>`,
		"event handler in capital": `<p OnClick="alert(1)">x</p>`,
		"handler behind a slash":   `<img/onerror="alert(1)" src="x"/>`,
		"javascript link":          `<a href="javascript:alert(1)">x</a>`,
		"javascript in capitals":   `<a href=" JaVaScRiPt:alert(1)">x</a>`,
		"javascript with a tab":    "<a href=\"java\tscript:alert(1)\">x</a>",
		"javascript as entities":   `<a href="&#106;avascript&#58;alert(1)">x</a>`,
		"javascript with a NUL":    `<a href="java&#0;script:alert(1)">x</a>`,
		"vbscript image":           `<img src="vbscript:x"/>`,
		"data link":                `<a href="data:text/html,x">x</a>`,
		"data image as link":       `<a href="data:image/svg+xml,x">x</a>`,
		"data image of text":       `<img src="data:text/html,x"/>`,
		"style that acts":          `<p style="width: expression(alert(1))">x</p>`,
		"style that hides":         `<p style="width: e\xpression(alert(1))">x</p>`,
		"other namespace":          `<p xmlns="http://www.w3.org/2000/svg">x</p>`,
		"HTML entity":              `a&nbsp;b`,
		"bare ampersand":           `a & b`,
		"entity of half a pair":    `&#xD83D;`,
		"entity of a noncharacter": `&#xFFFE;`,
		"not closed":               `<p>x`,
		"closed twice":             `</div>x`,
		"crossed":                  `<b><i>x</b></i>`,
		"unquoted":                 `<p class=x>y</p>`,
		"without value":            `<p class>y</p>`,
		"attribute twice":          `<p class="x" class="y">z</p>`,
		"no blank":                 `<p class="x"id="y">z</p>`,
		"less-than in attribute":   `<p title="<">z</p>`,
		"open quote":               `<p title="z</p>`,
		"CDATA":                    `<![CDATA[x]]>`,
		"doctype":                  `<!DOCTYPE x>`,
		"instruction":              `<?php x?>`,
		"comment not closed":       `<!-- x`,
		"comment with dashes":      `<!-- x -- y -->`,
		"control character":        "a\x01b",
		"void element left open":   `<br>`,
		"end tag with attributes":  `<p>x</p class="y">`,
		"empty tag":                `<>`,
	} {
		t.Run(name, func(t *testing.T) {
			require.NotZero(t, narrativeFlaw([]byte(`<div xmlns="http://www.w3.org/1999/xhtml">`+inner+`</div>`)))
		})
	}
}

func TestNarrativeIsOneDivInItsNamespace(t *testing.T) {
	for name, whole := range map[string]string{
		"other root":                  `<p xmlns="http://www.w3.org/1999/xhtml">x</p>`,
		"longer name":                 `<divx xmlns="http://www.w3.org/1999/xhtml">x</divx>`,
		"no namespace":                `<div>x</div>`,
		"text":                        `x`,
		"text behind":                 `<div xmlns="http://www.w3.org/1999/xhtml">x</div>y`,
		"another behind":              `<div xmlns="http://www.w3.org/1999/xhtml">x</div><div xmlns="http://www.w3.org/1999/xhtml">x</div>`,
		"another behind an empty one": `<div xmlns="http://www.w3.org/1999/xhtml"/><div xmlns="http://www.w3.org/1999/xhtml"/>`,
		"cut":                         `<div xmlns="http://www.w3.org/1999/xhtml"`,
		"end missing":                 `<div xmlns="http://www.w3.org/1999/xhtml"><p>x</p>`,
		"cut end":                     `<div xmlns="http://www.w3.org/1999/xhtml">x</div`,
	} {
		t.Run(name, func(t *testing.T) { require.NotZero(t, narrativeFlaw([]byte(whole))) })
	}
}

func TestNarrativeProblemIsNamed(t *testing.T) {
	_, issues := Parse([]byte(strings.Replace(soundClaim, `"status"`, `"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><script>x<\/script><\/div>"},"status"`, 1)), Limits{})
	require.Equal(t, []brief{{"value", "Claim.text.div", `"<script>x</script></div>"`, "an element that narratives may have: text, tables, lists, links, images"}}, briefs(issues))
}

func TestAttributeNumbersFitTheirSet(t *testing.T) {
	require.LessOrEqual(t, len(narrativeAttributes), 63)
}
