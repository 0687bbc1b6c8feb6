"""Runs Parliament over policies: a JSON object of name and document on standard input, what was found on standard output."""
import json
import pathlib
import sys

import parliament

# Severities of what the community's auditors find.
parliament.override_config(pathlib.Path(parliament.__file__).parent / "community_auditors" / "config_override.yaml")

found = []
for name, document in json.load(sys.stdin).items():
    analyzed = parliament.analyze_policy_string(json.dumps(document), include_community_auditors=True)
    for finding in map(parliament.enhance_finding, analyzed.findings):
        found.append({"policy": name, "issue": finding.issue, "severity": finding.severity.lower(), "detail": str(finding.detail)})
print(json.dumps(found))
