"""Create, replace, patch, delete, scale."""

import copy
from collections.abc import Callable
from typing import Any

from console.drill.kube import ownership
from console.drill.kube.apply import apply_patch
from console.drill.kube.asked import Asked
from console.drill.kube.deletion import orphan, remove
from console.drill.kube.kinds import Json, kind_named
from console.drill.kube.listing import listing
from console.drill.kube.objects import Objects
from console.drill.kube.pace import stamp
from console.drill.kube.patches import json_patch, merge_patch, strategic_patch
from console.drill.kube.status import Refusal, bad_request, conflict, unsupported_media

_APPLY = "application/apply-patch+yaml"
_NAMESPACE = kind_named("Namespace")
_PLAIN: dict[str, Callable[[Json, Any, str], Json]] = {
    "application/json-patch+json": lambda obj, patch, _kind: json_patch(obj, patch),
    "application/merge-patch+json": lambda obj, patch, _kind: merge_patch(obj, patch),
    "application/strategic-merge-patch+json": strategic_patch,
}


def create(objects: Objects, asked: Asked, wanted: Json) -> Json:
    """Store a new object, without its status: that is not the client's to say."""
    _check_type(asked, wanted)
    metadata = wanted.setdefault("metadata", {})
    _place(objects, asked, metadata)
    if asked.kind.status:
        wanted.pop("status", None)
    if not metadata.get("name"):
        return objects.create(asked.kind, wanted, dry_run=asked.dry_run)
    owned = ownership.updated(asked.kind, None, wanted, asked.manager, stamp(objects.now()))
    return objects.create(asked.kind, owned, dry_run=asked.dry_run)


def replace(objects: Objects, asked: Asked, wanted: Json) -> Json:
    """Replace an object, or its status, or its scale."""
    if asked.subresource == "scale":
        return _scaled(objects, asked, wanted)
    _check_type(asked, wanted)
    metadata = wanted.setdefault("metadata", {})
    if metadata.get("name") != asked.name:
        told = f"the name of the object ({metadata.get('name', '')}) does not match the name on the URL ({asked.name})"
        raise bad_request(told)
    _place(objects, asked, metadata)
    return _update(objects, asked, objects.get(asked.kind, asked.namespace, asked.name), wanted)


def patch(objects: Objects, asked: Asked, media_type: str, change: Any) -> tuple[Json, bool]:
    """Patch an object; return it and whether it is new. Server-side apply may create it."""
    if media_type == _APPLY:
        return _apply(objects, asked, change)
    if media_type not in _PLAIN:
        raise unsupported_media(f"the patch type {media_type} is not known")
    live = objects.get(asked.kind, asked.namespace, asked.name)
    if asked.subresource == "scale":
        return _scaled(objects, asked, _PLAIN[media_type](_scale_of(live), change, "Scale")), False
    patched = copy.deepcopy(_PLAIN[media_type](live, change, asked.kind.kind))
    try:
        return _update(objects, asked, live, patched), False
    except Refusal as refusal:
        if refusal.code != 400:
            raise
        raise Refusal(422, "Invalid", f' "" is invalid: patch: Invalid value: {refusal.message}') from None


def _update(objects: Objects, asked: Asked, live: Json, wanted: Json) -> Json:
    if asked.subresource != "status" and _without_managers(wanted) != _without_managers(live):
        wanted = ownership.updated(asked.kind, live, wanted, asked.manager, stamp(objects.now()))
    return objects.update(asked.kind, wanted, part=asked.subresource, dry_run=asked.dry_run)


def _without_managers(obj: Json) -> Json:
    metadata = obj.get("metadata") or {}
    return {**obj, "metadata": {key: value for key, value in metadata.items() if key != "managedFields"}}


def _apply(objects: Objects, asked: Asked, change: Json) -> tuple[Json, bool]:
    manager = asked.query.get("fieldManager")
    if not manager:
        why = "fieldManager: Required value: is required for apply patch"
        raise Refusal(422, "Invalid", f"PatchOptions.meta.k8s.io is invalid: {why}")
    _check_type(asked, change)
    _place(objects, asked, change.setdefault("metadata", {}))
    change["metadata"]["name"] = asked.name
    live = objects.find(asked.kind, asked.namespace, asked.name)
    force, now = asked.says("force"), stamp(objects.now())
    merged = apply_patch(asked.kind, live, change, manager, now, force=force)
    if live is None:
        return objects.create(asked.kind, merged, dry_run=asked.dry_run), True
    merged["metadata"]["resourceVersion"] = change["metadata"].get("resourceVersion", "")
    return objects.update(asked.kind, merged, dry_run=asked.dry_run), False


