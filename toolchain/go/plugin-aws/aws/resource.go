package aws

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	tfshim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim"
)

type fields = map[string]*tfbridge.SchemaInfo

var (
	// The SDK takes the document as an object as well.
	document = &tfbridge.SchemaInfo{Transform: tfbridge.TransformJSONDocument}
	// A list in the SDK, although Terraform takes but one.
	list = &tfbridge.SchemaInfo{MaxItemsOne: tfbridge.False()}
	// Text in Terraform, so that it can be told from none.
	boolean = &tfbridge.SchemaInfo{Type: "boolean"}
	integer = &tfbridge.SchemaInfo{Type: "integer"}
)

// Where the npm SDK differs from what the bridge would make of the Terraform schema.
var overrides = map[string]fields{
	"aws_appautoscaling_scheduled_action": {
		"scalable_target_action": {Elem: &tfbridge.SchemaInfo{
			Fields: fields{"max_capacity": integer, "min_capacity": integer},
		}},
	},
	"aws_cloudwatch_log_resource_policy": {"policy_document": document},
	"aws_db_parameter_group": {
		"parameter": {Elem: &tfbridge.SchemaInfo{Fields: fields{
			"apply_method": {Default: &tfbridge.DefaultInfo{Value: "immediate"}},
		}}},
	},
	"aws_default_security_group": {"egress": {Name: "egress"}, "ingress": {Name: "ingress"}},
	"aws_ecr_lifecycle_policy":   {"policy": document},
	"aws_ecr_repository_policy":  {"policy": document},
	"aws_ecs_service": {
		"service_connect_configuration": {Elem: &tfbridge.SchemaInfo{Fields: fields{
			"service": {Elem: &tfbridge.SchemaInfo{Fields: fields{
				"client_alias": {Name: "clientAlias", MaxItemsOne: tfbridge.False()},
			}}},
		}}},
	},
	"aws_elasticache_replication_group": {
		"at_rest_encryption_enabled": boolean,
		"auto_minor_version_upgrade": boolean,
	},
	"aws_iam_policy": {"policy": document},
	"aws_iam_role": {
		"assume_role_policy": document,
		"inline_policy": {Elem: &tfbridge.SchemaInfo{Fields: fields{
			"name": tfbridge.AutoName("name", 128, "-"),
		}}},
	},
	"aws_iam_role_policy": {"policy": document},
	"aws_lb_target_group": {"deregistration_delay": integer},
	"aws_network_acl":     {"egress": {Name: "egress"}, "ingress": {Name: "ingress"}},
	"aws_route53_record": {
		"name":                       {Name: "name"}, // of the record: never made up
		"alias":                      list,
		"failover_routing_policy":    list,
		"geolocation_routing_policy": list,
		"latency_routing_policy":     list,
		"weighted_routing_policy":    list,
	},
	"aws_s3_bucket":        {"policy": document},
	"aws_s3_bucket_policy": {"policy": document},
	"aws_security_group":   {"egress": {Name: "egress"}, "ingress": {Name: "ingress"}},
}

// A name that is made up where the program gives none is up to 255 characters of the field `name`, but for these.
var autonames = map[string]fields{
	"aws_db_instance":                   {"identifier": tfbridge.AutoName("identifier", 255, "")},
	"aws_elasticache_replication_group": {"replication_group_id": tfbridge.AutoNameTransform("replicationGroupId", 40, strings.ToLower)},
	"aws_iam_role":                      {"name": tfbridge.AutoName("name", 64, "-")},
	"aws_kms_alias":                     {"name": keyAlias},
	"aws_lb":                            {"name": tfbridge.AutoName("name", 32, "-")},
	"aws_lb_target_group":               {"name": tfbridge.AutoName("name", 32, "-")},
	"aws_s3_bucket":                     {"bucket": tfbridge.AutoNameTransform("bucket", 63, strings.ToLower)},
}

// https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html
var keyAlias = tfbridge.AutoNameWithCustomOptions("name", tfbridge.AutoNameOptions{
	Separator: "-",
	Maxlen:    238,
	Randlen:   7,
	PostTransform: func(_ *tfbridge.PulumiResource, name string) (string, error) {
		return "alias/" + strings.TrimPrefix(name, "alias/"), nil
	},
})

// Created again, they would be what is there already, and then be deleted.
var deletedBeforeReplaced = map[string]bool{
	"aws_ecr_lifecycle_policy":       true,
	"aws_iam_role_policy_attachment": true,
}

// resource describes one resource to the bridge. Those written with Terraform's framework have no older form.
func resource(name string, class class, upstream tfshim.Resource, older *schema.Resource) *tfbridge.ResourceInfo {
	info := &tfbridge.ResourceInfo{
		Tok:                 tfbridge.MakeResource("aws", class.module, class.name),
		Fields:              fields{},
		DeleteBeforeReplace: deletedBeforeReplaced[name],
	}
	for _, table := range []map[string]fields{autonames, overrides} {
		for field, override := range table[name] {
			info.Fields[field] = override
		}
	}
	if older != nil {
		for field, declared := range older.SchemaMap() {
			if declared.Default == "Managed by Terraform" {
				info.Fields[field] = &tfbridge.SchemaInfo{Default: &tfbridge.DefaultInfo{Value: "Managed by Pulumi"}}
			}
		}
	}
	// The provider computes it from `tags` and its own default tags.
	if _, ok := upstream.Schema().GetOk("tags_all"); ok {
		info.Fields["tags_all"] = &tfbridge.SchemaInfo{MarkAsComputedOnly: tfbridge.True()}
	}
	return info
}
