"""moto's server with what the AWS provider and its waiters need and moto lacks.

Each part below says what AWS does there. State is in memory: a new process is an empty account."""
import os, sys, threading
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")  # arn:aws:iam::aws:policy/... can be attached
os.environ.setdefault("MOTO_ACM_VALIDATION_WAIT", "1")  # a certificate is issued after a second
os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")  # nobody starts an instance, and a thousand snapshots take seconds

import ecs, elasticache  # Beside this file.
from told import tell

# A parameter that was set is the user's.
from moto.rds.models import DBParameterGroup
_update = DBParameterGroup.update_parameters

def update_parameters(self, new_parameters):
    new_parameters = list(new_parameters)
    _update(self, new_parameters)
    for p in new_parameters:
        self.parameters[p["ParameterName"]].setdefault("Source", "user")

DBParameterGroup.update_parameters = update_parameters

# Performance Insights are told as they were set.
from moto.rds.models import RDSBackend
_create_instance, _modify_instance = RDSBackend.create_db_instance, RDSBackend.modify_db_instance

INSIGHTS = {
    "enable_performance_insights": "performance_insights_enabled",
    "performance_insights_kms_key_id": "performance_insights_kms_key_id",
    "performance_insights_retention_period": "performance_insights_retention_period",
}

def _insights(database, kw):
    for key, attribute in INSIGHTS.items():
        if kw.get(key) is not None:
            setattr(database, attribute, kw[key])
    return database

RDSBackend.create_db_instance = lambda self, kw: _insights(_create_instance(self, kw), kw)
RDSBackend.modify_db_instance = lambda self, name, kw: _insights(_modify_instance(self, name, dict(kw)), kw)

# A log group gets a key later.
from moto.logs.responses import LogsResponse

def associate_kms_key(self):
    self.logs_backend.groups[self._get_param("logGroupName")].kms_key_id = self._get_param("kmsKeyId")
    return ""

LogsResponse.associate_kms_key = associate_kms_key

# A rule that names a group has its description in that.
from moto.ec2.models.security_groups import SecurityGroupRule
SecurityGroupRule.description = property(
    lambda self: self.ip_range.get("Description") or (self.source_group or {}).get("Description")
)

# A bucket's tags may come with its creation.
import xmltodict
from moto.s3.models import S3Backend
from moto.s3.responses import S3Response
_location = S3Response._get_location_constraint

def _get_location_constraint(self):
    """Called once, by the creation: keeps the tags of the body for the backend's create_bucket."""
    S3Backend.pending = None
    if self.body:
        c = xmltodict.parse(self.body, force_list=("Tag",)).get("CreateBucketConfiguration") or {}
        S3Backend.pending = {t["Key"]: t.get("Value") or "" for t in (c.get("Tags") or {}).get("Tag", [])}
    return _location(self)

_bucket = S3Backend.create_bucket

def create_bucket(self, *a, **kw):
    b = _bucket(self, *a, **kw)
    if getattr(S3Backend, "pending", None):
        self.put_bucket_tagging(b.name, S3Backend.pending)
        S3Backend.pending = None
    return b

S3Response._get_location_constraint, S3Backend.create_bucket = _get_location_constraint, create_bucket

# Tags of scalable targets (moto has no ListTagsForResource for them).
import json
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse as R
TAGS = {}
_register = R.register_scalable_target

def register_scalable_target(self):
    out = _register(self)
    TAGS.setdefault(json.loads(out)["ScalableTargetARN"], {}).update(self._get_param("Tags") or {})
    return out

def list_tags_for_resource(self):
    return json.dumps({"Tags": TAGS.get(self._get_param("ResourceARN"), {})})

def tag_resource(self):
    TAGS.setdefault(self._get_param("ResourceARN"), {}).update(self._get_param("Tags") or {})
    return "{}"

def untag_resource(self):
    for k in self._get_param("TagKeys") or []:
        TAGS.get(self._get_param("ResourceARN"), {}).pop(k, None)
    return "{}"

R.register_scalable_target, R.list_tags_for_resource, R.tag_resource, R.untag_resource = register_scalable_target, list_tags_for_resource, tag_resource, untag_resource

# A service handles one request after the other: moto's handlers read a list and write it back without a
# lock, so that of two deletions of rules of one security group at a time one fails or is undone.
# What moto lacks fails at once: a 500 would be retried by the provider for many minutes.
from collections import defaultdict
from moto.core.responses import BaseResponse
_call = BaseResponse.call_action
TURNS = defaultdict(threading.Lock)
# For a test of this: seconds until another thread may go on.
sys.setswitchinterval(float(os.environ.get("MOTO_SWITCH_SECONDS") or sys.getswitchinterval()))

def call_action(self):
    try:
        with TURNS[self.service_name]:
            return _call(self)
    except NotImplementedError as e:
        tell("NOT IMPLEMENTED", self.service_name, self._get_action())
        return 400, {"x-amzn-errortype": "NotImplementedException", "status": 400}, json.dumps({"__type": "NotImplementedException", "message": str(e)})

BaseResponse.call_action = call_action

# Each database has an id of its own, by which the provider looks for it.
import uuid
from moto.rds.models import DBInstance

_init_instance = DBInstance.__init__


def init_instance(self, *args, **kwargs):
    _init_instance(self, *args, **kwargs)
    self.dbi_resource_id = f"db-{uuid.uuid4().hex[:26].upper()}"


DBInstance.__init__ = init_instance

# A hosted zone's id begins with Z.
import moto.route53.models as route53

_zone_id = route53.create_route53_zone_id
route53.create_route53_zone_id = lambda **kw: "Z" + _zone_id(**kw)[1:]

if __name__ == "__main__":
    import calls, registry  # Beside this file; each does nothing without its variable.
    from moto.server import main

    def end_with_parent():
        """Whoever started it holds its standard input, and may be killed before it can stop it."""
        sys.stdin.buffer.read()
        os._exit(0)

    if os.environ.get("MOTO_ENDS_WITH_STDIN"):
        threading.Thread(target=end_with_parent, daemon=True).start()
    main(sys.argv[1:])
