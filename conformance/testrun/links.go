package testrun

import (
	"fmt"
	"net/url"
)

// assertLinks checks the links of a Bundle (R4 bundle.html#link, http.html#paging): each with a relation and a URL, none twice, and
// self among them.
func assertLinks(m *message, step *Step) {
	tree, err := m.tree()
	if err != nil {
		step.err(err)
		return
	}
	bundle, _ := tree.(map[string]any)
	if bundle["resourceType"] != "Bundle" {
		step.fail("only a Bundle has navigation links", textOf(bundle["resourceType"]), "Bundle")
		return
	}
	links, _ := bundle["link"].([]any)
	seen := map[string]bool{}
	for i, l := range links {
		link, _ := l.(map[string]any)
		relation, _ := link["relation"].(string)
		address, _ := link["url"].(string)
		switch parsed, err := url.Parse(address); {
		case relation == "":
			step.fail(fmt.Sprintf("Bundle.link[%d] has no relation", i), textOf(l), "self, first, previous, next or last")
		case address == "" || err != nil:
			step.fail("the link "+relation+" has no URL", address, "a URL")
		case parsed.Scheme == "" && parsed.Path == "" && parsed.RawQuery == "":
			step.fail("the link "+relation+" leads nowhere", address, "a URL")
		case seen[relation]:
			step.fail("the link "+relation+" is there twice", relation, "each relation once")
		}
		seen[relation] = true
	}
	if step.Verdict == Pass && !seen["self"] {
		step.fail("the Bundle has no link self", textOf(bundle["link"]), "self")
	}
}
