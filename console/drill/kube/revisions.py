"""A Deployment's revisions: one ReplicaSet for each template that it had."""

from typing import Any

from console.drill.kube.events import Recorder
from console.drill.kube.kinds import Json, kind_named
from console.drill.kube.naming import template_hash
from console.drill.kube.objects import Objects
from console.drill.kube.replicas import owned_by, owner_reference

REVISION = "deployment.kubernetes.io/revision"
_HASH = "pod-template-hash"
_NOT_COPIED = ("kubectl.kubernetes.io/last-applied-configuration", REVISION)
_SET, _DEPLOYMENT = kind_named("ReplicaSet"), kind_named("Deployment")


class Revisions:
    """Finds and makes the ReplicaSets of a Deployment."""

    def __init__(self, objects: Objects, events: Recorder) -> None:
        self._objects, self._events = objects, events

    def sets(self, owner: Json) -> list[Json]:
        """Return them, oldest revision first."""
        found = owned_by(self._objects.all(_SET, owner["metadata"]["namespace"]), owner)
        return sorted(found, key=revision)

    def current(self, owner: Json, *, create: bool = True) -> Json | None:
        """Return the ReplicaSet of the Deployment's template, made where there is none, and number it newest."""
        sets = self.sets(owner)
        found = next((each for each in sets if _template(each) == _template(owner)), None)
        newest = max((revision(each) for each in sets), default=0)
        if found is None:
            return self._make(owner, newest + 1) if create else None
        if revision(found) < newest:
            found = self.annotate(found, {REVISION: str(newest + 1)})
        self._number(owner, revision(found))
        return found

    def _make(self, owner: Json, number: int) -> Json:
        template, mine = owner["spec"]["template"], owner["metadata"]
        digest = template_hash(template)
        labels = {**template["metadata"].get("labels", {}), _HASH: digest}
        selector = owner["spec"]["selector"]
        wanted = {
            "metadata": {
                "name": f"{mine['name']}-{digest}",
                "namespace": mine["namespace"],
                "labels": labels,
                "annotations": {**_copied(owner), REVISION: str(number)},
                "ownerReferences": [owner_reference(owner)],
            },
            "spec": {
                "replicas": 0,
                "selector": {**selector, "matchLabels": {**selector.get("matchLabels", {}), _HASH: digest}},
                "template": {**template, "metadata": {**template["metadata"], "labels": labels}},
                **({"minReadySeconds": seconds} if (seconds := owner["spec"].get("minReadySeconds")) else {}),
            },
        }
        made = self._objects.create(_SET, wanted)
        self._number(owner, number)
        return made

    def _number(self, owner: Json, number: int) -> None:
        live = self._objects.get(_DEPLOYMENT, owner["metadata"]["namespace"], owner["metadata"]["name"])
        annotations = live["metadata"].get("annotations") or {}
        if annotations.get(REVISION) != str(number):
            metadata = {**live["metadata"], "annotations": {**annotations, REVISION: str(number)}}
            self._objects.update(_DEPLOYMENT, {**live, "metadata": metadata})

    def annotate(self, each: Json, annotations: dict[str, str]) -> Json:
        """Write annotations on a ReplicaSet."""
        merged = {**(each["metadata"].get("annotations") or {}), **annotations}
        return self._objects.update(_SET, {**each, "metadata": {**each["metadata"], "annotations": merged}})

    def scale(self, owner: Json, each: Json, replicas: int) -> Json:
        """Set how many pods a ReplicaSet is to have."""
        before = each["spec"].get("replicas", 0)
        if before == replicas:
            return each
        way = "up" if replicas > before else "down"
        told = f"Scaled {way} replica set {each['metadata']['name']} from {before} to {replicas}"
        each = self._objects.update(_SET, {**each, "spec": {**each["spec"], "replicas": replicas}})
        self._events.normal(owner, "ScalingReplicaSet", told)
        return each

    def prune(self, owner: Json, current: Json) -> None:
        """Delete the oldest ReplicaSets without pods beyond the revision history's limit."""
        mine = current["metadata"]["uid"]
        idle = [
            each
            for each in self.sets(owner)
            if each["metadata"]["uid"] != mine
            and not each["spec"].get("replicas")
            and not each.get("status", {}).get("replicas")
        ]
        limit: int = owner["spec"].get("revisionHistoryLimit", 10)
        for each in idle[: max(len(idle) - limit, 0)]:
            self._objects.delete(_SET, each["metadata"]["namespace"], each["metadata"]["name"])


def revision(obj: Json) -> int:
    """Return the revision's number; 0 where it has none."""
    return int((obj["metadata"].get("annotations") or {}).get(REVISION, 0))


def _template(obj: Json) -> Any:
    template = obj["spec"]["template"]
    labels = {key: value for key, value in template["metadata"].get("labels", {}).items() if key != _HASH}
    return {**template, "metadata": {**template["metadata"], "labels": labels}}


def _copied(owner: Json) -> dict[str, str]:
    annotations = owner["metadata"].get("annotations") or {}
    return {key: value for key, value in annotations.items() if key not in _NOT_COPIED}
