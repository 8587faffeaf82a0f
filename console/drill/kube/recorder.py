"""Events, in the words of the components that report them; the same one again counts up."""

from console.drill.kube.kinds import BY_KIND, Json
from console.drill.kube.objects import Objects, stamp

_EVENT = BY_KIND["v1", "Event"]


def record(objects: Objects, about: Json, reason: str, message: str, *, component: str, kind: str = "Normal") -> None:
    """Record an event about an object."""
    metadata = about["metadata"]
    namespace, now = metadata.get("namespace", "default"), stamp(objects.now())
    for event in objects.all(_EVENT, namespace):
        same = event["involvedObject"]["uid"] == metadata["uid"] and event["reason"] == reason
        if same and event["message"] == message:
            objects.update(_EVENT, {**event, "count": event["count"] + 1, "lastTimestamp": now})
            return
    involved = {
        "kind": about["kind"],
        "namespace": namespace,
        "name": metadata["name"],
        "uid": metadata["uid"],
        "apiVersion": about["apiVersion"],
        "resourceVersion": metadata["resourceVersion"],
    }
    objects.create(
        _EVENT,
        {
            "metadata": {"generateName": f"{metadata['name']}.", "namespace": namespace},
            "involvedObject": involved,
            "reason": reason,
            "message": message,
            "source": {"component": component},
            "firstTimestamp": now,
            "lastTimestamp": now,
            "count": 1,
            "type": kind,
            "eventTime": None,
            "reportingComponent": component,
            "reportingInstance": "",
        },
    )
