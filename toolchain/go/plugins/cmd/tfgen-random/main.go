// tfgen-random writes the schema that pulumi-resource-random embeds: tfgen-random schema --out DIR.
package main

import (
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfgen"

	"medusa-infra.invalid/toolchain/plugins/random"
)

func main() { tfgen.Main("random", random.Provider()) }
