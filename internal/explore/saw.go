package explore

// Saw says that the step that the caller is about to make also depends on o. It is
// called between Before and Did where a step looks at more than one object.
func (r *Run) Saw(o *Object) { r.advance(r.current, o.past) }
