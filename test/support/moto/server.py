"""moto's server with what the AWS provider and its waiters need and moto lacks.

Each part below says what AWS does there. State is in memory: a new process is an empty account."""
import copy, os, sys, threading, time
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")  # arn:aws:iam::aws:policy/... can be attached
os.environ.setdefault("MOTO_ACM_VALIDATION_WAIT", "1")  # a certificate is issued after a second
from moto.elasticache.models import ElastiCacheBackend as B, CacheCluster
import inspect

def tell(*words):
    """A line of the log, by one write to where the requests are logged: threads would mix the words up."""
    os.write(2, (" ".join(map(str, words)) + "\n").encode())

_create, _delg, _delc = B.create_replication_group, B.delete_replication_group, B.delete_cache_cluster

def create_replication_group(self, **kw):
    """A group's members exist as cache clusters, as many as were asked for."""
    if not kw.get("replicas_per_node_group") and (kw.get("num_cache_clusters") or 1) > 1:
        kw["replicas_per_node_group"] = kw["num_cache_clusters"] - 1
    g = _create(self, **kw)
    names = [n for n in inspect.signature(CacheCluster.__init__).parameters if n != "self"]
    for m in g.member_clusters:
        a = {n: kw.get(n) for n in names}
        a.update(account_id=self.account_id, region_name=self.region_name, cache_cluster_id=m, engine="redis", num_cache_nodes=1, replication_group_id=g.replication_group_id)
        c = CacheCluster(**a)
        c.engine = kw.get("engine") or "redis"
        c.engine_version = kw.get("engine_version")
        c.at_rest_encryption_enabled = bool(kw.get("at_rest_encryption_enabled"))
        c.transit_encryption_enabled = bool(kw.get("transit_encryption_enabled"))
        c.transit_encryption_mode = kw.get("transit_encryption_mode")
        c.security_groups = [{"SecurityGroupId": i, "Status": "active"} for i in kw.get("security_group_ids") or []]
        self.cache_clusters[m] = c
    return g

def delete_replication_group(self, replication_group_id, retain_primary_cluster=None):
    """A deleted group goes, and its members with it (moto leaves it 'deleting')."""
    members = list(getattr(self.replication_groups.get(replication_group_id), "member_clusters", []))
    g = _delg(self, replication_group_id, retain_primary_cluster)
    self.replication_groups.pop(replication_group_id, None)
    for m in members:
        self.cache_clusters.pop(m, None)
    return g

def delete_cache_cluster(self, cache_cluster_id):
    c = _delc(self, cache_cluster_id)
    self.cache_clusters.pop(cache_cluster_id, None)
    return c

B.create_replication_group, B.delete_replication_group, B.delete_cache_cluster = create_replication_group, delete_replication_group, delete_cache_cluster

# DeleteCacheSubnetGroup is not in moto.
from moto.core.responses import EmptyResult
from moto.elasticache.responses import ElastiCacheResponse

def delete_cache_subnet_group(self):
    self.elasticache_backend.cache_subnet_groups.pop(self._get_param("CacheSubnetGroupName"), None)
    return EmptyResult()

ElastiCacheResponse.delete_cache_subnet_group = delete_cache_subnet_group

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

# A rule that names a group has its description in that.
from moto.ec2.models.security_groups import SecurityGroupRule
SecurityGroupRule.description = property(
    lambda self: self.ip_range.get("Description") or (self.source_group or {}).get("Description")
)

