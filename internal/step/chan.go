package step

// A Case says which case of a select was chosen.
type Case int

const (
	Sent   Case = iota // the value was sent
	Opened             // the latch is open
	Ended              // the context has ended
)
