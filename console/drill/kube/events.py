"""Events: what components tell about an object; the same told again is counted."""

import uuid

from console.drill.kube.kinds import Json, kind_named
from console.drill.kube.objects import Objects
from console.drill.kube.pace import Pace, stamp

_KEPT = 2000
_EVENT = kind_named("Event")


class Recorder:
    """Writes a component's events."""

    def __init__(self, objects: Objects, pace: Pace, component: str) -> None:
        self._objects, self._pace, self._component = objects, pace, component

    def normal(self, about: Json, reason: str, message: str, field: str = "") -> None:
        """Tell what went well."""
        self._record(about, "Normal", reason, message, field)

    def warning(self, about: Json, reason: str, message: str, field: str = "") -> None:
        """Tell what went wrong."""
        self._record(about, "Warning", reason, message, field)

    def _record(self, about: Json, level: str, reason: str, message: str, field: str) -> None:
        mine, now = about["metadata"], stamp(self._pace.now())
        namespace = mine.get("namespace", "default")
        source = {"component": self._component}
        if self._component == "kubelet" and (node := about.get("spec", {}).get("nodeName")):
            source["host"] = node
        told = (mine["uid"], level, reason, message, field, self._component)
        for event in self._objects.all(_EVENT, namespace):
            involved = event["involvedObject"]
            same = (involved.get("uid"), event.get("type"), event.get("reason"), event.get("message"))
            if (*same, involved.get("fieldPath", ""), event.get("source", {}).get("component")) == told:
                self._objects.update(_EVENT, {**event, "count": event.get("count", 1) + 1, "lastTimestamp": now})
                return
        involved = {
            "apiVersion": about["apiVersion"],
            "kind": about["kind"],
            "name": mine["name"],
            "namespace": namespace,
            "uid": mine["uid"],
            "resourceVersion": mine["resourceVersion"],
            **({"fieldPath": field} if field else {}),
        }
        event = {
            "metadata": {"name": f"{mine['name']}.{uuid.uuid4().hex[:16]}", "namespace": namespace},
            "involvedObject": involved,
            "type": level,
            "reason": reason,
            "message": message,
            "source": source,
            "reportingComponent": self._component,
            "reportingInstance": source.get("host", ""),
            "firstTimestamp": now,
            "lastTimestamp": now,
            "eventTime": None,
            "count": 1,
        }
        self._objects.create(_EVENT, event)
        self._forget_oldest(namespace)

    def _forget_oldest(self, namespace: str) -> None:
        events = self._objects.all(_EVENT, namespace)
        if len(events) > _KEPT:
            oldest = min(events, key=lambda event: (event.get("lastTimestamp") or "", event["metadata"]["name"]))
            self._objects.delete(_EVENT, namespace, oldest["metadata"]["name"])
