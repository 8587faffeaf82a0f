"""What a workload's objects say, as evidence in the vocabulary that cause signatures match.

pod.waiting          pod, container, reason, message         pod.terminated   pod, container, reason, exit_code
pod.condition        pod, type, status, reason, message      pod.restarts     pod, restarts
deployment.condition name, type, status, reason, message
deployment.replicas  name, desired, ready, updated       endpoints        service, ready, not_ready
event                reason, message, object, type, count    node.condition   node, type, status
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from skills.contract import Context
from skills.devops.containers.pod_health import ContainerHealth, PodHealth, pod_health
from skills.devops.evidence import found
from store.values import Evidence, Json

_BAD_NODE = ("DiskPressure", "MemoryPressure", "PIDPressure", "NetworkUnavailable")
_WATCHED = ("PodScheduled", "Ready")
_FINISHED = ("Completed",)
_LEAD = timedelta(hours=1)
_ORDINARY = frozenset({"Scheduled", "Pulled", "Pulling", "Created", "Started", "SuccessfulCreate", "SuccessfulDelete"})


def deployment_findings(context: Context, deployment: Json) -> list[Evidence]:
    """Return how many replicas there are and should be, and whether none can be made or the rollout is stuck."""
    name, status = deployment["metadata"]["name"], deployment.get("status", {})
    facts = {
        "name": name,
        "desired": deployment["spec"].get("replicas", 1),
        "ready": status.get("readyReplicas", 0),
        "updated": status.get("updatedReplicas", 0),
        "available": status.get("availableReplicas", 0),
    }
    excerpt = f"{name}: {facts['ready']}/{facts['desired']} ready"
    replicas = found(context, f"deployment/{name}", "deployment.replicas", facts, excerpt)
    return [replicas, *(_stuck(context, name, item) for item in status.get("conditions") or () if _hinders(item))]


def _hinders(condition: Json) -> bool:
    kind, status = condition.get("type"), condition.get("status")
    return (kind, status) in {("ReplicaFailure", "True"), ("Progressing", "False")}


def _stuck(context: Context, name: str, condition: Json) -> Evidence:
    facts = {key: condition.get(key, "") for key in ("type", "status", "reason", "message")}
    excerpt = f"{name}: {facts['reason']} {facts['message']}"
    return found(context, f"deployment/{name}", "deployment.condition", {"name": name, **facts}, excerpt)


def pod_findings(context: Context, pod: Json) -> list[Evidence]:
    """Return what keeps a pod from being well; a healthy pod gives nothing but its restarts."""
    health = pod_health(pod)
    if health.leaving:
        return []
    facts = [*_states(health), *_conditions(pod, health)]
    if health.restarts:
        restarts = {"pod": health.name, "restarts": health.restarts}
        facts.append(("pod.restarts", restarts, f"{health.name}: {health.restarts} restarts"))
    return [found(context, f"pod/{health.name}", kind, fact, excerpt) for kind, fact, excerpt in facts]


def _states(health: PodHealth) -> Iterator[tuple[str, Json, str]]:
    for container in health.containers:
        where = {"pod": health.name, "container": container.name, "restarts": container.restarts}
        if container.waiting and container.waiting not in ("ContainerCreating", "PodInitializing"):
            facts = {**where, "reason": container.waiting, "message": container.message}
            yield (
                "pod.waiting",
                facts,
                f"{health.name}/{container.name}: {container.waiting} {container.message}".strip(),
            )
        if reason := _end(container):
            facts = {**where, "reason": reason, "exit_code": container.exit_code}
            yield "pod.terminated", facts, f"{health.name}/{container.name}: {reason} (exit {container.exit_code})"


def _end(container: ContainerHealth) -> str:
    """Return why it ended, where that was no orderly end."""
    reason = container.terminated or container.last_terminated
    return "" if reason in _FINISHED or container.exit_code in (0, 143) else reason


def _conditions(pod: Json, health: PodHealth) -> Iterator[tuple[str, Json, str]]:
    if health.phase == "Succeeded":
        return
    for item in pod.get("status", {}).get("conditions") or ():
        if item.get("type") in _WATCHED and item.get("status") == "False":
            facts = {
                "pod": health.name,
                "type": item["type"],
                "status": "False",
                "reason": item.get("reason", ""),
                "message": item.get("message", ""),
            }
            yield "pod.condition", facts, f"{health.name}: {item['type']}=False {facts['reason']} {facts['message']}"


def endpoint_findings(context: Context, service: Json, slices: list[Json]) -> list[Evidence]:
    """Return how many addresses behind a Service take traffic."""
    name = service["metadata"]["name"]
    states = [
        endpoint.get("conditions", {}).get("ready") is not False
        for item in slices
        for endpoint in item.get("endpoints") or ()
        for _ in endpoint.get("addresses") or ()
    ]
    facts = {"service": name, "ready": sum(states), "not_ready": len(states) - sum(states)}
    return [found(context, f"service/{name}", "endpoints", facts, f"{name}: {facts['ready']} ready of {len(states)}")]


def event_findings(context: Context, events: list[Json], names: tuple[str, ...]) -> list[Evidence]:
    """Return the events about our objects since an hour before the onset, ordinary ones left out."""
    since = (context.incident.onset_at or context.incident.reported_at) - _LEAD
    picked = []
    for event in events:
        about = event.get("involvedObject") or event.get("regarding") or {}
        if event.get("reason") in _ORDINARY or not str(about.get("name", "")).startswith(names):
            continue
        last = event_time(event)
        if last is None or last >= since:
            picked.append((event, about, last))
    return [_event(context, *item) for item in picked]


def event_time(event: Json) -> datetime | None:
    """Return when an event last happened; the fields differ by who recorded it."""
    series = event.get("series") or {}
    stamps = (series.get("lastObservedTime"), event.get("lastTimestamp"), event.get("eventTime"))
    stamp = next((stamp for stamp in stamps if stamp), None)
    return datetime.fromisoformat(stamp) if stamp else None


def _event(context: Context, event: Json, about: Json, last: datetime | None) -> Evidence:
    target = f"{str(about.get('kind', '')).lower()}/{about.get('name', '')}"
    facts = {
        "reason": event.get("reason", ""),
        "message": event.get("message") or event.get("note") or "",
        "object": target,
        "type": event.get("type", ""),
        "count": (event.get("series") or {}).get("count") or event.get("count") or 1,
        "at": last.isoformat() if last else "",
    }
    return found(context, f"event/{target}", "event", facts, f"{facts['reason']} {target}: {facts['message']}")


def node_findings(context: Context, node: Json) -> list[Evidence]:
    """Return what a node suffers from."""
    name = node["metadata"]["name"]
    bad = []
    for item in node.get("status", {}).get("conditions") or ():
        kind, status = item.get("type"), item.get("status")
        if (kind in _BAD_NODE and status == "True") or (kind == "Ready" and status != "True"):
            facts = {"node": name, "type": kind, "status": status, "message": item.get("message", "")}
            bad.append(found(context, f"node/{name}", "node.condition", facts, f"{name}: {kind}={status}"))
    return bad
