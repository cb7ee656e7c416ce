package offline

import "sync"

// schedule lets lines that share a key be decided in their order, and all others at once.
type schedule struct {
	mu sync.Mutex
	// last is the latest line with a key that is not decided yet.
	last map[string]*line
	// ready takes the lines whose turn it is; it has room for all that are under way.
	ready chan *line
}

func newSchedule(room int) *schedule {
	return &schedule{last: map[string]*line{}, ready: make(chan *line, room)}
}

// add puts the next line of the file in.
func (s *schedule) add(l *line) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, key := range l.keys {
		if before := s.last[key]; before != nil && before != l {
			before.behind = append(before.behind, l)
			l.waiting++
		}
		s.last[key] = l
	}
	if l.waiting == 0 {
		s.ready <- l
	}
}

// done takes a line out that was decided.
func (s *schedule) done(l *line) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, key := range l.keys {
		if s.last[key] == l {
			delete(s.last, key)
		}
	}
	for _, next := range l.behind {
		if next.waiting--; next.waiting == 0 {
			s.ready <- next
		}
	}
	l.behind = nil
}
