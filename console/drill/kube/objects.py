"""The objects, their versions, and the history that watches follow.

A stored object is never changed, only replaced: so it can be handed out, kept in the history and written as it is.
"""

import copy
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from console.drill.kube.admission import admit, check_immutable
from console.drill.kube.bell import Bell
from console.drill.kube.defaults import with_defaults
from console.drill.kube.kinds import Json, Kind
from console.drill.kube.naming import random_suffix
from console.drill.kube.pace import stamp
from console.drill.kube.status import already_exists, bad_request, conflict, expired, invalid, not_found

_HISTORY = 4000
_FIRST_VERSION = 1000
_SERVER_FIELDS = ("uid", "creationTimestamp", "resourceVersion", "generation", "deletionTimestamp")
Key = tuple[str, str]
"""Namespace and name."""


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the history; `before` is the object that was replaced or removed."""

    version: int
    event: str
    kind: Kind
    obj: Json
    before: Json | None = None


class Objects:
    """Every object, by kind, namespace and name; `changed` rings after each change."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.version = _FIRST_VERSION
        self.changed = Bell()
        self.deletions = 0
        self._objects: dict[Kind, dict[Key, Json]] = {}
        self._history: list[Change] = []
        self._floor = _FIRST_VERSION

    def get(self, kind: Kind, namespace: str, name: str) -> Json:
        """Return an object; raises a 404 where there is none."""
        found = self.find(kind, namespace, name)
        if found is None:
            raise not_found(kind, name)
        return found

    def find(self, kind: Kind, namespace: str, name: str) -> Json | None:
        """Return an object, or None."""
        return self._objects.get(kind, {}).get(_key(kind, namespace, name))

    def all(self, kind: Kind, namespace: str = "") -> list[Json]:
        """Return the objects of a kind by namespace and name, of all namespaces where none is named."""
        found = self._objects.get(kind, {})
        return [found[key] for key in sorted(found) if not namespace or key[0] == namespace]

    def create(self, kind: Kind, wanted: Json, *, dry_run: bool = False) -> Json:
        """Store a new object and return it; raises a 409, 400 or 422."""
        obj = copy.deepcopy(wanted)
        obj["apiVersion"], obj["kind"] = kind.api, kind.kind
        metadata = obj.setdefault("metadata", {})
        if not metadata.get("name"):
            if not metadata.get("generateName"):
                raise invalid(kind, "", "metadata.name", "Required value: name or generateName is required")
            metadata["name"] = metadata["generateName"] + random_suffix()
        if metadata.get("resourceVersion"):
            raise bad_request("resourceVersion should not be set on objects to be created")
        key = _key(kind, metadata.get("namespace", ""), metadata["name"])
        if key in self._objects.get(kind, {}):
            raise already_exists(kind, metadata["name"])
        metadata["uid"], metadata["creationTimestamp"] = str(uuid.uuid4()), stamp(self.now())
        if kind.generation:
            metadata["generation"] = 1
        with_defaults(kind, obj)
        admit(kind, obj)
        return obj if dry_run else self._put(key, kind, "ADDED", obj)

    def update(self, kind: Kind, wanted: Json, *, part: str = "", dry_run: bool = False) -> Json:
        """Replace an object, or only its `status` where that is the part, and return it.

        Raises:
            Refusal: 404; 409 where resourceVersion or uid are given and are not those of the stored object; 400; 422.
        """
        metadata = wanted.get("metadata") or {}
        name = metadata.get("name", "")
        live = self.get(kind, metadata.get("namespace", ""), name)
        mine = live["metadata"]
        if metadata.get("resourceVersion") not in (None, "", mine["resourceVersion"]):
            raise conflict(kind, name)
        if metadata.get("uid") not in (None, "", mine["uid"]):
            why = f"Precondition failed: UID in precondition: {metadata['uid']}, UID in object meta: {mine['uid']}"
            raise conflict(kind, name, why)
        obj = self._merged(kind, live, wanted, part)
        if obj == live:
            return live
        return obj if dry_run else self._put(_key(kind, mine.get("namespace", ""), name), kind, "MODIFIED", obj)

    @staticmethod
    def _merged(kind: Kind, live: Json, wanted: Json, part: str) -> Json:
        if part == "status":
            return {**live, "status": copy.deepcopy(wanted.get("status", {}))}
        mine = live["metadata"]
        obj = copy.deepcopy(wanted)
        kept = {field: mine[field] for field in _SERVER_FIELDS if field in mine}
        obj["metadata"] = {**{k: v for k, v in obj["metadata"].items() if k not in _SERVER_FIELDS}, **kept}
        obj["apiVersion"], obj["kind"] = kind.api, kind.kind
        if kind.status:
            obj.pop("status", None)
            obj.update({"status": live["status"]} if "status" in live else {})
        with_defaults(kind, obj)
        admit(kind, obj)
        check_immutable(kind, live, obj)
        if kind.generation and obj.get("spec") != live.get("spec"):
            obj["metadata"]["generation"] = mine["generation"] + 1
        return obj

    def mark_deleted(self, kind: Kind, obj: Json) -> Json:
        """Stamp an object as to be removed once it has ended."""
        metadata = {**obj["metadata"], "deletionTimestamp": stamp(self.now()), "deletionGracePeriodSeconds": 30}
        key = _key(kind, metadata.get("namespace", ""), metadata["name"])
        return self._put(key, kind, "MODIFIED", {**obj, "metadata": metadata})

    def delete(self, kind: Kind, namespace: str, name: str) -> Json:
        """Remove an object and return it as it was; raises a 404."""
        live = self.get(kind, namespace, name)
        key = _key(kind, namespace, name)
        del self._objects[kind][key]
        self.version += 1
        self.deletions += 1
        gone = {**live, "metadata": {**live["metadata"], "resourceVersion": str(self.version)}}
        self._record(Change(self.version, "DELETED", kind, gone, live))
        return gone

    def _put(self, key: Key, kind: Kind, event: str, obj: Json) -> Json:
        self.version += 1
        obj = {**obj, "metadata": {**obj["metadata"], "resourceVersion": str(self.version)}}
        before = self._objects.get(kind, {}).get(key)
        self._objects.setdefault(kind, {})[key] = obj
        self._record(Change(self.version, event, kind, obj, before))
        return obj

    def _record(self, change: Change) -> None:
        self._history.append(change)
        if len(self._history) > 2 * _HISTORY:
            self._floor = self._history[_HISTORY - 1].version
            del self._history[:_HISTORY]
        self.changed.ring()

    def since(self, version: int) -> list[Change]:
        """Return what changed after a version; raises a 410 where that is no longer known."""
        if version < self._floor:
            raise expired(version, self._floor)
        return self._history[max(version - self._floor, 0) :]

    def compact(self) -> None:
        """Forget the history, as etcd does: watches from earlier versions are answered 410."""
        self._history.clear()
        self._floor = self.version

    def everything(self) -> list[tuple[Kind, Json]]:
        """Return every object with its kind."""
        return [(kind, obj) for kind, found in self._objects.items() for obj in found.values()]

    def restore(self, version: int, objects: list[tuple[Kind, Json]]) -> None:
        """Take the objects of an earlier world; its history is not known."""
        for kind, obj in objects:
            key = _key(kind, obj["metadata"].get("namespace", ""), obj["metadata"]["name"])
            self._objects.setdefault(kind, {})[key] = obj
        self.version = version
        self.compact()


def _key(kind: Kind, namespace: str, name: str) -> Key:
    return (namespace if kind.namespaced else "", name)
