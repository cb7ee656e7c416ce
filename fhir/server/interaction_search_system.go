package server

import (
	"context"

	"claimwright/fhir/registry"
	"claimwright/fhir/search"
)

// searchSystem finds resources of several types, or of all (R4 search, "searching multiple resource types").
func (s *Server) searchSystem(x *exchange) error {
	return x.sendSearchset(x.asking().searchSystem(x.ctx, x.query))
}

func (a asking) searchSystem(ctx context.Context, rawQuery string) ([]byte, error) {
	raw, page := cutPage(rawQuery)
	across, warnings, err := search.ParseAcross(registry.Types(), raw, a.query)
	if err != nil {
		return nil, err
	}
	return a.answer(ctx, seeking{query: across.Queries[0], across: across, address: a.base, page: page, warnings: warnings})
}
