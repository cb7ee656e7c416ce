package compartment

// LookAt sets how many resources are looked at for what they refer to.
func (w *Walk) LookAt(n int) { w.referring = n }
