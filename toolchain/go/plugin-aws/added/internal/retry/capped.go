package retry

import (
	"os"
	"time"
)

// longestWait is what $AWS_WAIT_CAP says (`1s`): for an emulator, which is done at once where AWS takes minutes. Zero, as
// without the variable, leaves the provider's own delays.
var longestWait, _ = time.ParseDuration(os.Getenv("AWS_WAIT_CAP"))

func capped(wait time.Duration) time.Duration {
	if longestWait > 0 && wait > longestWait {
		return longestWait
	}
	return wait
}
