// tfgen-docker writes the schema that pulumi-resource-docker embeds: tfgen-docker schema --out DIR.
package main

import (
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfgen"

	"medusa-infra.invalid/toolchain/plugins/docker"
)

func main() { tfgen.Main("docker", docker.Version, docker.Provider()) }
