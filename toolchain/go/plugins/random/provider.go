// Package random maps HashiCorp's Terraform provider to the tokens and names of the npm package @pulumi/random.
package random

import (
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	bridge "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/terraform-providers/terraform-provider-random/shim"
)

// The Terraform resource and the class of the npm SDK.
var resources = map[string]string{
	"random_bytes":    "RandomBytes",
	"random_id":       "RandomId",
	"random_integer":  "RandomInteger",
	"random_password": "RandomPassword",
	"random_pet":      "RandomPet",
	"random_shuffle":  "RandomShuffle",
	"random_string":   "RandomString",
	"random_uuid":     "RandomUuid",
}

// Provider describes the plugin to the bridge.
func Provider() bridge.ProviderInfo {
	info := bridge.ProviderInfo{
		P:            tfbridge.ShimProvider(shim.New()),
		Name:         "random",
		Version:      Version,
		GitHubOrg:    "hashicorp",
		MetadataInfo: bridge.NewProviderMetadata(Generated("bridge-metadata.json")),
		Resources:    map[string]*bridge.ResourceInfo{},
	}
	for tf, class := range resources {
		info.Resources[tf] = &bridge.ResourceInfo{Tok: bridge.MakeResource("random", "index", class)}
	}
	return info
}
