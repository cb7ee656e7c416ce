package expression

import (
	"errors"
	"fmt"
)

// Parse reads an expression and gives the alternatives of its union in order. An error says where the expression leaves
// the part of FHIRPath that this package reads.
func Parse(text string) ([]Path, error) {
	s := &scanner{text: text}
	var paths []Path
	for {
		p, err := s.alternative()
		if err != nil {
			return nil, fmt.Errorf("expression %q at offset %d: %w", text, s.at, err)
		}
		paths = append(paths, p)
		if s.end() {
			return paths, nil
		}
		if !s.take("|") {
			return nil, fmt.Errorf("expression %q at offset %d: neither the end nor a union", text, s.at)
		}
	}
}

// alternative reads "(path as T).more", "path as T" or "path.exists() and path != false".
func (s *scanner) alternative() (Path, error) {
	closing := s.take("(")
	p, err := s.path()
	if err != nil {
		return p, err
	}
	if s.takeWord("as") {
		if err := s.narrow(&p); err != nil {
			return p, err
		}
	}
	if closing {
		if !s.take(")") {
			return p, errors.New("parenthesis is not closed")
		}
		if err := s.steps(&p); err != nil {
			return p, err
		}
	}
	if s.takeWord("and") {
		return p, s.notFalse(&p)
	}
	if p.Truth {
		return p, errors.New("exists() without \"and … != false\"")
	}
	return p, nil
}

// path reads the root and the steps after it.
func (s *scanner) path() (Path, error) {
	var p Path
	switch first := s.identifier(); {
	case first == "" && s.take(Resource):
		p.Root = Resource
	case first == "":
		return p, errors.New("a path must start with a name")
	case first[0] >= 'A' && first[0] <= 'Z':
		p.Root = first
	default:
		p.Steps = append(p.Steps, Step{Name: first, Index: -1})
		if err := s.index(&p); err != nil {
			return p, err
		}
	}
	return p, s.steps(&p)
}

// steps reads ".name", ".name[0]" and ".function(…)" as long as they come.
func (s *scanner) steps(p *Path) error {
	for !p.Truth && s.take(".") {
		name := s.identifier()
		if name == "" {
			return errors.New("a name must follow the dot")
		}
		if s.take("(") {
			if err := s.function(p, name); err != nil {
				return err
			}
			continue
		}
		p.Steps = append(p.Steps, Step{Name: name, Index: -1})
		if err := s.index(p); err != nil {
			return err
		}
	}
	return nil
}

// function reads what follows "name(" and applies it to the path so far.
func (s *scanner) function(p *Path, name string) error {
	var err error
	switch name {
	case "as", "ofType":
		err = s.narrow(p)
	case "where":
		err = s.filter(p)
	case "extension":
		step := Step{Name: name, Index: -1}
		step.URL, err = s.literal()
		p.Steps = append(p.Steps, step)
	case "exists":
		p.Truth = true
	default:
		err = fmt.Errorf("function %s() is not among those read here", name)
	}
	if err == nil && !s.take(")") {
		err = fmt.Errorf("%s( is not closed", name)
	}
	return err
}

func (s *scanner) narrow(p *Path) error {
	last := p.last()
	if last == nil || last.As != "" {
		return errors.New("only an element can be narrowed to a type, and only once")
	}
	if last.As = s.identifier(); last.As == "" {
		return errors.New("a type is missing")
	}
	return nil
}

// filter reads "resolve() is T" or "name='text'".
func (s *scanner) filter(p *Path) error {
	last := p.last()
	if last == nil || last.Where != "" || last.Resolves != "" {
		return errors.New("only an element can be filtered, and only once")
	}
	if s.take("resolve()") {
		if !s.takeWord("is") {
			return errors.New("resolve() must be followed by \"is\"")
		}
		if last.Resolves = s.identifier(); last.Resolves == "" {
			return errors.New("a type is missing")
		}
		return nil
	}
	if last.Where = s.identifier(); last.Where == "" || !s.take("=") {
		return errors.New("a filter must be name='text' or resolve() is Type")
	}
	var err error
	last.Equals, err = s.literal()
	return err
}

func (s *scanner) index(p *Path) error {
	if !s.take("[") {
		return nil
	}
	n, ok := s.number()
	if !ok || !s.take("]") {
		return errors.New("an index must be a small number in brackets")
	}
	p.last().Index = n
	return nil
}

// notFalse reads the second half of "p.exists() and p != false".
func (s *scanner) notFalse(p *Path) error {
	again, err := s.path()
	if err != nil {
		return err
	}
	same := p.Truth && again.Root == p.Root && len(again.Steps) == len(p.Steps) && len(p.Steps) > 0
	for i := 0; same && i < len(p.Steps); i++ {
		same = p.Steps[i] == again.Steps[i]
	}
	if !same || !s.take("!=") || !s.takeWord("false") {
		return errors.New("\"and\" is read in \"p.exists() and p != false\" only")
	}
	return nil
}

func (p *Path) last() *Step {
	if len(p.Steps) == 0 {
		return nil
	}
	return &p.Steps[len(p.Steps)-1]
}
