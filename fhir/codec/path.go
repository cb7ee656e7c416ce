package codec

import "strconv"

// appendPath appends the FHIRPath of a node, such as Claim.item[2].serviced: from the root's type down, a choice
// element by its name without the type, a "_x" companion as the primitive itself, array elements with their index. It
// works on finished tapes and on those still being parsed.
func appendPath(dst []byte, tape []node, rootType string, target uint32, stems map[Name]string) []byte {
	dst = append(dst, rootType...)
	for at := uint32(0); at < target; {
		child, index := at+1, 0
		for next := tape[child].next; next != 0 && next <= target; next = tape[child].next {
			child, index = next, index+1
		}
		dst = appendStep(dst, tape[at].kind, &tape[child], index, stems)
		at = child
	}
	return dst
}

func appendStep(dst []byte, container Kind, child *node, index int, stems map[Name]string) []byte {
	if container == Array {
		return appendIndex(dst, index)
	}
	return append(append(dst, '.'), pathName(child.key, child.flags, stems)...)
}

func appendIndex(dst []byte, index int) []byte {
	dst = append(dst, '[')
	dst = strconv.AppendInt(dst, int64(index), 10)
	return append(dst, ']')
}

// pathName is the FHIRPath name of the element under a key.
func pathName(key Name, fl flags, stems map[Name]string) string {
	if fl&flagChoice != 0 {
		if stem, ok := stems[key]; ok {
			return stem
		}
	}
	name := key.String()
	if len(name) > 1 && name[0] == '_' {
		return name[1:]
	}
	return name
}

func (e *element) pathName() string { return pathName(e.id, e.flags, compiled().choiceStems) }

// reachedPath is the path of the element that the parser was reading when it stopped.
func (p *parser) reachedPath() string {
	path := []byte(p.rootType)
	if len(p.tape) == 0 || p.tape[0].next != 0 {
		return string(path)
	}
	for at := uint32(0); ; {
		child, index := at+1, 0
		for child < uint32(len(p.tape)) && p.tape[child].next != 0 {
			child, index = p.tape[child].next, index+1
		}
		if child == uint32(len(p.tape)) {
			if p.reading != nil && p.tape[at].kind == Array {
				path = appendIndex(path, index)
			} else if p.reading != nil {
				path = append(append(path, '.'), p.reading.pathName()...)
			}
			return string(path)
		}
		path = appendStep(path, p.tape[at].kind, &p.tape[child], index, p.schema.choiceStems)
		at = child
	}
}
