"""devops/containers/health-checker: whether the client's workloads run as they should."""

import asyncio
from collections.abc import Sequence

from skills.clients.cluster import NotFound
from skills.contract import Context, Result, SkillError, skill
from skills.devops.containers.bounds import bound_collectors
from skills.devops.containers.findings import (
    deployment_findings,
    endpoint_findings,
    event_findings,
    node_findings,
    pod_findings,
)
from skills.devops.containers.workloads import pods_of
from skills.devops.evidence import Collector, captured, collect
from skills.wording import say
from store.plan import ObjectRef
from store.values import Evidence, Json

_SERVICE_LABEL = "kubernetes.io/service-name"


@skill("devops/containers/health-checker")
async def check_containers(context: Context) -> Result:
    """Look at deployments, pods, endpoints, events, nodes, quotas and autoscalers, all at once.

    Raises:
        SkillError: no workload is configured for the client.
    """
    site, language = context.site, context.incident.language
    if not site.workloads:
        raise SkillError(say(language, "workloads.none", client=site.name), hint="[clients] workloads")
    collectors = [_workload(context, name) for name in site.workloads]
    collectors += [
        Collector("services", "endpoints", lambda: _endpoints(context)),
        Collector("events", "event", lambda: _events(context)),
        Collector("nodes", "node.condition", lambda: _nodes(context)),
        *bound_collectors(context),
    ]
    evidence = await collect(context, collectors)
    line, facts = _summary(context, evidence)
    return Result(line=line, facts=facts, events=captured(evidence))


def _workload(context: Context, name: str) -> Collector:
    async def look() -> Sequence[Evidence]:
        deployment = await context.cluster.get(context.site.deployment(name))
        pods = await pods_of(context, deployment)
        found = deployment_findings(context, deployment)
        return [*found, *(item for pod in pods for item in pod_findings(context, pod))]

    return Collector(f"deployment/{name}", "deployment.replicas", look)


async def _endpoints(context: Context) -> Sequence[Evidence]:
    """Look behind the Services whose selector picks one of our workloads' pods."""
    namespace = context.site.namespace
    services, slices = await asyncio.gather(
        context.cluster.items("v1", "Service", namespace),
        context.cluster.items("discovery.k8s.io/v1", "EndpointSlice", namespace),
    )
    deployments = [await context.cluster.get(context.site.deployment(name)) for name in context.site.workloads]
    labels = [item["spec"]["template"].get("metadata", {}).get("labels") or {} for item in deployments]
    found: list[Evidence] = []
    for service in services:
        selector = service.get("spec", {}).get("selector") or {}
        if not selector or not any(selector.items() <= each.items() for each in labels):
            continue
        name = service["metadata"]["name"]
        behind = [item for item in slices if (item["metadata"].get("labels") or {}).get(_SERVICE_LABEL) == name]
        found += endpoint_findings(context, service, behind or await _legacy(context, name))
    return found


async def _legacy(context: Context, service: str) -> list[Json]:
    """Return the Endpoints object of a Service as slices, for clusters whose controller makes no slices of it."""
    where = ObjectRef(api="v1", kind="Endpoints", namespace=context.site.namespace, name=service)
    try:
        subsets = (await context.cluster.get(where)).get("subsets") or ()
    except NotFound:
        return []
    kinds = (("addresses", True), ("notReadyAddresses", False))
    states = [ready for each in subsets for field, ready in kinds for _ in each.get(field) or ()]
    return [{"endpoints": [{"addresses": [""], "conditions": {"ready": ready}} for ready in states]}]


async def _events(context: Context) -> Sequence[Evidence]:
    events = await context.cluster.items("v1", "Event", context.site.namespace)
    return event_findings(context, events, context.site.workloads)


async def _nodes(context: Context) -> Sequence[Evidence]:
    nodes = await context.cluster.items("v1", "Node", "")
    return [item for node in nodes for item in node_findings(context, node)]


def _summary(context: Context, evidence: Sequence[Evidence]) -> tuple[str, dict[str, int]]:
    """Return the line for the tree and the figures behind it."""
    language = context.incident.language
    replicas = [item.facts for item in evidence if item.kind == "deployment.replicas" and not item.unavailable]
    troubled = {item.facts["pod"] for item in evidence if item.kind in ("pod.waiting", "pod.condition") and item.facts}
    unseen = sum(bool(item.unavailable) for item in evidence)
    ready, desired = sum(item["ready"] for item in replicas), sum(item["desired"] for item in replicas)
    facts = {"ready": ready, "desired": desired, "troubled": len(troubled), "unseen": unseen}
    if not replicas:
        return say(language, "health.blind", count=unseen), facts
    key = "health.ok" if ready >= desired > 0 and not troubled else "health.bad"
    line = say(language, key, ready=ready, desired=desired)
    return line + (say(language, "unseen", count=unseen) if unseen else ""), facts
