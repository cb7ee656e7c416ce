package scenario

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"claimwright/adjudication/scenario/given"
	"claimwright/adjudication/scenario/source"
)

// File is a file of scenarios.
type File struct {
	// Name is its path as it was asked for.
	Name, Title string
	Scenarios   []*Scenario
}

// Scenario is one story. It is immutable once read.
type Scenario struct {
	// Title says the rule in plain words, Source where it comes from.
	Title, Source string
	At            source.Position
	world         *given.World
	steps         []*step
}

// Load reads a file, or all files *.yaml in and beneath a folder, sorted by name. Files without scenarios, such as those
// that others use as a base, are left out. The error is source.Problems if it is about what the files say.
func Load(name string) ([]*File, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		root, base := filepath.Split(name)
		return load(os.DirFS(filepath.Clean(root)), root, []string{base}) // Clean makes "." of nothing
	}
	names, err := walk(os.DirFS(name))
	if err != nil {
		return nil, fmt.Errorf("look for scenarios in %s: %w", name, err)
	}
	return load(os.DirFS(name), name+string(filepath.Separator), names)
}

func walk(folder fs.FS) (names []string, err error) {
	err = fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && path.Ext(name) == ".yaml" {
			names = append(names, name)
		}
		return err
	})
	return names, err
}

// load reads files of a folder; they are shown with what is written before.
func load(folder fs.FS, shown string, names []string) ([]*File, error) {
	var files []*File
	var problems source.Problems
	for _, name := range names {
		l := loader{folder: folder, shown: shown}
		file := l.file(name)
		if problems = append(problems, l.problems...); len(file.Scenarios) > 0 {
			files = append(files, file)
		}
	}
	return files, problems.Err()
}

// Parse reads a file that uses no other.
func Parse(name string, body []byte) (*File, error) {
	l := loader{}
	root, problems := source.Parse(name, body)
	l.problems = problems
	file := l.read(name, root)
	return file, l.problems.Err()
}

type loader struct {
	folder   fs.FS
	shown    string
	problems source.Problems
}

func (l *loader) file(name string) *File { return l.read(name, l.parse(name)) }

// parse reads a file of the folder; with faults it is as good as empty.
func (l *loader) parse(name string) *source.Node {
	shown := l.shown + filepath.FromSlash(name)
	body, err := readFile(l.folder, name)
	if err != nil {
		var why *fs.PathError
		if errors.As(err, &why) {
			err = why.Err
		}
		l.problems.Add(source.Position{File: shown}, "The file cannot be read: "+err.Error(), "", "")
		return nil
	}
	root, problems := source.Parse(shown, body)
	l.problems = append(l.problems, problems...)
	return root
}

func readFile(folder fs.FS, name string) ([]byte, error) {
	if folder == nil {
		return nil, fs.ErrNotExist
	}
	return fs.ReadFile(folder, name)
}

// read reads title, uses, given and scenarios; keys that begin with x- are for anchors and mean nothing.
func (l *loader) read(name string, root *source.Node) *File {
	file := &File{Name: l.shown + filepath.FromSlash(name)}
	o := root.Object(&l.problems)
	file.Title = o.Text("title")
	common := source.Merge(l.base(name, o, 0), o.Get("given"))
	for _, n := range o.List("scenarios") {
		if s := l.scenario(name, n, common); s != nil {
			file.Scenarios = append(file.Scenarios, s)
		}
	}
	for _, e := range o.Rest() {
		if strings.HasPrefix(e.Key, "x-") {
			o.Get(e.Key)
		}
	}
	o.Done()
	return file
}

// mostBases bounds how deep files may use one another.
const mostBases = 8

// base is the "given" of the files that this one uses, one laid over the other.
func (l *loader) base(name string, o *source.Object, depth int) *source.Node {
	var below *source.Node
	for _, n := range o.List("uses") {
		if depth == mostBases {
			l.problems.Add(n.At, "The files use one another too deeply", source.TextOf(n, &l.problems), "at most 8 files deep")
			return below
		}
		used, ok := l.beside(name, n.At, source.TextOf(n, &l.problems))
		if !ok {
			continue
		}
		root := l.parse(used)
		base := root.Object(&l.problems)
		below = source.Merge(below, l.base(used, base, depth+1))
		below = source.Merge(below, base.Get("given"))
	}
	return below
}

// beside is a file that another names, which must be in or beneath the same folder.
func (l *loader) beside(name string, at source.Position, file string) (used string, ok bool) {
	used = path.Join(path.Dir(filepath.ToSlash(name)), file)
	if l.folder == nil || !fs.ValidPath(used) {
		l.problems.Add(at, "The file cannot be used from here", used, "a file in or beneath the folder of this one")
		return "", false
	}
	return used, true
}

// open reads resources that a file names; JSON is YAML.
func (l *loader) open(name string) given.Opener {
	return func(at source.Position, file string) *source.Node {
		if used, ok := l.beside(name, at, file); ok {
			return l.parse(used)
		}
		return nil
	}
}

// scenario reads title, source, given, and the steps; a scenario of one step may have it in place of the steps.
func (l *loader) scenario(name string, n *source.Node, common *source.Node) *Scenario {
	before := len(l.problems)
	o := n.Object(&l.problems)
	s := &Scenario{Title: o.Text("scenario"), Source: o.Text("source"), At: n.At}
	for _, required := range []string{"scenario", "source"} {
		if !o.Has(required) {
			l.problems.Add(n.At, "The scenario has no "+required, "", map[string]string{
				"scenario": "a title that says the rule in plain words", "source": "where the rule comes from"}[required])
		}
	}
	s.world = given.Read(source.Merge(common, o.Get("given")), l.open(name), &l.problems)
	reader := &stepReader{world: s.world, problems: &l.problems, named: map[string]bool{}}
	if steps := o.Get("steps"); steps != nil {
		for _, n := range source.ListOf(steps) {
			s.steps = append(s.steps, reader.step(n.Object(&l.problems)))
		}
		o.Done()
	} else {
		s.steps = append(s.steps, reader.step(o))
	}
	if s.Title == "" || slices.Contains(s.steps, nil) || len(l.problems) > before {
		return nil
	}
	return s
}
