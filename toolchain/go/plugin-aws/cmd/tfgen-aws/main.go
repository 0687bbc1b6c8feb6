// tfgen-aws writes the schema that pulumi-resource-aws embeds: tfgen-aws schema --out DIR.
package main

import (
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfgen"

	"medusa-infra.invalid/toolchain/plugin-aws/aws"
)

func main() { tfgen.MainWithMuxer("aws", aws.Provider()) }
