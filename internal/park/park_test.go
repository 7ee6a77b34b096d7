package park

import (
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
)

// Each Unpark ends one Park, whichever comes first.
func TestEachUnparkEndsOnePark(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b Parker
		b.Init()
		slept := 0
		go func() {
			for range 3 {
				b.Park()
				slept++
			}
		}()
		for want := range 3 {
			synctest.Wait()
			require.Equal(t, want, slept)
			b.Unpark()
		}
		synctest.Wait()
		require.Equal(t, 3, slept)

		b.Unpark()
		b.Park() // returns, or the bubble is deadlocked
	})
}

// Two goroutines park, and unpark each other. A lost wake-up is a deadlock,
// which the bubble reports. Each reads what the other wrote before the Unpark,
// so that the race detector checks the order.
func TestNoUnparkIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ping, pong Parker
		ping.Init()
		pong.Init()
		var wg sync.WaitGroup
		baton := 0
		const rounds = 20_000
		wg.Go(func() {
			for i := range rounds {
				ping.Park()
				if baton != 2*i+1 {
					t.Errorf("baton is %d in round %d", baton, i)
				}
				baton++
				pong.Unpark()
			}
		})
		for range rounds {
			baton++
			ping.Unpark()
			pong.Park()
		}
		wg.Wait()
		require.Equal(t, 2*rounds, baton)
	})
}
