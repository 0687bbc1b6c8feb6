"""Runs Prowler's checks of some services against an endpoint of AWS, and prints what they found as JSON.

Not by Prowler's command: that loads the clients of every cloud that Prowler knows, which are not installed here.
Arguments: the endpoint, the region, the services with commas between them."""
import importlib
import json
import logging
import os
import re
import sys

endpoint, region, services = sys.argv[1:]
os.environ.update(
    AWS_ENDPOINT_URL=endpoint,
    AWS_ACCESS_KEY_ID="auditor",
    AWS_SECRET_ACCESS_KEY="auditor",
    AWS_DEFAULT_REGION=region,
    AWS_EC2_METADATA_DISABLED="true",
)

# After the environment, which they read.
from prowler.lib.check.utils import recover_checks_from_provider
from prowler.providers.aws.aws_provider import AwsProvider
from prowler.providers.common.models import Audit_Metadata
from prowler.providers.common.provider import Provider

# Asks a service outside AWS, with a key.
SKIPPED = {"ec2_elastic_ip_shodan"}

unread = set()


class Collect(logging.Handler):
    """Prowler's services log what they could not read, and go on as if it were not there."""

    def emit(self, record):
        said = record.getMessage()
        what = (
            re.search(r"calling the (\w+) operation", said)
            or re.search(r"The (\w+) action has not", said)
            or re.search(r"URL: \"https?://[^/]+(/[\w/]+)", said)
            or re.search(r"(\w+(?:\[\d+\]|:\d+))", said)  # Its error, and the line of its source.
            or re.search(r"(.*)", said)
        )
        unread.add(f"{record.filename.removesuffix('.py')}: {what[1]}")


logging.getLogger().handlers = [Collect(logging.ERROR)]

checks = [
    (service, name)
    for service in services.split(",")
    for name, _ in recover_checks_from_provider("aws", service)
    if name not in SKIPPED
]
# An emulator that fails once fails again.
provider = AwsProvider(regions={region}, retries_max_attempts=1)
# Which calls a service makes depends on the checks that are to come.
provider.audit_metadata = Audit_Metadata(
    services_scanned=0, expected_checks=[name for _, name in checks], completed_checks=0, audit_progress=0
)
Provider.set_global_provider(provider)

results = []
for service, name in checks:
    module = importlib.import_module(f"prowler.providers.aws.services.{service}.{name}.{name}")
    check = getattr(module, name)()
    findings = [{"status": f.status, "says": f.status_extended} for f in check.execute()]
    results.append({"id": name, "severity": check.Severity.value, "findings": findings})
print(json.dumps({"checks": results, "unread": sorted(unread)}))
