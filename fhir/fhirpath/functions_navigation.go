package fhirpath

// navigation are the functions of §5.8 and R4's own ways through a resource.
var navigation = map[string]*function{
	"children":    {0, 0, false, func(c *call) ([]item, error) { return c.below(false) }},
	"descendants": {0, 0, false, func(c *call) ([]item, error) { return c.below(true) }},
	"extension":   {1, 1, false, extension},
	"resolve": {0, 0, false, func(c *call) ([]item, error) {
		var found []item
		for _, it := range c.on {
			if n, err := c.resolved(it); err != nil {
				return nil, err
			} else if n != nil {
				found = append(found, item{node: n})
			}
		}
		return found, nil
	}},
}

// below are the children of all items, or everything beneath them.
func (c *call) below(deep bool) ([]item, error) {
	var list []item
	var walk func(n *node) error
	walk = func(n *node) error {
		if err := c.spend(len(n.children)); err != nil {
			return err
		}
		for _, child := range n.children {
			list = append(list, item{node: child})
			if deep {
				if err := walk(child); err != nil {
					return err
				}
			}
		}
		return nil
	}
	for _, it := range c.on {
		if it.node != nil {
			if err := walk(it.node); err != nil {
				return nil, err
			}
		}
	}
	return list, nil
}

func extension(c *call) ([]item, error) {
	url, ok, err := c.textArg(0)
	if err != nil || !ok {
		return nil, err
	}
	var list []item
	for _, it := range c.on {
		if it.node == nil {
			continue
		}
		if err := c.spend(len(it.node.children)); err != nil {
			return nil, err
		}
		for _, child := range it.node.children {
			if child.key == "extension" && child.textOf("url") == url {
				list = append(list, item{node: child})
			}
		}
	}
	return list, nil
}

// resolved is what a Reference or a text refers to within what was read.
func (c *call) resolved(it item) (*node, error) {
	from := it.node
	if from == nil {
		if from = c.scope.Focus.node; from == nil {
			from = c.scope.Resource.Root().node
		}
	}
	if from == nil {
		return nil, nil
	}
	if err := c.spend(8 + len(from.top().children)); err != nil { // a Bundle is searched entry by entry
		return nil, err
	}
	if it.node != nil {
		return it.node.resolved(), nil
	}
	text, ok := it.text()
	if !ok {
		return nil, nil
	}
	return (&node{kind: textKind, text: text, parent: from, name: "reference"}).resolved(), nil
}
