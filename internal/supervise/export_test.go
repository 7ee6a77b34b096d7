package supervise

// InCallers returns how many tasks run in callers, as s counts them.
func InCallers(s *Supervisor) int64 { return s.inCallers.Load() }
