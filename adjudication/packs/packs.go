package packs

import (
	"embed"
	"io/fs"
	"path"
	"strings"
)

//go:embed */*.json
var folders embed.FS

// Pack is a set of rules that belong together.
type Pack struct {
	// Name is the pack's folder.
	Name string
	// About says in a line what the pack is for.
	About string
	// Needs are what the rules ask besides the claim itself; empty when that is all.
	Needs string
	// Files are the lists, which rules name, and then the rules, each sorted by name.
	Files []File
}

// File is a resource of a pack, as it is written in its folder.
type File struct {
	// Name is the file's own, such as "impossible-sex.json".
	Name string
	Body []byte
}

// listPrefix begins the names of files that hold a list of codes.
const listPrefix = "list-"

// IsList tells a list of codes, which is a ValueSet, from a rule.
func (f *File) IsList() bool { return strings.HasPrefix(f.Name, listPrefix) }

// about are the packs in the order in which they are told.
var about = [...]Pack{
	{Name: "impossible", About: "Sex, age, dates and settings that do not go together", Needs: "a list of services; where the member was"},
	{Name: "duplicates", About: "The same service again, on the same day or close by", Needs: "what the member had"},
	{Name: "two-places", About: "At two facilities on one day", Needs: "where the member was"},
	{Name: "unbundling", About: "Parts billed beside the whole, panels test by test, follow-ups of operations", Needs: "lists of services; what the member had"},
	{Name: "upcoding", About: "The dearest of several services where a cheaper one is likely", Needs: "lists of services; a profile of peers"},
	{Name: "peers", About: "Prices, quantities and repetitions far above what is usual", Needs: "a profile of peers; what the member had"},
	{Name: "frequency", About: "The same kind of service again and again", Needs: "lists of services; what the member had"},
	{Name: "price-list", About: "Billed far above the agreed price"},
	{Name: "late-weekend", About: "Late bills, and out-patient care at weekends"},
	{Name: "documents", About: "Documents and authorisations by type of visit, as the hospital portal asks"},
	{Name: "reserved-checks", About: "The checks that openIMIS reserves and never makes", Needs: "a list of diagnoses; what the member had"},
}

// All are all packs. The bodies are shared and must not be changed.
func All() []Pack {
	all := make([]Pack, len(about))
	for i, p := range about {
		all[i] = p
		all[i].Files = filesOf(p.Name)
	}
	return all
}

// Named is the pack of a name; ok is false when there is none.
func Named(name string) (pack Pack, ok bool) {
	for _, p := range about {
		if p.Name == name {
			p.Files = filesOf(name)
			return p, true
		}
	}
	return Pack{}, false
}

// Names are those of all packs.
func Names() []string {
	names := make([]string, len(about))
	for i, p := range about {
		names[i] = p.Name
	}
	return names
}

// filesOf reads a folder; what is embedded can be read.
func filesOf(name string) []File {
	entries, err := fs.ReadDir(folders, name)
	if err != nil {
		return nil
	}
	var lists, rules []File
	for _, e := range entries {
		body, err := folders.ReadFile(path.Join(name, e.Name()))
		if err != nil {
			return nil
		}
		if f := (File{Name: e.Name(), Body: body}); f.IsList() {
			lists = append(lists, f)
		} else {
			rules = append(rules, f)
		}
	}
	return append(lists, rules...)
}
