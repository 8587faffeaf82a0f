"""Server-side apply: who owns which leaf, and what is in conflict."""

import copy
from typing import Any

from console.drill.kube.kinds import Json, Kind
from console.drill.kube.patches import MERGE_KEYS, strategic_patch
from console.drill.kube.status import conflict

Path = tuple[str, ...]
_IDENTITY = {("apiVersion",), ("kind",), ("metadata", "name"), ("metadata", "namespace")}


def leaves(value: Any, path: Path = ()) -> dict[Path, Any]:
    """Return every leaf with its path; an item of a keyed list by its key."""
    if isinstance(value, dict) and value:
        return {p: v for key, item in value.items() for p, v in leaves(item, (*path, f"f:{key}")).items()}
    if isinstance(value, list) and path and (key := MERGE_KEYS.get(path[-1][2:])) and _keyed(value, key):
        return {p: v for item in value for p, v in leaves(item, (*path, f"k:{item[key]}")).items()}
    return {path: value}


def _keyed(items: list[Any], key: str) -> bool:
    return bool(items) and all(isinstance(item, dict) and key in item for item in items)


def apply_patch(kind: Kind, live: Json | None, wanted: Json, manager: str, *, force: bool) -> Json:
    """Return the object with the manager's configuration applied.

    Raises:
        Refusal: 409 where another manager owns a leaf with another value, and `force` is not given.
    """
    owned = {path: value for path, value in leaves(wanted).items() if _plain(path) not in _IDENTITY}
    fields = {entry["manager"]: _paths(entry) for entry in (live or {}).get("metadata", {}).get("managedFields", [])}
    current = leaves(live or {})
    others = {name: paths for name, paths in fields.items() if name != manager}
    clashes = {
        (name, path)
        for name, paths in others.items()
        for path in paths
        if path in owned and current.get(path) != owned[path]
    }
    name = wanted.get("metadata", {}).get("name", "")
    if clashes and not force:
        told = ", ".join(sorted(f'"{who}" over {".".join(_plain(path))}' for who, path in clashes))
        raise conflict(kind, name, f"Apply failed with {len(clashes)} conflict(s): conflicts with {told}")
    base = copy.deepcopy(live) if live else {}
    for path in fields.get(manager, set()) - set(owned):
        if not any(path in paths for paths in others.values()):
            _drop(base, path)
    merged: Json = strategic_patch(base, wanted, kind.kind)
    kept = {who: paths - set(owned) for who, paths in others.items()}
    entries = [_entry(kind, who, paths) for who, paths in {**kept, manager: set(owned)}.items() if paths]
    merged.setdefault("metadata", {})["managedFields"] = entries
    return merged


def _plain(path: Path) -> Path:
    return tuple(part[2:] for part in path)


def _entry(kind: Kind, manager: str, paths: set[Path]) -> Json:
    tree: Json = {}
    for path in sorted(paths):
        node = tree
        for part in path:
            node = node.setdefault(part, {})
    return {
        "manager": manager,
        "operation": "Apply",
        "apiVersion": kind.api,
        "fieldsType": "FieldsV1",
        "fieldsV1": tree,
    }


def _paths(entry: Json) -> set[Path]:
    def walk(node: Json, path: Path) -> set[Path]:
        return {found for part, child in node.items() for found in walk(child, (*path, part))} if node else {path}

    return walk(entry.get("fieldsV1", {}), ())


def _drop(obj: Any, path: Path) -> None:
    for part in path[:-1]:
        if part.startswith("k:") or not isinstance(obj, dict):
            return
        obj = obj.get(part[2:], {})
    if isinstance(obj, dict):
        obj.pop(path[-1][2:], None)
