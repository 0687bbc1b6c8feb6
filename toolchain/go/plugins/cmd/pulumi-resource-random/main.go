// pulumi-resource-random is the Pulumi plugin for the resources of @pulumi/random.
package main

import (
	"context"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"

	"medusa-infra.invalid/toolchain/plugins/random"
)

func main() {
	tfbridge.Main(context.Background(), "random", random.Provider(),
		tfbridge.ProviderMetadata{PackageSchema: random.Generated("schema.json")})
}
