"""ElastiCache: what moto lacks of it."""
import hashlib
import inspect

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, EmptyResult
from moto.elasticache.models import CacheCluster
from moto.elasticache.models import ElastiCacheBackend as B
from moto.elasticache.responses import ElastiCacheResponse
from moto.utilities.utils import get_partition

from told import held, tell

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
def delete_cache_subnet_group(self):
    self.elasticache_backend.cache_subnet_groups.pop(self._get_param("CacheSubnetGroupName"), None)
    return EmptyResult()

ElastiCacheResponse.delete_cache_subnet_group = delete_cache_subnet_group

# ElastiCache parameter groups are not in moto.
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

# A replication group's tokens, by the rules of AWS's guide (AmazonElastiCache/latest/dg/auth.html): ROTATE
# adds one, and removes the oldest where there are two; SET keeps the one that was rotated last, alone.
# What it does with one that is there already is not written anywhere: here it counts as another. What
# is done is printed, with fingerprints in place of values, for tests to read.
_modify = ElastiCacheResponse.modify_replication_group
TOKENS = {}


class InvalidParameterValue(ServiceException):
    code = "InvalidParameterValue"


def remember_first_token(self, **kw):
    group = _create_with_members(self, **kw)
    TOKENS[group.replication_group_id] = [kw.get("auth_token")]
    return group


_create_with_members, B.create_replication_group = B.create_replication_group, remember_first_token


def modify_replication_group(self):
    name, token = self._get_param("ReplicationGroupId"), self._get_param("AuthToken")
    if token:
        strategy = self._get_param("AuthTokenUpdateStrategy")
        if strategy == "SET" and token != TOKENS[name][-1]:
            raise InvalidParameterValue("SET: not the token that was rotated last")
        TOKENS[name] = [token] if strategy == "SET" else [TOKENS[name][-1], token]
        tell("AUTH TOKEN", strategy, name)
        tell("TOKENS", name, *(hashlib.sha256(each.encode()).hexdigest()[:12] for each in TOKENS[name]))
        if held("redis"):
            self.elasticache_backend.replication_groups[name].status = "modifying"
    return _modify(self)


_describe = ElastiCacheResponse.describe_replication_groups


def describe_replication_groups(self):
    if not held("redis"):
        for group in self.elasticache_backend.replication_groups.values():
            if group.status == "modifying":
                group.status = "available"
    return _describe(self)


ElastiCacheResponse.modify_replication_group = modify_replication_group
ElastiCacheResponse.describe_replication_groups = describe_replication_groups
