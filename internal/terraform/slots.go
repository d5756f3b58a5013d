package terraform

// Slots bound how many Terraforms run at once.
type Slots chan struct{}

// NewSlots are four: with the AWS provider each takes some 500 MB, and 2 GB are what a laptop and the
// smallest of the pipelines' machines have to spare. More processors do not add memory, and a plan
// waits for AWS most of its time.
func NewSlots() Slots { return make(Slots, 4) }

// Take waits for a free slot; call free when the Terraform in it has ended.
func (s Slots) Take() (free func()) {
	s <- struct{}{}
	return func() { <-s }
}
