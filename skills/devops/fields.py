"""Which fields a patch is about, how two objects differ, and what patch leads from one to the other: pure.

Lists are merged by the key that Kubernetes merges them by, as its API types declare it (`patchMergeKey`).
"""

import difflib
from collections.abc import Iterator
from typing import Any

from store.values import Json

_MERGE_KEYS = {
    "containers": "name",
    "initContainers": "name",
    "ephemeralContainers": "name",
    "env": "name",
    "volumes": "name",
    "imagePullSecrets": "name",
    "ports": "containerPort",
    "volumeMounts": "mountPath",
    "volumeDevices": "devicePath",
    "hostAliases": "ip",
}
_CONTEXT_LINES = 2


def covered(live: Any, patch: Any, name: str = "") -> Any:
    """Return the part of `live` that `patch` is about, in the patch's own shape; None where there is nothing."""
    if isinstance(patch, dict) and isinstance(live, dict):
        if "$patch" in patch:
            return live
        return {key: covered(live.get(key), value, key) for key, value in patch.items()}
    merge_key = _MERGE_KEYS.get(name)
    if merge_key and isinstance(patch, list) and isinstance(live, list):
        by_key = {item.get(merge_key): item for item in live}
        found = []
        for item in patch:
            mine = by_key.get(item.get(merge_key))
            found.append({**covered(mine, item), merge_key: item.get(merge_key)} if mine else None)
        return found
    return live


def difference(live: Json, wanted: Json) -> Json:
    """Return the strategic merge patch that leads from `live` to `wanted`; empty where they are equal."""
    patch: Json = {}
    for key in live.keys() | wanted.keys():
        old, new = live.get(key), wanted.get(key)
        if old == new:
            continue
        if key not in wanted:
            patch[key] = None
        elif isinstance(old, dict) and isinstance(new, dict):
            patch[key] = difference(old, new)
        elif key in _MERGE_KEYS and isinstance(old, list) and isinstance(new, list):
            patch[key] = _list_difference(old, new, _MERGE_KEYS[key])
        else:
            patch[key] = new
    return dict(sorted(patch.items()))


def _list_difference(live: list[Json], wanted: list[Json], merge_key: str) -> list[Json]:
    old = {item.get(merge_key): item for item in live}
    new = {item.get(merge_key): item for item in wanted}
    changed = [
        {merge_key: key, **difference(old[key], item)} if key in old else item
        for key, item in new.items()
        if old.get(key) != item
    ]
    gone: list[Json] = [{"$patch": "delete", merge_key: key} for key in old if key not in new]
    return changed + gone


def unified(before: Json, after: Json) -> tuple[str, ...]:
    """Return the unified diff of two objects as YAML, without its header."""
    lines = difflib.unified_diff(list(_yaml(before)), list(_yaml(after)), lineterm="", n=_CONTEXT_LINES)
    return tuple(line for line in lines if not line.startswith(("---", "+++")))


def _yaml(value: Any, indent: str = "") -> Iterator[str]:
    """Yield an object's lines; a fingerprint in a secret's place shows as dots and its beginning."""
    if isinstance(value, dict):
        for key, item in sorted(value.items()):
            if isinstance(item, (dict, list)) and item and not _is_placeholder(item):
                yield f"{indent}{key}:"
                yield from _yaml(item, indent + "  ")
            else:
                yield f"{indent}{key}: {_scalar(item)}"
    elif isinstance(value, list):
        for item in value:
            first, *rest = list(_yaml(item, "")) or ["{}"]
            yield f"{indent}- {first}"
            yield from (f"{indent}  {line}" for line in rest)
    else:
        yield indent + _scalar(value)


def _is_placeholder(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"hmac"}


def _scalar(value: Any) -> str:
    if _is_placeholder(value):
        return f"••••••‹{str(value['hmac'])[:4]}›"
    if isinstance(value, bool):
        return str(value).lower()
    return "null" if value is None else str(value)
