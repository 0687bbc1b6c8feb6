"""ECS: what a service was told it tells; its tasks run at once; its deployments succeed, but for those
whose container with a port has the variable MOTO_CRASH: it says that, and the release is given up. What a
test holds (a task that is run once by the end of its family, such as `prepare`; `service`) goes on and on
until it lets go."""
import copy
import time

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ecs.models import EC2ContainerServiceBackend, Task, ecs_backends
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.logs.models import logs_backends

from told import held, tell

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
    """The deployment begins; it ends at once, or as soon as the test lets it."""
    if held("service") and before:
        _begin(service, before)
        tell("DEPLOYING", service.name, service.task_definition)
    else:
        _end_release(backend, service, before)


def _begin(service, before):
    """New tasks start beside the ones that serve."""
    serving = {**service.deployments[0], "id": f"{service.deployments[0]['id']}0", "status": "ACTIVE"}
    serving.update(taskDefinition=before, rolloutState="COMPLETED")
    service.deployments[0].update(
        taskDefinition=service.task_definition,
        desiredCount=service.desired_count,
        runningCount=0,
        pendingCount=service.desired_count,
        rolloutState="IN_PROGRESS",
    )
    service.deployments = [service.deployments[0], serving]
    service.held = before


_describe_services = EC2ContainerServiceBackend.describe_services


def describe_services(self, *args, **kwargs):
    found, failures = _describe_services(self, *args, **kwargs)
    for service in found:
        before = getattr(service, "held", None)
        if before and not held("service"):
            service.held = None
            _end_release(self, service, before)
    return found, failures


EC2ContainerServiceBackend.describe_services = describe_services


def _end_release(backend, service, before):
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
    """A task that is run once ends well, at once or as soon as the test lets it."""
    tasks = _run_task(self, *args, **kwargs)
    for task in tasks:
        tell("RUN TASK", task.task_definition_arn)
        title = task.group.split("-")[-1]
        task.advance = lambda task=task, title=title: held(title) or _end_well(task)
        task.advance()
    return tasks


def _end_well(task):
    task.last_status = task.desired_status = "STOPPED"
    task.stop_code = "EssentialContainerExited"
    definition = ecs_backends[task._account_id][task.region_name].describe_task_definition(task.task_definition_arn)
    for container in task.containers:
        # moto's task has one container: here the one that ends it.
        container.name = definition.container_definitions[-1]["name"]
        container.last_status = "STOPPED"
        container.exit_code = 0


EC2ContainerServiceBackend.run_task = run_task
