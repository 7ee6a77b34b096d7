package park

import "testing"

// BenchmarkPingPong is two goroutines that wake each other in turn: a switch to the other and
// a switch back, for each operation. It shows what two switches cost at least:
//
//	go test -run '^$' -bench PingPong -cpu 1 ./internal/park
func BenchmarkPingPong(b *testing.B) {
	b.Run("by=Parker", func(b *testing.B) {
		var ping, pong Parker
		ping.Init()
		pong.Init()
		pingPong(b, ping.Unpark, ping.Park, pong.Unpark, pong.Park)
	})
	b.Run("by=channel", func(b *testing.B) {
		ping, pong := make(chan struct{}, 1), make(chan struct{}, 1)
		pingPong(b, func() { ping <- struct{}{} }, func() { <-ping }, func() { pong <- struct{}{} }, func() { <-pong })
	})
}

func pingPong(b *testing.B, wake, await, wakeBack, awaitBack func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range b.N {
			await()
			wakeBack()
		}
	}()
	for range b.N {
		wake()
		awaitBack()
	}
	<-done
}
