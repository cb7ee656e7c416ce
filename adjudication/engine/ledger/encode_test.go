package ledger

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
)

func fullMember() *Member {
	return &Member{
		ID: "m", Version: "3", Sex: Female, Birth: today - 9000, Died: today, Inactive: true,
		Covers: []Cover{
			{ID: "a", Version: "1", Policy: "policy/p/G", Insurer: "Organization/i", Plan: "G", Period: day.Period{From: today}, Active: true, Stage: Renewed,
				MemberPays: money.New(125, 1), HasMemberPays: true, Identifiers: []string{"s|1", "s|2"}, Subscriber: "Patient/h"},
			{ID: "b", Period: day.Period{To: today}},
		},
		Tally: Tally{
			Seq: 9, Horizon: today - 2000,
			Uses:     []Use{{Policy: "p", Limit: "a", Period: today.Year(), Amount: money.New(-5, 2)}, {Policy: "p", Limit: "b", Amount: money.Whole(1)}, {Policy: "q", Limit: "a"}},
			Services: []Service{{Item: "x", Since: 5, Days: []Count{{Period: single(today), Times: 2}, {Period: day.Period{From: 3}, Times: 1}}}, {Item: "y"}},
			Reserved: []Hold{fullHold("a", today+30), {Authorization: "b", Until: today, Provisional: true}},
			Rolling: []Rolling{
				rolled(Rolling{Policy: "p", Limit: "r", Since: 7}, Spent{today - 40, money.Whole(3)}, Spent{today, money.New(250, 2)}),
				{Policy: "q", Limit: "r", Since: 9},
			},
			Fingerprints: seen(Fingerprint{Hash: 1, At: today}, Fingerprint{Hash: 1 << 63, At: 9}),
		},
	}
}

func rolled(r Rolling, all ...Spent) Rolling {
	for _, s := range all {
		if err := r.change(&Daily{At: s.At, Amount: s.Amount}); err != nil {
			panic(err)
		}
	}
	return r
}

func seen(all ...Fingerprint) (f Fingerprints) {
	for _, p := range all {
		p.Count = 1
		if err := f.add([]Fingerprint{p}, today); err != nil {
			panic(err)
		}
	}
	return f
}

func TestHeadsComeBack(t *testing.T) {
	m := fullMember()
	again, err := DecodeMember(m.Encode())
	require.NoError(t, err)
	require.Equal(t, m, again)

	p := &Policy{
		ID: "policy/p/G", Contract: "Contract/p", Version: "2", InForce: true, Period: day.Period{From: today, To: today + 364},
		Steps: []Step{{At: today, By: 3}, {At: today + 30, By: -1}}, Tally: m.Tally,
	}
	back, err := DecodePolicy(p.Encode())
	require.NoError(t, err)
	require.Equal(t, p, back)

	empty, err := DecodeMember((&Member{}).Encode())
	require.NoError(t, err)
	require.Equal(t, &Member{}, empty)
}

func TestEntriesComeBack(t *testing.T) {
	e := &Entry{
		Head: "member/m", Seq: 4, Claim: "c", Kind: Released, At: time.UnixMilli(1_780_000_000_123).UTC(), Today: today,
		Uses:         []Use{{Policy: "p", Limit: "l", Period: today.Year(), Amount: money.New(-100, 2)}},
		Provisions:   []Provision{{Item: "x", Period: single(today), Count: -1, Keep: 366}},
		Holds:        []Hold{fullHold("a", today+30)},
		Daily:        []Daily{{Policy: "p", Limit: "r", At: today, Amount: money.New(-5, 1), Days: 30}},
		Fingerprints: []Fingerprint{{Hash: 1 << 60, At: today, Count: -1, Days: 7}},
	}
	again, err := DecodeEntry(e.Encode())
	require.NoError(t, err)
	require.Equal(t, e, again)
}

func TestDecodeRefusesWhatItCannotRead(t *testing.T) {
	good := fullMember().Encode()
	newer := append([]byte{}, good...)
	newer[1] = formatNow + 1
	_, err := DecodeMember(newer)
	require.ErrorIs(t, err, ErrNewerFormat)
	_, err = DecodePolicy(good)
	require.ErrorIs(t, err, ErrCorrupt)
	for cut := range good {
		_, err := DecodeMember(good[:cut])
		require.ErrorIs(t, err, ErrCorrupt, "cut at %d", cut)
	}
	_, err = DecodeMember(append(append([]byte{}, good...), 0))
	require.ErrorIs(t, err, ErrCorrupt, "left over")
}

func TestAnyPeriodComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := day.Period{From: day.Date(rapid.IntRange(0, int(day.Forever)).Draw(t, "from")), To: day.Date(rapid.IntRange(0, int(day.Forever)).Draw(t, "to"))}
		policy := &Policy{Period: p}
		again, err := DecodePolicy(policy.Encode())
		require.NoError(t, err)
		require.Equal(t, p, again.Period)
	})
}

func FuzzDecode(f *testing.F) {
	f.Add(fullMember().Encode())
	f.Add((&Policy{ID: "p", Steps: []Step{{At: 5, By: 1}}}).Encode())
	f.Add((&Entry{Head: "h", Kind: Used, Provisions: []Provision{{Item: "x", Period: single(7), Count: 1}}}).Encode())
	f.Add((&Entry{Head: "h", Daily: []Daily{{Limit: "r", At: today, Amount: money.Whole(1), Days: 9}}, Fingerprints: []Fingerprint{{Hash: 5, At: 6}}}).Encode())
	f.Add((&Policy{Tally: fullMember().Tally}).Encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		if m, err := DecodeMember(data); err == nil {
			again, err := DecodeMember(m.Encode())
			require.NoError(t, err)
			require.Equal(t, m, again)
		}
		if p, err := DecodePolicy(data); err == nil {
			again, err := DecodePolicy(p.Encode())
			require.NoError(t, err)
			require.Equal(t, p, again)
		}
		if e, err := DecodeEntry(data); err == nil {
			again, err := DecodeEntry(e.Encode())
			require.NoError(t, err)
			require.Equal(t, e, again)
		}
	})
}
