"""The ReplicaSet controller: as many pods as it is asked for, no more and no fewer."""

from datetime import datetime, timedelta
from typing import Any

from console.drill.kube.conditions import condition
from console.drill.kube.deletion import remove
from console.drill.kube.events import Recorder
from console.drill.kube.kinds import Json, kind_named
from console.drill.kube.naming import random_suffix
from console.drill.kube.objects import Objects
from console.drill.kube.pace import Pace

_POD, _SET = kind_named("Pod"), kind_named("ReplicaSet")


class ReplicaSets:
    """Creates and deletes pods, and reports."""

    def __init__(self, objects: Objects, pace: Pace) -> None:
        self._objects, self._pace = objects, pace
        self._events = Recorder(objects, pace, "replicaset-controller")

    def sync(self) -> None:
        """Take every ReplicaSet on."""
        for each in self._objects.all(_SET):
            self._sync_set(each)

    def _sync_set(self, owner: Json) -> None:
        pods = active_pods(self._objects, owner)
        missing = owner["spec"].get("replicas", 1) - len(pods)
        for _ in range(missing):
            self._create(owner)
        for pod in sorted(pods, key=_worth)[: max(-missing, 0)]:
            remove(self._objects, _POD, pod)
            self._events.normal(owner, "SuccessfulDelete", f"Deleted pod: {pod['metadata']['name']}")
        self._report(owner)

    def _create(self, owner: Json) -> None:
        template, mine = owner["spec"]["template"], owner["metadata"]
        metadata = {
            **{key: value for key, value in template.get("metadata", {}).items() if key in ("labels", "annotations")},
            "name": f"{mine['name']}-{random_suffix()}",
            "generateName": f"{mine['name']}-",
            "namespace": mine["namespace"],
            "ownerReferences": [owner_reference(owner)],
        }
        pod = self._objects.create(_POD, {"metadata": metadata, "spec": template["spec"], "status": _NEW})
        self._events.normal(owner, "SuccessfulCreate", f"Created pod: {pod['metadata']['name']}")

    def _report(self, owner: Json) -> None:
        pods = active_pods(self._objects, owner)
        seconds = owner["spec"].get("minReadySeconds", 0)
        counts = {
            "replicas": len(pods),
            "fullyLabeledReplicas": len(pods),
            "readyReplicas": sum(is_ready(pod) for pod in pods),
            "availableReplicas": sum(is_available(pod, seconds, self._pace.now()) for pod in pods),
        }
        status = {key: value for key, value in counts.items() if value or key == "replicas"}
        status["observedGeneration"] = owner["metadata"]["generation"]
        self._objects.update(_SET, {**owner, "status": status}, part="status")


_NEW = {"phase": "Pending"}


def owner_reference(owner: Json) -> Json:
    """Return the reference by which a dependent names its controller."""
    mine = owner["metadata"]
    who = {"apiVersion": owner["apiVersion"], "kind": owner["kind"], "name": mine["name"], "uid": mine["uid"]}
    return {**who, "controller": True, "blockOwnerDeletion": True}


def owned_by(objects: list[Json], owner: Json) -> list[Json]:
    """Return those of the objects that the owner controls."""
    uid = owner["metadata"]["uid"]
    return [
        obj
        for obj in objects
        if any(each.get("uid") == uid and each.get("controller") for each in obj["metadata"].get("ownerReferences", []))
    ]


def active_pods(objects: Objects, owner: Json) -> list[Json]:
    """Return a ReplicaSet's pods that have neither ended nor are being deleted."""
    return [
        pod
        for pod in owned_by(objects.all(_POD, owner["metadata"]["namespace"]), owner)
        if "deletionTimestamp" not in pod["metadata"]
        and pod.get("status", {}).get("phase") not in ("Succeeded", "Failed")
    ]


def is_ready(pod: Json) -> bool:
    """Whether a pod is ready."""
    return bool(condition(pod.get("status", {}), "Ready").get("status") == "True")


def is_available(pod: Json, seconds: float, now: datetime) -> bool:
    """Whether a pod has been ready for so long."""
    if not is_ready(pod):
        return False
    since = datetime.fromisoformat(condition(pod["status"], "Ready")["lastTransitionTime"])
    return not seconds or since + timedelta(seconds=seconds) <= now


def _worth(pod: Json) -> tuple[Any, ...]:
    """The least worth is deleted first: without a node, unready, then the youngest."""
    age = datetime.fromisoformat(pod["metadata"]["creationTimestamp"]).timestamp()
    return (bool(pod["spec"].get("nodeName")), is_ready(pod), -age)
