package step

// A Case says which case of a select was taken.
type Case int

const (
	Sent   Case = iota // the value
	Opened             // the latch is open
	Ended              // the context has ended
)
