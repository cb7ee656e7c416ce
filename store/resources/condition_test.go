package resources_test

import (
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/outcome"
	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/mongo"
	"claimwright/store/mongo/mongotest"
	"claimwright/store/resources"
	"claimwright/store/storetest"
)

// backends are the stores over which races are shown to be closed: what one of them orders by luck, another does not.
var backends = []struct {
	name string
	open func(*testing.T) store.Store
}{
	{"memory", func(*testing.T) store.Store { return storetest.NewMemory() }},
	{"sqlite", embedded},
	{"mongo", func(t *testing.T) store.Store {
		uri, _ := mongotest.Start(t)
		st, err := mongo.Open(t.Context(), uri)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, st.Close()) })
		return st
	}},
}

// TestConditionalWritesRace lets two servers do the same conditional write many times at once, over every backend.
func TestConditionalWritesRace(t *testing.T) {
	const clients = 12
	for _, backend := range backends {
		t.Run(backend.name, func(t *testing.T) {
			st := backend.open(t)
			servers := [2]*resources.Service{resources.New(st, resources.Options{}), resources.New(st, resources.Options{})}
			atOnce := func(t *testing.T, do func(s *resources.Service, i int) (*resources.Stored, error)) []*resources.Stored {
				results, errs := make([]*resources.Stored, clients), make([]error, clients)
				var group sync.WaitGroup
				for i := range clients {
					group.Go(func() { results[i], errs[i] = do(servers[i%2], i) })
				}
				group.Wait()
				for _, err := range errs {
					require.NoError(t, err)
				}
				return results
			}
			for query, content := range map[string]string{
				"identifier=http://n|1":     `"identifier":[{"system":"http://n","value":"1"}]`,
				"gender=other":              `"gender":"other"`,
				"gender=female&active=true": `"gender":"female","active":true`,
			} {
				t.Run("U4 "+query, func(t *testing.T) {
					results := atOnce(t, func(s *resources.Service, i int) (*resources.Stored, error) {
						doc := document(t, `{"resourceType":"Patient",%s,"name":[{"family":"f%d"}]}`, content, i)
						return s.UpdateWhere(t.Context(), clerk, query, doc, resources.UpdateOptions{})
					})
					created := 0
					for _, r := range results {
						require.Equal(t, results[0].Key, r.Key, "one resource")
						if r.Created {
							created++
						}
					}
					require.LessOrEqual(t, created, 1)
					q, _, err := search.Parse("Patient", query, search.Options{})
					require.NoError(t, err)
					n, err := servers[0].Count(t.Context(), clerk, q)
					require.NoError(t, err)
					require.EqualValues(t, 1, n)
				})
			}
			t.Run("D3 identifier=http://n|1", func(t *testing.T) {
				deleted := 0
				for _, r := range atOnce(t, func(s *resources.Service, _ int) (*resources.Stored, error) {
					return s.DeleteWhere(t.Context(), clerk, "Patient", "identifier=http://n|1", resources.DeleteOptions{})
				}) {
					if !r.Unchanged {
						deleted++
					}
				}
				require.Equal(t, 1, deleted)
			})
		})
	}
}

// TestConditionMeetsSecondMatch: a match that comes to be between the search and the commit is noticed.
func TestConditionMeetsSecondMatch(t *testing.T) {
	for _, backend := range backends {
		t.Run(backend.name, func(t *testing.T) {
			st := backend.open(t)
			other := resources.New(st, resources.Options{})
			between := &losing{Store: st}
			service := resources.New(between, resources.Options{})
			write := func(s *resources.Service, id string) {
				doc := document(t, numbered, id, "1")
				_, err := s.Update(t.Context(), clerk, key("Patient", id), doc, resources.UpdateOptions{})
				require.NoError(t, err)
			}
			write(other, "first")
			for i, do := range []func() error{
				func() error {
					_, err := service.UpdateWhere(t.Context(), clerk, "identifier=http://n|1",
						document(t, `{"resourceType":"Patient","active":true,"identifier":[{"system":"http://n","value":"1"}]}`), resources.UpdateOptions{})
					return err
				},
				func() error {
					_, err := service.DeleteWhere(t.Context(), clerk, "Patient", "identifier=http://n|1", resources.DeleteOptions{})
					return err
				},
			} {
				second := "second-" + strconv.Itoa(i)
				between.beforeNext = func() { write(other, second) }
				refused(t, do(), 412, outcome.MultipleMatches)
				_, err := other.Delete(t.Context(), clerk, key("Patient", second), resources.DeleteOptions{})
				require.NoError(t, err)
			}
			found, err := other.Read(t.Context(), clerk, key("Patient", "first"))
			require.NoError(t, err)
			require.EqualValues(t, 1, found.Version, "nothing was written")
		})
	}
}
