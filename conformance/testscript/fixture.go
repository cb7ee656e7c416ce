package testscript

import (
	"encoding/json"
	"errors"
	"io/fs"
	"strings"
)

// containedByID are the resources that a script contains.
func containedByID(all []json.RawMessage) map[string][]byte {
	byID := map[string][]byte{}
	for _, body := range all {
		var r struct{ ID string }
		if json.Unmarshal(body, &r) == nil && r.ID != "" {
			byID[r.ID] = body
		}
	}
	return byID
}

// fixtureText finds the body that a fixture refers to: "#id" is contained, "Type/id" is a file Type-id.json or id.json beside the
// script, everything else is the name of a file.
func fixtureText(reference string, contained map[string][]byte, open func(string) ([]byte, error)) (text []byte, source string, err error) {
	if id, inside := strings.CutPrefix(reference, "#"); inside {
		if body, there := contained[id]; there {
			return body, reference, nil
		}
		return nil, "", errors.New("the script contains no such resource")
	}
	if reference == "" {
		return nil, "", errors.New("the fixture names no resource")
	}
	if strings.Contains(reference, "://") {
		return nil, "", errors.New("a fixture is a file beside the script or contained in it; nothing is fetched")
	}
	names := []string{reference}
	if kind, id, typed := strings.Cut(reference, "/"); typed && isTypeName(kind) && !strings.Contains(id, "/") {
		names = append(names, kind+"-"+id+".json", strings.ToLower(kind)+"-"+id+".json", id+".json", kind+"-"+id+".xml", id+".xml")
	}
	for _, name := range names {
		text, err = open(name)
		if err == nil {
			return text, name, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, "", errors.New("the fixture cannot be read: it lies outside the folder that was named, or is too large")
		}
	}
	return nil, "", errors.New("there is no such file")
}

// isTypeName tells whether a word looks like the name of a resource type.
func isTypeName(word string) bool {
	return word != "" && word[0] >= 'A' && word[0] <= 'Z' && !strings.ContainsAny(word, ".-_")
}

// capabilityText is the CapabilityStatement with what a script asks for, nil where it is not at hand.
func capabilityText(canonical string, contained map[string][]byte, open func(string) ([]byte, error)) []byte {
	text, _, err := fixtureText(canonical, contained, open)
	if err != nil {
		return nil
	}
	return text
}
