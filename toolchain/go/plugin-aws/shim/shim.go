// Package shim opens the AWS provider's constructors, which live in internal packages. Go checks that rule by import
// path alone, so a module with a path below the provider's own may import them.
package shim

import (
	"context"

	framework "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/terraform-provider-aws/internal"
	provider "github.com/hashicorp/terraform-provider-aws/internal/provider/framework"
	"github.com/hashicorp/terraform-provider-aws/internal/provider/sdkv2"
)

// New returns the two halves of the upstream provider: resources written with Terraform's SDK, and those written with
// its framework.
func New(ctx context.Context) (*schema.Provider, framework.Provider, error) {
	internal.RegisterSmarterrFS()
	older, err := sdkv2.NewProvider(ctx)
	if err != nil {
		return nil, nil, err
	}
	newer, err := provider.NewProvider(ctx, older)
	return older, newer, err
}
