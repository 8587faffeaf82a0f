"""The patch types: JSON, merge, strategic merge."""

import copy
from typing import Any

import jsonpatch

from console.drill.kube.kinds import Json
from console.drill.kube.status import Refusal, bad_request

MERGE_KEYS = {
    "containers": "name",
    "initContainers": "name",
    "ephemeralContainers": "name",
    "env": "name",
    "volumes": "name",
    "volumeMounts": "mountPath",
    "volumeDevices": "devicePath",
    "ports": "containerPort",
    "imagePullSecrets": "name",
    "conditions": "type",
    "ownerReferences": "uid",
    "hostAliases": "ip",
}
"""Lists that a strategic merge merges by key, by the name of their field."""
_SERVICE_PORTS = "port"
_SETS = {"finalizers"}
_DELETE_FROM = "$deleteFromPrimitiveList/"


def json_patch(obj: Json, patch: Any) -> Json:
    """RFC 6902; raises a 422 where an operation does not apply."""
    try:
        patched: Json = jsonpatch.JsonPatch(patch).apply(copy.deepcopy(obj))
    except (jsonpatch.JsonPatchConflict, jsonpatch.JsonPatchTestFailed, jsonpatch.JsonPointerException) as error:
        raise Refusal(
            422, "Invalid", f"the server rejected our request due to an error in our request: {error}"
        ) from error
    except (jsonpatch.JsonPatchException, TypeError, AttributeError) as error:
        raise bad_request(f"error decoding patch: {error}") from error
    return patched


def merge_patch(obj: Any, patch: Any) -> Any:
    """RFC 7386."""
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    merged = dict(obj) if isinstance(obj, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge_patch(merged.get(key), value)
    return merged


def strategic_patch(obj: Any, patch: Any, kind: str = "") -> Any:
    """A merge that knows which lists are maps: `containers` by name, and so on; with its `$patch` directives."""
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    if patch.get("$patch") == "replace":
        return {key: copy.deepcopy(value) for key, value in patch.items() if key != "$patch"}
    merged = dict(obj) if isinstance(obj, dict) else {}
    if "$retainKeys" in patch:
        merged = {key: value for key, value in merged.items() if key in patch["$retainKeys"]}
    for key, value in patch.items():
        if key.startswith(_DELETE_FROM):
            field = key.removeprefix(_DELETE_FROM)
            merged[field] = [item for item in merged.get(field) or [] if item not in value]
        elif key.startswith("$"):
            continue
        elif value is None or (isinstance(value, dict) and value.get("$patch") == "delete"):
            merged.pop(key, None)
        elif isinstance(value, list):
            merged[key] = _merge_list(key, merged.get(key), value, kind)
        else:
            merged[key] = strategic_patch(merged.get(key), value, kind)
    return merged


def _merge_list(field: str, live: Any, new: list[Any], kind: str) -> list[Any]:
    merge_key = _SERVICE_PORTS if (field, kind) == ("ports", "Service") else MERGE_KEYS.get(field)
    old: list[Any] = list(live) if isinstance(live, list) else []
    if field in _SETS:
        return old + [value for value in new if value not in old]
    items = [item for item in new if not (isinstance(item, dict) and set(item) == {"$patch"})]
    if merge_key is None or len(items) != len(new):  # a lone {"$patch": "replace"} replaces the list
        return [strategic_patch(None, item, kind) for item in items]
    merged: dict[Any, Any] = {item.get(merge_key): item for item in old}
    for item in items:
        if merge_key not in item:
            raise Refusal(422, "Invalid", f"map: {item} does not contain declared merge key: {merge_key}")
        key = item[merge_key]
        if item.get("$patch") == "delete":
            merged.pop(key, None)
        else:
            merged[key] = strategic_patch(merged.get(key), item, kind)
    return list(merged.values())
