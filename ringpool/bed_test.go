package ringpool

import (
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
)

// Each wake ends one sleep, whichever comes first.
func TestEachWakeEndsOneSleep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b bed
		b.make()
		slept := 0
		go func() {
			for range 3 {
				b.sleep()
				slept++
			}
		}()
		for want := range 3 {
			synctest.Wait()
			require.Equal(t, want, slept)
			b.wake()
		}
		synctest.Wait()
		require.Equal(t, 3, slept)

		b.wake()
		b.sleep() // returns, or the bubble is deadlocked
	})
}

// Two goroutines put each other to sleep and wake each other. A lost wake-up
// is a deadlock, which the bubble reports; what one wrote before its wake the
// other reads, and the race detector judges the order.
func TestNoWakeOfABedIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ping, pong bed
		ping.make()
		pong.make()
		var wg sync.WaitGroup
		baton := 0
		const rounds = 20_000
		wg.Go(func() {
			for i := range rounds {
				ping.sleep()
				if baton != 2*i+1 {
					t.Errorf("baton is %d in round %d", baton, i)
				}
				baton++
				pong.wake()
			}
		})
		for range rounds {
			baton++
			ping.wake()
			pong.sleep()
		}
		wg.Wait()
		require.Equal(t, 2*rounds, baton)
	})
}
