// Package aws maps HashiCorp's Terraform provider to the tokens and names of the npm package @pulumi/aws.
package aws

import (
	"context"

	"github.com/hashicorp/terraform-provider-aws/shim"
	pf "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	tfshim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
)

// Provider describes the plugin to the bridge.
func Provider() tfbridge.ProviderInfo {
	ctx := context.Background()
	older, newer, err := shim.New(ctx)
	if err != nil {
		panic(err)
	}
	upstream := pf.MuxShimWithPF(ctx, shimv2.NewProvider(older), newer)
	info := tfbridge.ProviderInfo{
		P:            upstream,
		Name:         "aws",
		Version:      Version,
		GitHubOrg:    "hashicorp",
		MetadataInfo: tfbridge.NewProviderMetadata(Generated("bridge-metadata.json")),
		Config: map[string]*tfbridge.SchemaInfo{
			"skip_metadata_api_check": {Type: "boolean"},
		},
		Resources:   map[string]*tfbridge.ResourceInfo{},
		DataSources: map[string]*tfbridge.DataSourceInfo{},
	}
	for name, class := range resources {
		info.Resources[name] = resource(name, class, upstream.ResourcesMap().Get(name), older.ResourcesMap[name])
	}
	for name, class := range functions {
		info.DataSources[name] = &tfbridge.DataSourceInfo{Tok: tfbridge.MakeDataSource("aws", class.module, class.name)}
	}
	// A mapping of one kind overrides what is ignored by the same name of the other kind.
	upstream.ResourcesMap().Range(func(name string, _ tfshim.Resource) bool {
		if info.Resources[name] == nil {
			info.IgnoreMappings = append(info.IgnoreMappings, name)
		}
		return true
	})
	upstream.DataSourcesMap().Range(func(name string, _ tfshim.Resource) bool {
		if info.DataSources[name] == nil {
			info.IgnoreMappings = append(info.IgnoreMappings, name)
		}
		return true
	})
	info.SetAutonaming(255, "-")
	return info
}
