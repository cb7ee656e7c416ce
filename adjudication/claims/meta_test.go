package claims_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/store/resources"
)

func (w *world) tag(typ, id string) (*resources.Stored, error) {
	given := resources.MetaSetsOf(w.parse(`{"resourceType":"Basic","code":{"text":"x"},"meta":{"tag":[{"code":"seen"}]}}`).Root().Field("meta"))
	return w.service.ChangeMeta(context.Background(), everyone, key(typ, id), 0, func(have resources.MetaSets) resources.MetaSets { return have.With(given) })
}

func TestTagsDecideNothing(t *testing.T) {
	w := newMemoryWorld(t)
	claim := w.create(claimSpec{identifier: "T-1"}.json())
	before := w.spent()
	tagged, err := w.tag("Claim", claim.Key.ID)
	require.NoError(t, err)
	require.Equal(t, claim.Version+1, tagged.Version)
	require.Nil(t, tagged.Result, "a tag is no content: nothing is decided again")
	require.Equal(t, before, w.spent())
	_, err = w.tag("ClaimResponse", claim.Result.ID())
	requireStatus(t, err, http.StatusUnprocessableEntity, "ClaimResponse.insurer")
	w.verify()
	w.cancel(claim.Key.ID)
	w.verify()

	failed := w.create(claimSpec{identifier: "T-2", patient: `{"reference":"Patient/nobody"}`}.json())
	require.Equal(t, "error", field(failed.Result, "outcome"))
	tagged, err = w.tag("Claim", failed.Key.ID)
	require.NoError(t, err)
	require.Nil(t, tagged.Result)
	require.Equal(t, failed.Result.VersionID(), w.get("ClaimResponse", failed.Result.ID()).VersionID())
}
