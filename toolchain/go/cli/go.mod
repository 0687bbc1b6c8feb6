module medusa-infra.invalid/toolchain/cli

go 1.25.11

require (
	github.com/aws/aws-sdk-go-v2/service/kms v1.53.0
	github.com/djherbis/times v1.6.0
	github.com/klauspost/compress v1.18.5
	github.com/moby/term v0.5.2
	github.com/pulumi/pulumi/pkg/v3 v3.250.0
	github.com/pulumi/pulumi/sdk/v3 v3.250.0
	github.com/santhosh-tekuri/jsonschema/v5 v5.3.1
	github.com/zclconf/go-cty v1.18.1
	golang.org/x/crypto v0.54.0
	golang.org/x/net v0.57.0
	golang.org/x/sync v0.22.0
	golang.org/x/sys v0.47.0
	golang.org/x/term v0.45.0
	golang.org/x/text v0.40.0
	google.golang.org/protobuf v1.36.12
)
