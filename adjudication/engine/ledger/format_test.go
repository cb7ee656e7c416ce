package ledger

import (
	"encoding/hex"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/money"
)

// The stored forms of an older format, as that version of the program wrote them.
const (
	memberOfFormat1 = "4d01016d01330290cd2cb8932d0102016101310a706f6c6963792f702f470e4f7267616e697a6174696f6e2f690147b8932defa65a01010101fa010203737c3103737c3201620000000000f0a65a0000000009e8832d030001700161a1922dd8050209010162000000020001710161000000000201780502b8932d000403050201790000"
	policyOfFormat1 = "50010a706f6c6963792f702f470a436f6e74726163742f70013201000001b8932d0609e8832d030001700161a1922dd8050209010162000000020001710161000000000201780502b8932d000403050201790000"
	entryOfFormat1  = "4501086d656d6265722f6d04016303f6a1a484ce67b8932d01000170016ca1922dd80502c701010178b8932d0001dc05"

	memberOfFormat2 = "4d02016d01330290cd2cb8932d0102016101310a706f6c6963792f702f470e4f7267616e697a6174696f6e2f690147b8932defa65a01010101fa010203737c3103737c3201620000000000f0a65a0000000009e8832d030001700161a1922dd8050209010162000000020001710161000000000201780502b8932d000403050201790000020161d6932d000e4f7267616e697a6174696f6e2f66b6932d4001000a706f6c6963792f702f41076365696c696e67a1922dd80502f80a010178b8932d00023c010a706f6c6963792f702f4101000003616c6c000002f80a00010178000402f80a0162b8932d0100000000000000"
	entryOfFormat2  = "4502086d656d6265722f6d04016301ffdfe6a2e2a01cb8932d0000010161d6932d000e4f7267616e697a6174696f6e2f66b6932d4001000a706f6c6963792f702f41076365696c696e67a1922dd80502f80a010178b8932d00023c010a706f6c6963792f702f4101000003616c6c000002f80a00010178000402f80a"
)

func TestOlderFormatsAreRead(t *testing.T) {
	bytes := func(form string) []byte {
		data, err := hex.DecodeString(form)
		require.NoError(t, err)
		return data
	}
	want := fullMember()
	want.Covers[0].Subscriber, want.Rolling, want.Fingerprints, want.Reserved = "", nil, Fingerprints{}, nil
	m, err := DecodeMember(bytes(memberOfFormat1))
	require.NoError(t, err)
	require.Equal(t, want, m)
	again, err := DecodeMember(m.Encode())
	require.NoError(t, err)
	require.Equal(t, m, again, "it is written in the format of today")

	p, err := DecodePolicy(bytes(policyOfFormat1))
	require.NoError(t, err)
	require.Equal(t, &Policy{
		ID: "policy/p/G", Contract: "Contract/p", Version: "2", InForce: true, Steps: []Step{{At: today, By: 3}}, Tally: want.Tally,
	}, p)

	e, err := DecodeEntry(bytes(entryOfFormat1))
	require.NoError(t, err)
	require.Equal(t, &Entry{
		Head: "member/m", Seq: 4, Claim: "c", Kind: Released, At: time.UnixMilli(1_780_000_000_123).UTC(), Today: today,
		Uses:       []Use{{Policy: "p", Limit: "l", Period: today.Year(), Amount: money.New(-100, 2)}},
		Provisions: []Provision{{Item: "x", Period: single(today), Count: -1, Keep: 366}},
	}, e)

	want.Reserved = fullMember().Reserved
	for i := range want.Reserved {
		want.Reserved[i].Daily = nil
	}
	m, err = DecodeMember(bytes(memberOfFormat2))
	require.NoError(t, err)
	require.Equal(t, want, m)
	e, err = DecodeEntry(bytes(entryOfFormat2))
	require.NoError(t, err)
	hold := fullHold("a", today+30)
	hold.Daily = nil
	require.Equal(t, []Hold{hold}, e.Holds)
}
