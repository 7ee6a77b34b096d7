// Package overload offers a service a load that does not depend on how the
// service gets on, and tells what became of each caller.
//
// The callers of a service do not know of each other, and do not come more
// slowly because it is slow. So the time of each arrival is fixed before the
// first ([Arrivals]), each caller is a goroutine of its own ([Offer]), and its
// time counts from the planned arrival. A generator that waits for one answer
// before it asks again leaves out the callers that a slow service hits most
// (the "coordinated omission" of Gil Tene).
package overload

import (
	"math/rand/v2"
	"time"
)

// Arrivals returns the times, in their order and before end, at which the
// callers of a Poisson process come, with a mean of rate callers per second.
func Arrivals(random *rand.Rand, rate float64, end time.Duration) []time.Duration {
	gap := float64(time.Second) / rate
	var list []time.Duration
	for at := random.ExpFloat64() * gap; at < float64(end); at += random.ExpFloat64() * gap {
		list = append(list, time.Duration(at))
	}
	return list
}
