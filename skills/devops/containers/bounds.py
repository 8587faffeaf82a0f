"""What bounds the number of a workload's pods: the namespace's quotas and the workload's autoscaler.

quota        name, resource, used, hard, full
autoscaler   name, workload, min, max, current, desired, at_most, active, reason
"""

from collections.abc import Iterator, Sequence

from skills.clients.cluster import NotFound
from skills.clients.quantities import quantity
from skills.contract import Context
from skills.devops.evidence import Collector, found
from store.values import Evidence, Json


def bound_collectors(context: Context) -> list[Collector]:
    """Return what asks for quotas and autoscalers."""

    async def quotas() -> Sequence[Evidence]:
        items = await context.cluster.items("v1", "ResourceQuota", context.site.namespace)
        return [each for item in items for each in _quota(context, item)]

    async def scalers() -> Sequence[Evidence]:
        return [_scaler(context, item) for item in await autoscalers(context)]

    return [Collector("quotas", "quota", quotas), Collector("autoscalers", "autoscaler", scalers)]


async def autoscalers(context: Context) -> list[Json]:
    """Return the HorizontalPodAutoscalers of our workloads; none where the server knows no such kind.

    Raises:
        Unavailable: they can't be looked at.
    """
    try:
        items = await context.cluster.items("autoscaling/v2", "HorizontalPodAutoscaler", context.site.namespace)
    except NotFound:
        return []
    return [item for item in items if target_of(item) in context.site.workloads]


def target_of(scaler: Json) -> str:
    """Return the name of the Deployment that an autoscaler scales; empty where it scales something else."""
    target = scaler.get("spec", {}).get("scaleTargetRef") or {}
    return str(target.get("name", "")) if target.get("kind") == "Deployment" else ""


def _quota(context: Context, item: Json) -> Iterator[Evidence]:
    name, status = item["metadata"]["name"], item.get("status") or {}
    used = status.get("used") or {}
    for resource, hard in sorted((status.get("hard") or {}).items()):
        taken = str(used.get(resource, "0"))
        bound, reached = quantity(str(hard)), quantity(taken)
        full = bound is not None and reached is not None and reached >= bound > 0
        facts = {"name": name, "resource": resource, "used": taken, "hard": str(hard), "full": full}
        yield found(context, f"quota/{name}", "quota", facts, f"{name}: {resource} {taken} of {hard}")


def _scaler(context: Context, item: Json) -> Evidence:
    name, spec, status = item["metadata"]["name"], item["spec"], item.get("status") or {}
    conditions = {each["type"]: each for each in status.get("conditions") or ()}
    able = conditions.get("ScalingActive") or {}
    facts: Json = {
        "name": name,
        "workload": target_of(item),
        "min": spec.get("minReplicas", 1),
        "max": spec["maxReplicas"],
        "current": status.get("currentReplicas", 0),
        "desired": status.get("desiredReplicas", 0),
        "at_most": (conditions.get("ScalingLimited") or {}).get("reason") == "TooManyReplicas",
        "active": able.get("status") != "False",
        "reason": able.get("reason", "") if able.get("status") == "False" else "",
    }
    excerpt = f"{name}: {facts['current']} pods, wants {facts['desired']} of {facts['min']} to {facts['max']}"
    told = f" {able.get('message', '')}".rstrip() if not facts["active"] else ""
    return found(context, f"autoscaler/{name}", "autoscaler", facts, excerpt + told)
