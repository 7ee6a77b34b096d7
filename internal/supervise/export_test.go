package supervise

// InCallers returns how many tasks of s run in callers.
func InCallers(s *Supervisor) int64 { return s.inCallers.Load() }
