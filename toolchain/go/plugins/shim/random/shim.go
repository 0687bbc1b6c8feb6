// Package shim opens the random provider's constructor, which lives in an internal package. Go checks that rule by
// import path alone, so a module with a path below the provider's own may import it.
package shim

import (
	tf "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/terraform-providers/terraform-provider-random/internal/provider"
)

// New returns the upstream provider.
func New() tf.Provider { return provider.New() }
