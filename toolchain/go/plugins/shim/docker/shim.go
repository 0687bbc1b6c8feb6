// Package shim opens the Docker provider's constructor, which lives in an internal package. Go checks that rule by
// import path alone, so a module with a path below the provider's own may import it.
package shim

import (
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/terraform-providers/terraform-provider-docker/internal/provider"
)

// New returns the upstream provider; version goes into its user agent.
func New(version string) *schema.Provider { return provider.New(version)() }
