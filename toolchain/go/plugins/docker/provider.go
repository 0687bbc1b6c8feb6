// Package docker maps the kreuzwerker Terraform provider to the tokens and names of the npm package @pulumi/docker.
package docker

import (
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/terraform-providers/terraform-provider-docker/shim"
)

func resource(class string) *tfbridge.ResourceInfo {
	return &tfbridge.ResourceInfo{Tok: tfbridge.MakeResource("docker", "index", class)}
}

func function(name string) *tfbridge.DataSourceInfo {
	return &tfbridge.DataSourceInfo{Tok: tfbridge.MakeDataSource("docker", "index", name)}
}

// keepName leaves a name as the program gave it; a generated suffix would point at another image.
func keepName(r *tfbridge.ResourceInfo) *tfbridge.ResourceInfo {
	r.Fields = map[string]*tfbridge.SchemaInfo{"name": {Name: "name"}}
	return r
}

// Provider describes the plugin to the bridge.
func Provider() tfbridge.ProviderInfo {
	container := resource("Container")
	// Names and published ports are exclusive on one engine, so the old container goes first unless the program says
	// deleteBeforeReplace: false.
	container.DeleteBeforeReplace = true
	container.Fields = map[string]*tfbridge.SchemaInfo{
		// Singular although a list, as in the npm SDK.
		"command":           {Name: "command"},
		"networks_advanced": {Name: "networksAdvanced"},
	}
	info := tfbridge.ProviderInfo{
		P:            shimv2.NewProvider(shim.New(Version)),
		Name:         "docker",
		Version:      Version,
		GitHubOrg:    "kreuzwerker",
		MetadataInfo: tfbridge.NewProviderMetadata(Generated("bridge-metadata.json")),
		Config: map[string]*tfbridge.SchemaInfo{
			"host": {
				Default:        &tfbridge.DefaultInfo{EnvVars: []string{"DOCKER_HOST"}},
				MarkAsOptional: tfbridge.True(),
			},
			"registry_auth": {Name: "registryAuth"},
		},
		Resources: map[string]*tfbridge.ResourceInfo{
			"docker_buildx_builder": resource("BuildxBuilder"),
			"docker_config":         resource("ServiceConfig"),
			"docker_container":      container,
			"docker_image":          keepName(resource("RemoteImage")),
			"docker_network":        resource("Network"),
			"docker_plugin":         resource("Plugin"),
			"docker_registry_image": resource("RegistryImage"),
			"docker_secret":         resource("Secret"),
			"docker_service":        resource("Service"),
			"docker_tag":            resource("Tag"),
			"docker_volume":         resource("Volume"),
		},
		DataSources: map[string]*tfbridge.DataSourceInfo{
			"docker_image":                    function("getRemoteImage"),
			"docker_logs":                     function("getLogs"),
			"docker_network":                  function("getNetwork"),
			"docker_plugin":                   function("getPlugin"),
			"docker_registry_image":           function("getRegistryImage"),
			"docker_registry_image_manifests": function("getRegistryImageManifests"),
		},
	}
	info.SetAutonaming(255, "-")
	return info
}
