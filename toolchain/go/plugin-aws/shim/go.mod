module github.com/hashicorp/terraform-provider-aws/shim

go 1.26.3

require (
	github.com/hashicorp/terraform-plugin-framework v1.19.0
	github.com/hashicorp/terraform-plugin-sdk/v2 v2.40.1
	github.com/hashicorp/terraform-provider-aws v0.0.0
)