# The account is not told, because the tests' provider is told not to ask for it: it would take a
# group of its own account for another's.
_referenced = SecurityGroupRule.referenced_group_info
SecurityGroupRule.referenced_group_info = property(
    lambda self: {k: v for k, v in (_referenced.fget(self) or {}).items() if k != "UserId"} or None
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

# What moto lacks fails at once: a 500 would be retried by the provider for many minutes.
from moto.core.responses import BaseResponse
_call = BaseResponse.call_action

def call_action(self):
    try:
        return _call(self)
    except NotImplementedError as e:
        tell("NOT IMPLEMENTED", self.service_name, self._get_action())
        return 400, {"x-amzn-errortype": "NotImplementedException", "status": 400}, json.dumps({"__type": "NotImplementedException", "message": str(e)})

BaseResponse.call_action = call_action

# ElastiCache parameter groups are not in moto.
from moto.utilities.utils import get_partition

PARAMETER_GROUPS = {}


def create_cache_parameter_group(self):
    name = self._get_param("CacheParameterGroupName")
    backend = self.elasticache_backend
    arn = f"arn:{get_partition(backend.region_name)}:elasticache:{backend.region_name}:{backend.account_id}:parametergroup:{name}"
    group = {
        "CacheParameterGroupName": name,
        "CacheParameterGroupFamily": self._get_param("CacheParameterGroupFamily"),
        "Description": self._get_param("Description"),
        "IsGlobal": False,
        "ARN": arn,
    }
    PARAMETER_GROUPS[name] = {"group": group, "parameters": {}}
    backend.tagging_service.tag_resource(arn, self._get_param("Tags") or [])
    return ActionResult({"CacheParameterGroup": group})


def describe_cache_parameter_groups(self):
    name = self._get_param("CacheParameterGroupName")
    if name and name not in PARAMETER_GROUPS:
        raise CacheParameterGroupNotFound(name)
    found = [g["group"] for n, g in PARAMETER_GROUPS.items() if name in (None, n)]
    return ActionResult({"CacheParameterGroups": found})


def describe_cache_parameters(self):
    """Those that a user has set; the engine's own are not needed here."""
    parameters = PARAMETER_GROUPS[self._get_param("CacheParameterGroupName")]["parameters"]
    return ActionResult(
        {
            "Parameters": [
                {"ParameterName": n, "ParameterValue": v, "Source": "user", "IsModifiable": True}
                for n, v in parameters.items()
            ]
        }
    )


def modify_cache_parameter_group(self):
    name = self._get_param("CacheParameterGroupName")
    for p in self._get_param("ParameterNameValues") or []:
        PARAMETER_GROUPS[name]["parameters"][p["ParameterName"]] = p["ParameterValue"]
    return ActionResult({"CacheParameterGroupName": name})


def reset_cache_parameter_group(self):
    name = self._get_param("CacheParameterGroupName")
    for p in self._get_param("ParameterNameValues") or []:
        PARAMETER_GROUPS[name]["parameters"].pop(p["ParameterName"], None)
    return ActionResult({"CacheParameterGroupName": name})


def delete_cache_parameter_group(self):
    PARAMETER_GROUPS.pop(self._get_param("CacheParameterGroupName"), None)
    return EmptyResult()


from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult


class CacheParameterGroupNotFound(ServiceException):
    code = "CacheParameterGroupNotFound"

    def __init__(self, name):
        super().__init__(f"CacheParameterGroup {name} not found.")


# Its tags go with those of all the others; moto's list of kinds in ARNs lacks this one.
B.list_tags_for_resource = lambda self, arn: self.tagging_service.list_tags_for_resource(arn)

for handler in (
    create_cache_parameter_group,
    describe_cache_parameter_groups,
    describe_cache_parameters,
    modify_cache_parameter_group,
    reset_cache_parameter_group,
    delete_cache_parameter_group,
):
    setattr(ElastiCacheResponse, handler.__name__, handler)

# A replication group's token, and how it was changed: printed without its value, for tests to read.
_modify = ElastiCacheResponse.modify_replication_group


def modify_replication_group(self):
    if self._get_param("AuthToken"):
        group = self._get_param("ReplicationGroupId")
        tell("AUTH TOKEN", self._get_param("AuthTokenUpdateStrategy"), group)
    return _modify(self)


ElastiCacheResponse.modify_replication_group = modify_replication_group

# ECS: what a service was told it tells; its tasks run at once; its deployments succeed, but for those
# whose container with a port has the variable MOTO_CRASH: it says that, and the release is given up.
from moto.ecs.models import EC2ContainerServiceBackend, Task
from moto.core.utils import utcnow
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.logs.models import logs_backends

_create_service = EC2ContainerServiceResponse.create_service
_update_service = EC2ContainerServiceResponse.update_service
_run_task = EC2ContainerServiceBackend.run_task
TOLD = {
    "enableExecuteCommand": "enable_execute_command",
    "healthCheckGracePeriodSeconds": "health_check_grace_period_seconds",
    "deploymentConfiguration": "deployment_configuration",
    "capacityProviderStrategy": "capacity_provider_strategy",
    "availabilityZoneRebalancing": "availability_zone_rebalancing",
    "enableECSManagedTags": "enable_ecs_managed_tags",
}


def _settle(service):
    service.running_count, service.pending_count = service.desired_count, 0
    for deployment in service.deployments[:1]:
        deployment.update(
            taskDefinition=service.task_definition,
            desiredCount=service.desired_count,
            runningCount=service.desired_count,
            pendingCount=0,
            rolloutState="COMPLETED",
        )


def _run_service(backend, service):
    """The tasks of a service: as many as it wants, all of its revision."""
    tasks = backend.tasks.setdefault(service.cluster_name, {})
    group = f"service:{service.name}"
    for arn in [arn for arn, task in tasks.items() if task.group == group]:
        del tasks[arn]
    # Without network interfaces of their own, which nobody would take away before their subnets.
    definition = copy.copy(backend.describe_task_definition(service.task_definition))
    definition.network_mode = "none"
    for _ in range(service.desired_count):
        task = Task(
            cluster=backend._get_cluster(service.cluster_name),
            task_definition=definition,
            container_instance_arn=None,
            resource_requirements={},
            backend=backend,
            group=group,
            started_by=service.deployments[0]["id"],
            launch_type="FARGATE",
        )
        # It stays as it is: otherwise each look at it would bring it nearer to its end.
        task.advance = lambda: None
        task.last_status = "RUNNING"
        tasks[task.task_arn] = task


def _crash_text(backend, service):
    """What a test wants the service's program to say before it ends with code 1."""
    for container in backend.describe_task_definition(service.task_definition).container_definitions:
        for variable in container.get("environment") or []:
            if variable["name"] == "MOTO_CRASH" and container.get("portMappings"):
                return container, variable["value"]
    return None


def _give_up(backend, service, before):
    """The circuit breaker: one task of the release ends with code 1, and that before goes on."""
    container, text = _crash_text(backend, service)
    revision = service.task_definition
    definition = copy.copy(backend.describe_task_definition(revision))
    definition.network_mode = "none"
    task = Task(
        cluster=backend._get_cluster(service.cluster_name),
        task_definition=definition,
        container_instance_arn=None,
        resource_requirements={},
        backend=backend,
        group=f"service:{service.name}",
        started_by=service.deployments[0]["id"],
        launch_type="FARGATE",
    )
    task.advance = lambda: None
    task.last_status = task.desired_status = "STOPPED"
    task.stop_code, task.stopped_reason = "EssentialContainerExited", "Essential container in task exited"
    task.stopping_at = utcnow()
    # moto's task has one container, whichever its definition has.
    for each in task.containers:
        each.name, each.last_status, each.exitCode = container["name"], "STOPPED", 1
    backend.tasks.setdefault(service.cluster_name, {})[task.task_arn] = task
    options = container["logConfiguration"]["options"]
    stream = f"{options['awslogs-stream-prefix']}/{container['name']}/{task.task_arn.split('/')[-1]}"
    logs = logs_backends[backend.account_id][backend.region_name]
    logs.create_log_stream(options["awslogs-group"], stream)
    now = int(time.time() * 1000)
    logs.put_log_events(options["awslogs-group"], stream, [{"timestamp": now, "message": text}])
    service.events.insert(0, {"id": "1", "createdAt": utcnow(), "message": f"(service {service.name}) deployment failed: tasks failed to start."})
    failed = dict(service.deployments[0])
    failed.update(
        createdAt=utcnow(),
        taskDefinition=revision,
        rolloutState="FAILED",
        rolloutStateReason="ECS deployment circuit breaker: tasks failed to start.",
        runningCount=0,
        failedTasks=1,
    )
    if before:
        service.task_definition = before
        _settle(service)
        service.deployments = [service.deployments[0], {**failed, "status": "ACTIVE"}]
    else:
        service.deployments = [failed]
        service.running_count = 0


_list_tasks = EC2ContainerServiceBackend.list_tasks


def list_tasks(self, *args, **kwargs):
    found = _list_tasks(self, *args, **kwargs)
    name = kwargs.get("service_name") or (args[4] if len(args) > 4 else None)
    return [t for t in found if not name or t.group == f"service:{name.split('/')[-1]}"]


EC2ContainerServiceBackend.list_tasks = list_tasks


def _release(backend, service, before):
    if _crash_text(backend, service):
        _give_up(backend, service, before)
    else:
        service.deployments = service.deployments[:1]
        _settle(service)
        _run_service(backend, service)


def create_service(self):
    out = _create_service(self)
    service = out.result["service"]
    for key, attribute in TOLD.items():
        value = self._get_param(key)
        if value is not None:
            setattr(service, attribute, value)
    _release(self.ecs_backend, service, None)
    return out


def update_service(self):
    backend = self.ecs_backend
    before = backend._get_service(self._get_param("cluster"), self._get_param("service")).task_definition
    out = _update_service(self)
    service = out.result["service"]
    value = self._get_param("enableECSManagedTags")
    if value is not None:
        service.enable_ecs_managed_tags = value
    _release(backend, service, before)
    return out


def list_service_deployments(self):
    service = self.ecs_backend._get_service(self._get_param("cluster"), self._get_param("service"))
    return ActionResult({"serviceDeployments": [_deployment(service, d) for d in service.deployments]})


def describe_service_deployments(self):
    wanted = self._get_param("serviceDeploymentArns")
    all_of_them = [
        _deployment(service, d)
        for service in self.ecs_backend.services.values()
        for d in service.deployments
    ]
    return ActionResult(
        {"serviceDeployments": [d for d in all_of_them if d["serviceDeploymentArn"] in wanted], "failures": []}
    )


def _deployment(service, deployment):
    number = deployment["id"].split("/")[-1]
    return {
        "serviceDeploymentArn": service.arn.replace(":service/", ":service-deployment/") + f"/{number}",
        "targetServiceRevisionArn": service.arn.replace(":service/", ":service-revision/") + f"/{number}",
        "serviceArn": service.arn,
        "clusterArn": service.cluster_arn,
        "createdAt": deployment["createdAt"],
        "status": "SUCCESSFUL",
    }


for handler in (create_service, update_service, list_service_deployments, describe_service_deployments):
    setattr(EC2ContainerServiceResponse, handler.__name__, handler)


# On Fargate the task has a size and its containers need none.
EC2ContainerServiceBackend._calculate_task_resource_requirements = lambda self, definition: {
    "CPU": 0, "MEMORY": 0, "PORTS": [], "PORTS_UDP": []
}


def run_task(self, *args, **kwargs):
    """A task that is run once ends well, at once."""
    tasks = _run_task(self, *args, **kwargs)
    for task in tasks:
        tell("RUN TASK", task.task_definition_arn)
        task.last_status = "STOPPED"
        task.desired_status = "STOPPED"
        task.stop_code = "EssentialContainerExited"
        for container in task.containers:
            container.last_status = "STOPPED"
            container.exit_code = 0
    return tasks


EC2ContainerServiceBackend.run_task = run_task

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
