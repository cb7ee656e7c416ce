package resources

import "claimwright/store"

// portion is how many records are read at once. Stores bound their pages by number only; reading a long page in portions
// keeps one of huge resources from being read whole before its size is known.
const portion = 50

// portions reads a page of at most count records that ends early, with a position to go on from, where its bodies would
// take more than room bytes. It holds one record at least, so that every page gets further.
func portions(count, room int, after store.Position, read func(count int, after store.Position) (store.Page, error)) (store.Page, error) {
	var page store.Page
	for {
		part, err := read(min(count-len(page.Records), portion), after)
		if err != nil {
			return store.Page{}, err
		}
		fits := fitting(part.Records, room)
		if fits == 0 && len(page.Records) > 0 {
			return page, nil
		}
		if fits = max(fits, 1); fits < len(part.Records) { // only the store knows the position after a record
			if part, err = read(fits, after); err != nil {
				return store.Page{}, err
			}
			room = 0
		}
		for _, r := range part.Records {
			room -= len(r.Body)
		}
		page.Records, page.Next = append(page.Records, part.Records...), part.Next
		if part.Next == "" || len(page.Records) >= count || room <= 0 {
			return page, nil
		}
		after = part.Next
	}
}

// fitting is how many of the records fit into the room, from the first on.
func fitting(records []*store.Record, room int) int {
	for i, r := range records {
		if room -= len(r.Body); room < 0 {
			return i
		}
	}
	return len(records)
}
