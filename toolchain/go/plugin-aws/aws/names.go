package aws

import "strings"

// The Terraform resource and the class of the npm SDK. What is not listed here is not in the plugin; an addition may
// need a service more in toolchain/pins.json.
var resources = classes(map[string]string{
	"aws_acm_certificate":            "acm/Certificate",
	"aws_acm_certificate_validation": "acm/CertificateValidation",

	"aws_appautoscaling_policy":           "appautoscaling/Policy",
	"aws_appautoscaling_scheduled_action": "appautoscaling/ScheduledAction",
	"aws_appautoscaling_target":           "appautoscaling/Target",

	"aws_cloudwatch_log_group":           "cloudwatch/LogGroup",
	"aws_cloudwatch_log_resource_policy": "cloudwatch/LogResourcePolicy",

	"aws_default_route_table":             "ec2/DefaultRouteTable",
	"aws_default_security_group":          "ec2/DefaultSecurityGroup",
	"aws_eip":                             "ec2/Eip",
	"aws_flow_log":                        "ec2/FlowLog",
	"aws_internet_gateway":                "ec2/InternetGateway",
	"aws_nat_gateway":                     "ec2/NatGateway",
	"aws_network_acl":                     "ec2/NetworkAcl",
	"aws_route":                           "ec2/Route",
	"aws_route_table":                     "ec2/RouteTable",
	"aws_route_table_association":         "ec2/RouteTableAssociation",
	"aws_security_group":                  "ec2/SecurityGroup",
	"aws_subnet":                          "ec2/Subnet",
	"aws_vpc":                             "ec2/Vpc",
	"aws_vpc_endpoint":                    "ec2/VpcEndpoint",
	"aws_vpc_security_group_egress_rule":  "vpc/SecurityGroupEgressRule",
	"aws_vpc_security_group_ingress_rule": "vpc/SecurityGroupIngressRule",

	"aws_ecr_lifecycle_policy":  "ecr/LifecyclePolicy",
	"aws_ecr_repository":        "ecr/Repository",
	"aws_ecr_repository_policy": "ecr/RepositoryPolicy",

	"aws_ecs_cluster":                    "ecs/Cluster",
	"aws_ecs_cluster_capacity_providers": "ecs/ClusterCapacityProviders",
	"aws_ecs_service":                    "ecs/Service",
	"aws_ecs_task_definition":            "ecs/TaskDefinition",

	"aws_elasticache_parameter_group":   "elasticache/ParameterGroup",
	"aws_elasticache_replication_group": "elasticache/ReplicationGroup",
	"aws_elasticache_subnet_group":      "elasticache/SubnetGroup",
	"aws_elasticache_user":              "elasticache/User",
	"aws_elasticache_user_group":        "elasticache/UserGroup",

	"aws_iam_policy":                 "iam/Policy",
	"aws_iam_role":                   "iam/Role",
	"aws_iam_role_policy":            "iam/RolePolicy",
	"aws_iam_role_policy_attachment": "iam/RolePolicyAttachment",

	"aws_kms_alias": "kms/Alias",
	"aws_kms_key":   "kms/Key",

	"aws_lb":                      "lb/LoadBalancer",
	"aws_lb_listener":             "lb/Listener",
	"aws_lb_listener_certificate": "lb/ListenerCertificate",
	"aws_lb_listener_rule":        "lb/ListenerRule",
	"aws_lb_target_group":         "lb/TargetGroup",

	"aws_db_instance":                 "rds/Instance",
	"aws_db_parameter_group":          "rds/ParameterGroup",
	"aws_db_subnet_group":             "rds/SubnetGroup",
	"aws_rds_cluster":                 "rds/Cluster",
	"aws_rds_cluster_instance":        "rds/ClusterInstance",
	"aws_rds_cluster_parameter_group": "rds/ClusterParameterGroup",

	"aws_route53_record": "route53/Record",
	"aws_route53_zone":   "route53/Zone",

	"aws_s3_bucket":                                      "s3/Bucket",
	"aws_s3_bucket_lifecycle_configuration":              "s3/BucketLifecycleConfiguration",
	"aws_s3_bucket_ownership_controls":                   "s3/BucketOwnershipControls",
	"aws_s3_bucket_policy":                               "s3/BucketPolicy",
	"aws_s3_bucket_public_access_block":                  "s3/BucketPublicAccessBlock",
	"aws_s3_bucket_server_side_encryption_configuration": "s3/BucketServerSideEncryptionConfiguration",
	"aws_s3_bucket_versioning":                           "s3/BucketVersioning",

	"aws_secretsmanager_secret":         "secretsmanager/Secret",
	"aws_secretsmanager_secret_policy":  "secretsmanager/SecretPolicy",
	"aws_secretsmanager_secret_version": "secretsmanager/SecretVersion",

	"aws_ssm_parameter": "ssm/Parameter",

	"aws_wafv2_web_acl":             "wafv2/WebAcl",
	"aws_wafv2_web_acl_association": "wafv2/WebAclAssociation",
})

// The Terraform data source and the function of the npm SDK.
var functions = classes(map[string]string{
	"aws_availability_zones":      "index/getAvailabilityZones",
	"aws_caller_identity":         "index/getCallerIdentity",
	"aws_ecr_authorization_token": "ecr/getAuthorizationToken",
	"aws_iam_policy_document":     "iam/getPolicyDocument",
	"aws_partition":               "index/getPartition",
	"aws_region":                  "index/getRegion",
	"aws_route53_zone":            "route53/getZone",
	"aws_ssm_parameter":           "ssm/getParameter",
	"aws_ssm_parameters_by_path":  "ssm/getParametersByPath",
})

// class is what the npm SDK calls a resource or function: `ec2/Vpc`.
type class struct{ module, name string }

func classes(table map[string]string) map[string]class {
	parsed := map[string]class{}
	for terraform, pulumi := range table {
		module, name, _ := strings.Cut(pulumi, "/")
		parsed[terraform] = class{module, name}
	}
	return parsed
}
