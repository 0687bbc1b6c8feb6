"""ECR's repositories, in a registry of the test: Docker cannot push to moto."""
import os

from moto.ecr.models import Repository
from moto.ecr.responses import ECRResponse

REGISTRY = os.environ.get("MOTO_ECR_REGISTRY")  # host and port
_init = Repository.__init__
_token = ECRResponse.get_authorization_token


def __init__(self, *args, **kwargs):
    _init(self, *args, **kwargs)
    self.uri = f"{REGISTRY}/{self.name}"


def get_authorization_token(self):
    answer = _token(self)
    for data in answer.result["authorizationData"]:
        data["proxyEndpoint"] = f"http://{REGISTRY}"
    return answer


if REGISTRY:
    Repository.__init__ = __init__
    ECRResponse.get_authorization_token = get_authorization_token
