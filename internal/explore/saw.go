package explore

// Saw records that the current step also depends on o. It is called between Before
// and Did if a step looks at more than one object.
func (r *Run) Saw(o *Object) { r.advance(r.current, o.history) }
