"""ECR's repositories, in a registry of the test: Docker cannot push to moto."""
import os

from moto.ecr.models import Repository
from moto.ecr.responses import ECRResponse

REGISTRY = os.environ.get("MOTO_ECR_REGISTRY")  # host and port
_init = Repository.__init__


def __init__(self, *args, **kwargs):
    _init(self, *args, **kwargs)
    self.uri = f"{REGISTRY}/{self.name}"


if REGISTRY:
    Repository.__init__ = __init__
