"""Assigns pods to nodes that have room; says why not where none has."""

from collections import Counter
from decimal import Decimal

from console.drill.kube.conditions import TRUE, set_condition
from console.drill.kube.events import Recorder
from console.drill.kube.kinds import Json, kind_named
from console.drill.kube.objects import Objects
from console.drill.kube.pace import Pace
from console.drill.kube.quantities import quantity

_POD, _NODE = kind_named("Pod"), kind_named("Node")
_RESOURCES = ("cpu", "memory", "ephemeral-storage")
_HARD = ("NoSchedule", "NoExecute")


class Scheduler:
    """Looks at every pod that has no node yet."""

    def __init__(self, objects: Objects, pace: Pace) -> None:
        self._objects, self._pace = objects, pace
        self._events = Recorder(objects, pace, "default-scheduler")
        self._told: dict[str, str] = {}

    def sync(self) -> None:
        """Assign what can be assigned."""
        for pod in self._objects.all(_POD):
            if not pod["spec"].get("nodeName") and "deletionTimestamp" not in pod["metadata"]:
                self._place(pod)

    def _place(self, pod: Json) -> None:
        nodes = self._objects.all(_NODE)
        refusals: Counter[str] = Counter()
        rooms: list[tuple[Decimal, str]] = []
        for node in nodes:
            why = self._refuses(node, pod)
            refusals.update(why)
            if not why:
                rooms.append((self._used(node)["memory"], node["metadata"]["name"]))
        if rooms:
            self._assign(pod, min(rooms)[1])
        else:
            self._refuse(pod, len(nodes), refusals)

    def _assign(self, pod: Json, node: str) -> None:
        bound = self._objects.update(_POD, {**pod, "spec": {**pod["spec"], "nodeName": node}})
        status = set_condition(bound.get("status", {}), "PodScheduled", TRUE, self._pace.now())
        bound = self._objects.update(_POD, {**bound, "status": status}, part="status")
        name = pod["metadata"]
        self._told.pop(name["uid"], None)
        self._events.normal(bound, "Scheduled", f"Successfully assigned {name['namespace']}/{name['name']} to {node}")

    def _refuse(self, pod: Json, count: int, refusals: Counter[str]) -> None:
        told = ", ".join(f"{number} {why}" for why, number in sorted(refusals.items()))
        message = f"0/{count} nodes are available: {told}." if count else "no nodes available to schedule pods"
        if count:
            message += (
                f" preemption: 0/{count} nodes are available: {count} No preemption victims found for incoming pod."
            )
        if self._told.get(pod["metadata"]["uid"]) == message:
            return
        self._told[pod["metadata"]["uid"]] = message
        status = {**pod.get("status", {}), "phase": "Pending"}
        status = set_condition(status, "PodScheduled", ("False", "Unschedulable", message), self._pace.now())
        pod = self._objects.update(_POD, {**pod, "status": status}, part="status")
        self._events.warning(pod, "FailedScheduling", message)

    def _refuses(self, node: Json, pod: Json) -> list[str]:
        """Why a node does not take a pod, as the scheduler words it."""
        spec = node.get("spec") or {}
        if spec.get("unschedulable"):
            return ["node(s) were unschedulable"]
        tolerated = {each.get("key") for each in pod["spec"].get("tolerations") or []}
        for taint in spec.get("taints") or []:
            if taint.get("effect") in _HARD and taint.get("key") not in tolerated:
                return [f"node(s) had untolerated taint {{{taint.get('key')}: {taint.get('value', '')}}}"]
        labels = node["metadata"].get("labels") or {}
        if not (pod["spec"].get("nodeSelector") or {}).items() <= labels.items():
            return ["node(s) didn't match Pod's node affinity/selector"]
        room = (node.get("status") or {}).get("allocatable") or {}
        used, asked = self._used(node), requests(pod)
        if used["pods"] + 1 > quantity(room.get("pods", "110")):
            return ["Too many pods"]
        short = [each for each in _RESOURCES if each in room and used[each] + asked[each] > quantity(room[each])]
        return [f"Insufficient {each}" for each in short if asked[each]]

    def _used(self, node: Json) -> dict[str, Decimal]:
        mine = [pod for pod in self._objects.all(_POD) if pod["spec"].get("nodeName") == node["metadata"]["name"]]
        running = [requests(pod) for pod in mine if pod.get("status", {}).get("phase") not in ("Succeeded", "Failed")]
        used = {resource: sum((each[resource] for each in running), Decimal(0)) for resource in _RESOURCES}
        return {**used, "pods": Decimal(len(running))}


def requests(pod: Json) -> dict[str, Decimal]:
    """What a pod's containers ask for together."""
    wanted = [(each.get("resources") or {}).get("requests") or {} for each in pod["spec"].get("containers", [])]
    return {resource: sum((quantity(each.get(resource)) for each in wanted), Decimal(0)) for resource in _RESOURCES}
