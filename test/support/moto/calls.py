"""Writes each call that moto gets into a file, a line of JSON each: for the tests of who may make it.

Of its parameters only what names a resource is kept, so that no secret's value is written, and the tag
of the project, which decides who may make the call."""
import json
import os
import re
import threading

from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import determine_request_protocol
from moto.core.responses import BaseResponse
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model

FILE = os.environ.get("MOTO_CALLS")
REST = ("rest-json", "rest-xml")
NAMING = re.compile(
    r"(names?|identifier|ids?|arn|arns|resource|resources|resourceList|bucket|path|cluster|service|services|family|taskDefinition|tasks?)$",
    re.IGNORECASE,
)
# Of whoever is not the test itself (ask.py).
SCOPE = re.compile(r"Credential=(?!looker/)[^/]+/\d+/([^/]+)/([^/]+)/aws4_request")
PROJECT_TAG = "medusa-infra.project"
LOCK = threading.Lock()
_setup_class = BaseResponse.setup_class


def _naming(parameters):
    """Texts below keys that name resources, at any depth, by key."""
    found = {}

    def walk(key, value):
        if isinstance(value, dict):
            for inner, below in value.items():
                walk(inner, below)
        elif isinstance(value, (list, tuple)):
            for below in value:
                walk(key, below)
        elif isinstance(value, str) and NAMING.search(key):
            found.setdefault(key, []).append(value)

    walk("", parameters)
    return found


def _project(parameters):
    """Value of the project's tag among the parameters; None without one. Services spell tags differently."""
    if isinstance(parameters, dict):
        if PROJECT_TAG in parameters:
            return parameters[PROJECT_TAG]
        spelt = {key.lower().removeprefix("tag"): value for key, value in parameters.items()}
        if spelt.get("key") == PROJECT_TAG:
            return spelt.get("value")
        parameters = list(parameters.values())
    if not isinstance(parameters, (list, tuple)):
        return None
    found = (_project(below) for below in parameters)
    return next((each for each in found if each is not None), None)


def _operation(response, request):
    """The operation's name, its parameters and the project's tag, by botocore's model of the service."""
    service = get_service_model(response.boto3_service_name)
    protocol = determine_request_protocol(service, request.content_type)
    if protocol in REST:
        model, url_params = get_service_router(response.boto3_service_name).match(request)
    else:
        model, url_params = service.operation_model(response._get_action()), {}
    parsed = PROTOCOL_PARSERS[protocol](model, map_type=dict).parse(
        {
            "method": request.method,
            "values": request.values,
            "headers": request.headers,
            "body": request.data,
            "url_path": request.path,
            "url_params": url_params,
        }
    )
    return model.name, _naming(parsed), _project(parsed)


def setup_class(self, request, *args, **kwargs):
    out = _setup_class(self, request, *args, **kwargs)
    scope = SCOPE.search(request.headers.get("Authorization", ""))
    if scope:
        region, service = scope.groups()
        try:
            name, parameters, project = _operation(self, request)
        except Exception as error:  # What is not understood must not go unseen: the test fails on it.
            name, parameters = f"{type(error).__name__} at {request.method} {request.path}", {}
            project = None
        call = {
            "service": service,
            "region": region,
            "operation": name,
            "parameters": parameters,
            "project": project,
        }
        with LOCK, open(FILE, "a", encoding="utf8") as file:
            file.write(json.dumps(call) + "\n")
    return out


if FILE:
    BaseResponse.setup_class = setup_class
