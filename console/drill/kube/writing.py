"""Create, replace, patch, delete, scale."""

import copy
from collections.abc import Callable
from typing import Any

from console.drill.kube.apply import apply_patch
from console.drill.kube.asked import Asked
from console.drill.kube.kinds import Json
from console.drill.kube.objects import Objects
from console.drill.kube.patches import json_patch, merge_patch, strategic_patch
from console.drill.kube.status import Refusal, bad_request

_PLAIN: dict[str, Callable[[Json, Any, str], Json]] = {
    "application/json-patch+json": lambda obj, patch, _kind: json_patch(obj, patch),
    "application/merge-patch+json": lambda obj, patch, _kind: merge_patch(obj, patch),
    "application/strategic-merge-patch+json": strategic_patch,
}


def create(objects: Objects, asked: Asked, wanted: Json) -> Json:
    """Store a new object."""
    metadata = wanted.setdefault("metadata", {})
    if asked.kind.namespaced:
        if metadata.get("namespace") not in (None, "", asked.namespace):
            raise bad_request("the namespace of the provided object does not match the namespace sent on the request")
        metadata["namespace"] = asked.namespace
    return objects.create(asked.kind, wanted, dry_run=asked.dry_run)


def replace(objects: Objects, asked: Asked, wanted: Json) -> Json:
    """Replace an object, or its status, or its scale."""
    if wanted.get("metadata", {}).get("name") != asked.name:
        raise bad_request("the name of the object does not match the name on the URL")
    wanted["metadata"]["namespace"] = asked.namespace
    if asked.subresource == "scale":
        return _scaled(objects, asked, wanted)
    return objects.update(asked.kind, wanted, part=asked.subresource, dry_run=asked.dry_run)


def patch(objects: Objects, asked: Asked, media_type: str, change: Any) -> tuple[Json, bool]:
    """Patch an object; return it and whether it is new. Server-side apply may create it."""
    if media_type == "application/apply-patch+yaml":
        return _apply(objects, asked, change)
    if media_type not in _PLAIN:
        raise Refusal(415, "UnsupportedMediaType", f"the patch type {media_type} is not known")
    live = copy.deepcopy(objects.get(asked.kind, asked.namespace, asked.name))
    if asked.subresource == "scale":
        return _scaled(objects, asked, _PLAIN[media_type](_scale_of(live), change, "Scale")), False
    patched = _PLAIN[media_type](live, change, asked.kind.kind)
    version = change.get("metadata", {}).get("resourceVersion", "") if isinstance(change, dict) else ""
    patched["metadata"]["resourceVersion"] = version
    return objects.update(asked.kind, patched, part=asked.subresource, dry_run=asked.dry_run), False


def _apply(objects: Objects, asked: Asked, change: Json) -> tuple[Json, bool]:
    manager = asked.query.get("fieldManager")
    if not manager:
        raise Refusal(422, "Invalid", "PatchOptions.meta.k8s.io is invalid: fieldManager: Required value")
    live = objects.find(asked.kind, asked.namespace, asked.name)
    merged = apply_patch(asked.kind, live, change, manager, force=asked.query.get("force") == "true")
    merged["metadata"].update(name=asked.name, **({"namespace": asked.namespace} if asked.kind.namespaced else {}))
    if live is None:
        return objects.create(asked.kind, merged, dry_run=asked.dry_run), True
    merged["metadata"]["resourceVersion"] = change.get("metadata", {}).get("resourceVersion", "")
    return objects.update(asked.kind, merged, dry_run=asked.dry_run), False


def _scale_of(obj: Json) -> Json:
    metadata = {key: obj["metadata"][key] for key in ("name", "namespace", "uid", "resourceVersion")}
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": metadata,
        "spec": {"replicas": obj["spec"].get("replicas", 0)},
        "status": {"replicas": obj.get("status", {}).get("replicas", 0)},
    }


def scale(objects: Objects, asked: Asked) -> Json:
    """Return the scale of an object."""
    return _scale_of(objects.get(asked.kind, asked.namespace, asked.name))


def _scaled(objects: Objects, asked: Asked, wanted: Json) -> Json:
    live = objects.get(asked.kind, asked.namespace, asked.name)
    version = wanted.get("metadata", {}).get("resourceVersion", "")
    spec = {**live["spec"], "replicas": wanted["spec"]["replicas"]}
    fresh = {**live, "metadata": {**live["metadata"], "resourceVersion": version}, "spec": spec}
    return _scale_of(objects.update(asked.kind, fresh, dry_run=asked.dry_run))
