package supervise

// InCallers returns how many tasks run in callers.
func InCallers() int64 { return inCallers.Load() }
