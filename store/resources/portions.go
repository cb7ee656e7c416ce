package resources

import "claimwright/store"

// portion is how many records are read at once. Stores bound their pages by number only; reading a long page in portions
// keeps one of huge resources from being read whole before its size is known.
const portion = 64

// portions reads a page of at most count records that ends early, with a position to go on from, once its bodies reach
// room bytes. It holds one portion at least, so that every page gets further.
func portions(count, room int, after store.Position, read func(count int, after store.Position) (store.Page, error)) (store.Page, error) {
	var page store.Page
	for size := 0; ; {
		part, err := read(min(count-len(page.Records), portion), after)
		if err != nil {
			return store.Page{}, err
		}
		page.Records, page.Next = append(page.Records, part.Records...), part.Next
		for _, r := range part.Records {
			size += len(r.Body)
		}
		if part.Next == "" || len(page.Records) >= count || size >= room {
			return page, nil
		}
		after = part.Next
	}
}
