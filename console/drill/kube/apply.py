"""Server-side apply: a manager states what it wants; what it wanted before and no longer does is taken back."""

import copy
import json
from typing import Any

from console.drill.kube.kinds import Json, Kind
from console.drill.kube.ownership import Owner, Path, leaves, owners, with_owners
from console.drill.kube.patches import strategic_patch
from console.drill.kube.status import Refusal


def apply_patch(kind: Kind, live: Json | None, wanted: Json, manager: str, time: str, *, force: bool) -> Json:
    """Return the object with the manager's configuration applied; `live` is None where it is to be created.

    Raises:
        Refusal: 409 where another manager owns a leaf with another value, and `force` is not given.
    """
    wanted = {**wanted, "metadata": {k: v for k, v in wanted.get("metadata", {}).items() if k != "managedFields"}}
    mine = (manager, "Apply")
    owned, asked, current = owners(live), set(leaves(wanted)), leaves(live or {})
    values = leaves(wanted)
    others = {owner: paths for owner, paths in owned.items() if owner != mine}
    differing = {path for path in asked if path in current and current[path] != values[path]}
    clashes = sorted((owner, path) for owner, paths in others.items() for path in paths & differing)
    if clashes and not force:
        raise _conflict(kind, clashes)
    base = copy.deepcopy(live) if live else {}
    kept_by_others = set[Path]().union(*others.values())
    for path in sorted(owned.get(mine, set()) - asked - kept_by_others):
        _take_back(base, path, kept_by_others | asked)
    merged: Json = strategic_patch(base, wanted, kind.kind)
    kept = {owner: paths - differing for owner, paths in others.items()}
    return with_owners(kind, merged, {**kept, mine: asked}, time)


def _conflict(kind: Kind, clashes: list[tuple[Owner, Path]]) -> Refusal:
    causes = []
    for (manager, operation), path in clashes:
        using = f" using {kind.api}" if operation == "Update" else ""
        message = f'conflict with "{manager}"{using}'
        causes.append({"reason": "FieldManagerConflict", "message": message, "field": _readable(path)})
    told = ", ".join(f"{cause['message']}: {cause['field']}" for cause in causes)
    count = f"{len(causes)} conflict" + ("s" if len(causes) > 1 else "")
    return Refusal(409, "Conflict", f"Apply failed with {count}: {told}", {"causes": causes})


def _readable(path: Path) -> str:
    told = ""
    for part in path:
        if part.startswith("k:"):
            told += "[" + ",".join(f"{key}={json.dumps(value)}" for key, value in json.loads(part[2:]).items()) + "]"
        else:
            told += f".{part[2:]}"
    return told


def _take_back(node: Any, path: Path, kept: set[Path], done: Path = ()) -> None:
    """Remove a leaf; an item of a keyed list goes whole, once nobody keeps anything of it."""
    part, rest = path[0], path[1:]
    here = (*done, part)
    if part.startswith("k:"):
        key = json.loads(part[2:])
        found = [item for item in node if isinstance(item, dict) and key.items() <= item.items()]
        if found and not any(other[: len(here)] == here for other in kept):
            node.remove(found[0])
        elif found and rest:
            _take_back(found[0], rest, kept, here)
        return
    field = part[2:]
    if not isinstance(node, dict) or field not in node:
        return
    if rest:
        _take_back(node[field], rest, kept, here)
    if not rest or node[field] in ({}, []):
        del node[field]