def delete(objects: Objects, asked: Asked, options: Json) -> Json:
    """Delete an object, or all that are selected."""
    dry_run = asked.dry_run or options.get("dryRun") == ["All"]
    if not asked.name:
        found = listing(objects, asked)
        for item in [] if dry_run else found["items"]:
            remove(objects, asked.kind, objects.get(asked.kind, _namespace(item), item["metadata"]["name"]))
        return found
    live = objects.get(asked.kind, asked.namespace, asked.name)
    _check_preconditions(asked, live, options.get("preconditions") or {})
    mine = live["metadata"]
    if not dry_run:
        policy = options.get("propagationPolicy") or asked.query.get("propagationPolicy")
        if policy == "Orphan":
            orphan(objects, live)
        at_once = 0 in (options.get("gracePeriodSeconds"), asked.number("gracePeriodSeconds", -1))
        live = remove(objects, asked.kind, live, at_once=at_once)
    if asked.kind.kind == "Pod":
        return live
    details = {"name": mine["name"], "group": asked.kind.group, "kind": asked.kind.plural, "uid": mine["uid"]}
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}


def scale(objects: Objects, asked: Asked) -> Json:
    """Return the scale of an object."""
    return _scale_of(objects.get(asked.kind, asked.namespace, asked.name))


def _scale_of(obj: Json) -> Json:
    metadata = {key: obj["metadata"][key] for key in ("name", "namespace", "uid", "resourceVersion")}
    labels = (obj["spec"].get("selector") or {}).get("matchLabels") or {}
    selector = ",".join(f"{key}={value}" for key, value in labels.items())
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {**metadata, "creationTimestamp": obj["metadata"]["creationTimestamp"]},
        "spec": {"replicas": obj["spec"].get("replicas", 0)},
        "status": {"replicas": obj.get("status", {}).get("replicas", 0), "selector": selector},
    }


def _scaled(objects: Objects, asked: Asked, wanted: Json) -> Json:
    live = objects.get(asked.kind, asked.namespace, asked.name)
    version = (wanted.get("metadata") or {}).get("resourceVersion", "")
    spec = {**live["spec"], "replicas": (wanted.get("spec") or {}).get("replicas", 0)}
    fresh = {**live, "metadata": {**live["metadata"], "resourceVersion": version}, "spec": spec}
    return _scale_of(objects.update(asked.kind, fresh, dry_run=asked.dry_run))


def _check_type(asked: Asked, wanted: Json) -> None:
    if not isinstance(wanted, dict):
        raise bad_request("the body is no object")
    said = (wanted.get("apiVersion") or asked.kind.api, wanted.get("kind") or asked.kind.kind)
    if said != (asked.kind.api, asked.kind.kind):
        raise bad_request(f"{said[1]} in version {said[0]} cannot be handled as a {asked.kind.kind}")


def _place(objects: Objects, asked: Asked, metadata: Json) -> None:
    """Put an object into the namespace of the URL; raises a 404 where there is no such namespace."""
    if not asked.kind.namespaced:
        return
    if metadata.get("namespace") not in (None, "", asked.namespace):
        raise bad_request("the namespace of the provided object does not match the namespace sent on the request")
    metadata["namespace"] = asked.namespace
    objects.get(_NAMESPACE, "", asked.namespace)


def _check_preconditions(asked: Asked, live: Json, preconditions: Json) -> None:
    for field in ("uid", "resourceVersion"):
        wanted, found = preconditions.get(field), live["metadata"][field]
        if wanted not in (None, found):
            label = "UID" if field == "uid" else "ResourceVersion"
            why = f"Precondition failed: {label} in precondition: {wanted}, {label} in object meta: {found}"
            raise conflict(asked.kind, asked.name, why)


def _namespace(item: Json) -> str:
    return str(item["metadata"].get("namespace", ""))
