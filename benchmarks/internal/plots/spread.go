package plots

// spread returns places for labels: as near as possible to the wanted ones, which
// ascend, in the same order, at least this far apart, and between top and bottom.
// Labels that are too close become a block, which is centred on what they want.
func spread(want []float64, apart, top, bottom float64) []float64 {
	type block struct {
		first, n int
		middle   float64
	}
	var blocks []block
	for i, w := range want {
		b := block{i, 1, w}
		for {
			half := apart * float64(b.n-1) / 2
			b.middle = max(top+half, min(bottom-half, b.middle))
			if len(blocks) == 0 {
				break
			}
			above := blocks[len(blocks)-1]
			if b.middle-half-(above.middle+apart*float64(above.n-1)/2) >= apart {
				break
			}
			n := above.n + b.n
			sum := 0.0
			for _, v := range want[above.first : above.first+n] {
				sum += v
			}
			b = block{above.first, n, sum / float64(n)}
			blocks = blocks[:len(blocks)-1]
		}
		blocks = append(blocks, b)
	}
	var places []float64
	for _, b := range blocks {
		for i := range b.n {
			places = append(places, b.middle+apart*(float64(i)-float64(b.n-1)/2))
		}
	}
	return places
}
