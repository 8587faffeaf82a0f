"""What changed shortly before the onset: rollouts, ConfigMaps, Secrets, autoscalers. Reads only.

rollout.change   name, revision, at, minutes_before, changed (fields), images
config.change    object, at, minutes_before, by
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from skills.contract import Context
from skills.devops.containers.bounds import autoscalers
from skills.devops.containers.workloads import containers_of, replica_sets_of, revision_of, secrets_used
from skills.devops.evidence import Collector, found
from skills.devops.fields import difference
from store.values import Evidence, Json

_WINDOW = timedelta(hours=24)
_AFTER = timedelta(minutes=15)


def change_collectors(context: Context) -> list[Collector]:
    """Return what asks for the changes of our workloads and of what they are configured by."""
    rollouts = [_rollouts(context, name) for name in context.site.workloads]
    kinds = (_configuration(context, "ConfigMap"), _configuration(context, "Secret"))
    return [*rollouts, *kinds, _scaling(context)]


def _rollouts(context: Context, name: str) -> Collector:
    async def look() -> Sequence[Evidence]:
        deployment = await context.cluster.get(context.site.deployment(name))
        sets = sorted(await replica_sets_of(context, deployment), key=revision_of)
        return [item for old, new in pairwise(sets) for item in _rollout(context, name, old, new)]

    return Collector(f"deployment/{name}", "rollout.change", look)


def _rollout(context: Context, name: str, old: Json, new: Json) -> Iterator[Evidence]:
    at = datetime.fromisoformat(new["metadata"]["creationTimestamp"])
    if not _near(context, at):
        return
    changed = sorted(changed_fields(old["spec"]["template"], new["spec"]["template"]))
    images = [container["image"] for container in containers_of(new["spec"]["template"])]
    facts = {
        "name": name,
        "revision": revision_of(new),
        "at": at.isoformat(),
        "minutes_before": _minutes_before(context, at),
        "changed": changed,
        "images": images,
    }
    excerpt = f"{name}: revision {facts['revision']} at {facts['at']}: {', '.join(changed)}"
    yield found(context, f"deployment/{name}", "rollout.change", facts, excerpt)


def changed_fields(old: Json, new: Json) -> Iterator[str]:
    """Yield what differs between two pod templates, such as `app image` or `app env STRIPE_API_KEY`."""
    for container in difference(old.get("spec", {}), new.get("spec", {})).get("containers") or ():
        name = container.get("name", "")
        if "$patch" in container:
            yield f"{name} removed"
            continue
        for key, value in container.items():
            if key == "env":
                yield from (f"{name} env {item['name']}" for item in value)
            elif key != "name":
                yield f"{name} {key}"
    others = difference(old.get("spec", {}), new.get("spec", {}))
    yield from (key for key in others if key != "containers")
    former, annotations = ((item.get("metadata") or {}).get("annotations") or {} for item in (old, new))
    yield from (key.rpartition("/")[2] for key in annotations if annotations[key] != former.get(key))


def _configuration(context: Context, kind: str) -> Collector:
    async def look() -> Sequence[Evidence]:
        used = await _used(context, kind)
        items = await context.cluster.items("v1", kind, context.site.namespace)
        return [item for each in items if each["metadata"]["name"] in used for item in _written(context, kind, each)]

    return Collector(f"{kind.lower()}s", "config.change", look)


def _scaling(context: Context) -> Collector:
    async def look() -> Sequence[Evidence]:
        scalers = await autoscalers(context)
        return [item for each in scalers for item in _written(context, "HorizontalPodAutoscaler", each)]

    return Collector("autoscalers", "config.change", look)


async def _used(context: Context, kind: str) -> frozenset[str]:
    names: set[str] = set()
    for name in context.site.workloads:
        template = (await context.cluster.get(context.site.deployment(name)))["spec"]["template"]
        names |= secrets_used(template) if kind == "Secret" else config_maps_used(template)
    return frozenset(names)


def config_maps_used(template: Json) -> frozenset[str]:
    """Return the names of the ConfigMaps that a pod takes environment or files from."""
    names = [
        (source.get("configMapRef") or {}).get("name")
        for container in containers_of(template)
        for source in container.get("envFrom") or ()
    ]
    names += [
        ((variable.get("valueFrom") or {}).get("configMapKeyRef") or {}).get("name")
        for container in containers_of(template)
        for variable in container.get("env") or ()
    ]
    names += [(volume.get("configMap") or {}).get("name") for volume in template.get("spec", {}).get("volumes") or ()]
    return frozenset(name for name in names if name)


def _written(context: Context, kind: str, item: Json) -> Iterator[Evidence]:
    """Tell the last write of an object by its field managers; its content is not looked at."""
    writes = [
        (datetime.fromisoformat(entry["time"]), str(entry.get("manager", "")))
        for entry in item["metadata"].get("managedFields") or ()
        if entry.get("time") and not entry.get("subresource")  # a status tells what happened, not what was changed
    ]
    if not writes or not _near(context, max(writes)[0]):
        return
    at, by = max(writes)
    target = f"{kind.lower()}/{item['metadata']['name']}"
    facts = {"object": target, "at": at.isoformat(), "minutes_before": _minutes_before(context, at), "by": by}
    yield found(context, target, "config.change", facts, f"{target}: written at {facts['at']} by {by}")


def _onset(context: Context) -> datetime:
    return context.incident.onset_at or context.incident.reported_at


def _near(context: Context, at: datetime) -> bool:
    return _onset(context) - _WINDOW <= at <= _onset(context) + _AFTER


def _minutes_before(context: Context, at: datetime) -> int:
    return round((_onset(context) - at).total_seconds() / 60)
