// pulumi-resource-aws is the Pulumi plugin for those resources of @pulumi/aws that this project uses.
package main

import (
	"context"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"

	"medusa-infra.invalid/toolchain/plugin-aws/aws"
)

func main() {
	tfbridge.MainWithMuxer(context.Background(), "aws", aws.Provider(), aws.Generated("schema.json"))
}
