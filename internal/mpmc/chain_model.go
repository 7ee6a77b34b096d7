//go:build modelcheck

package mpmc

// Current returns the ring that a push goes to at this instant. It is the newest,
// except between A2 and A4. It is for scenarios that look at a chain from outside.
func (c *Chain[T]) Current() *Link[T] {
	l := c.newest.Load()
	for l.tail.Load()&l.closed != 0 && l.next.Load() != nil {
		l = l.next.Load()
	}
	return l
}
