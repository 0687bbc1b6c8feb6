"""Asks an AWS service through boto3: a line of JSON in, one out, until standard input ends.

In: [service, operation, parameters]. Out: {"answer": ...} or {"error": ...}."""
import json
import sys

import boto3

endpoint, region = sys.argv[1:]
clients = {}


def ask(service, operation, parameters):
    if service not in clients:
        clients[service] = boto3.client(
            service,
            endpoint_url=endpoint,
            region_name=region,
            aws_access_key_id="looker",
            aws_secret_access_key="looker",
        )
    client = clients[service]
    if client.can_paginate(operation):
        answer = client.get_paginator(operation).paginate(**parameters).build_full_result()
    else:
        answer = getattr(client, operation)(**parameters)
    answer.pop("ResponseMetadata", None)
    return answer


for line in sys.stdin:
    try:
        reply = {"answer": ask(*json.loads(line))}
    except Exception as error:
        reply = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(reply, default=str), flush=True)
