// pulumi-resource-docker is the Pulumi plugin for the resources of @pulumi/docker (docker.Image aside, which is no
// Terraform resource).
package main

import (
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"

	"medusa-infra.invalid/toolchain/plugins/docker"
)

func main() {
	tfbridge.Main("docker", docker.Version, docker.Provider(), docker.Generated("schema.json"))
}
