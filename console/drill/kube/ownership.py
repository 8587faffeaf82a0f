"""Field managers: who set which leaf of an object, as `metadata.managedFields` tells."""

import json
from typing import Any

from console.drill.kube.kinds import Json, Kind
from console.drill.kube.patches import MERGE_KEYS

Path = tuple[str, ...]
"""Parts as in FieldsV1: `f:spec`, or `k:{"name":"app"}` for an item of a list that is merged by key."""
Owner = tuple[str, str]
"""Manager and operation, which is `Apply` or `Update`."""

_SERVERS = {
    ("f:metadata", f"f:{field}")
    for field in ("uid", "creationTimestamp", "resourceVersion", "generation", "managedFields", "deletionTimestamp")
}
_IDENTITY = {("f:apiVersion",), ("f:kind",), ("f:metadata", "f:name"), ("f:metadata", "f:namespace")}


def leaves(value: Any, path: Path = ()) -> dict[Path, Any]:
    """Return every leaf that somebody may own, with its path."""
    if path in _SERVERS or path in _IDENTITY or path == ("f:status",):
        return {}
    if isinstance(value, dict) and value:
        return {p: v for key, item in value.items() for p, v in leaves(item, (*path, f"f:{key}")).items()}
    if isinstance(value, list) and (key := merge_key(path, value)):
        items = ((item, (*path, f"k:{json.dumps({key: item[key]})}")) for item in value)
        return {p: v for item, under in items for p, v in leaves(item, under).items()}
    return {path: value} if path else {}


def merge_key(path: Path, items: list[Any]) -> str:
    """Return the key by which a list's items are told apart; empty where the list is one value."""
    key = MERGE_KEYS.get(path[-1][2:], "") if path else ""
    return key if key and items and all(isinstance(item, dict) and key in item for item in items) else ""


def owners(obj: Json | None) -> dict[Owner, set[Path]]:
    """Return what each manager owns."""
    entries = ((obj or {}).get("metadata") or {}).get("managedFields") or []
    return {(entry["manager"], entry["operation"]): _paths(entry.get("fieldsV1", {}), ()) for entry in entries}


def with_owners(kind: Kind, obj: Json, owned: dict[Owner, set[Path]], time: str) -> Json:
    """Return the object with its managers written down."""
    before = {(each["manager"], each["operation"]): each for each in obj["metadata"].get("managedFields") or []}
    entries = []
    for owner, paths in owned.items():
        fields, old = _tree(paths), before.get(owner, {})
        if paths:
            at = old["time"] if old.get("fieldsV1") == fields else time
            entry = {"manager": owner[0], "operation": owner[1], "apiVersion": kind.api, "time": at}
            entries.append({**entry, "fieldsType": "FieldsV1", "fieldsV1": fields})
    return {**obj, "metadata": {**obj["metadata"], "managedFields": entries}}


def updated(kind: Kind, before: Json | None, after: Json, manager: str, time: str) -> Json:
    """Return the object as written by a manager that did not apply: what it changed is its own from now on."""
    old, new = leaves(before or {}), leaves(after)
    changed = {path for path, value in new.items() if path not in old or old[path] != value}
    owned = {owner: (paths - changed) & set(new) for owner, paths in owners(before).items()}
    mine = (manager, "Update")
    owned[mine] = owned.get(mine, set()) | changed
    return with_owners(kind, after, owned, time)


def _paths(tree: Json, path: Path) -> set[Path]:
    if not tree:
        return {path} if path else set()
    return {found for part, child in tree.items() for found in _paths(child, (*path, part))}


def _tree(paths: set[Path]) -> Json:
    tree: Json = {}
    for path in sorted(paths):
        node = tree
        for part in path:
            node = node.setdefault(part, {})
    return tree
