"""The controllers: Deployments roll ReplicaSets, ReplicaSets keep pods, Services keep endpoints."""

import copy
import hashlib
import math
import time
import uuid
from typing import Any

from console.drill.kube.kinds import BY_KIND, Json
from console.drill.kube.kubelet import POD
from console.drill.kube.logs import Logs
from console.drill.kube.objects import Objects, stamp
from console.drill.kube.recorder import record
from console.drill.kube.selectors import selects

DEPLOYMENT, REPLICA_SET = BY_KIND["apps/v1", "Deployment"], BY_KIND["apps/v1", "ReplicaSet"]
_SERVICE, _ENDPOINTS = BY_KIND["v1", "Service"], BY_KIND["v1", "Endpoints"]
_REVISION = "deployment.kubernetes.io/revision"
_HASH = "pod-template-hash"


class Controllers:
    """Brings what is to what is wanted, a step a tick."""

    def __init__(self, objects: Objects, logs: Logs) -> None:
        self._objects, self._logs = objects, logs
        self._progress: dict[str, tuple[tuple[int, ...], float]] = {}

    def tick(self) -> None:
        """Take a step."""
        for deployment in self._objects.all(DEPLOYMENT):
            self._roll(deployment)
        for replica_set in self._objects.all(REPLICA_SET):
            self._keep(replica_set)
        for service in self._objects.all(_SERVICE):
            self._connect(service)

    # Deployments

    def _roll(self, deployment: Json) -> None:
        namespace, spec = deployment["metadata"]["namespace"], deployment["spec"]
        mine = self._owned(REPLICA_SET, deployment)
        new = self._new_set(deployment, mine)
        old = [rs for rs in mine if rs["metadata"]["uid"] != new["metadata"]["uid"]]
        desired = spec["replicas"]
        surge, unavailable = self._allowance(spec, desired)
        total = sum(rs["spec"]["replicas"] for rs in (new, *old))
        grown = min(desired, new["spec"]["replicas"] + max(0, desired + surge - total))
        if new["spec"]["replicas"] > desired:
            grown = desired
        self._scale(deployment, new, grown)
        available = sum(rs.get("status", {}).get("availableReplicas", 0) for rs in (new, *old))
        spare = max(0, available - (desired - unavailable))
        for rs in old:
            healthy = rs.get("status", {}).get("availableReplicas", 0)
            broken = rs["spec"]["replicas"] - healthy
            cut = min(rs["spec"]["replicas"], broken + spare)
            spare -= max(0, cut - broken)
            self._scale(deployment, rs, rs["spec"]["replicas"] - cut)
        self._report(self._objects.get(DEPLOYMENT, namespace, deployment["metadata"]["name"]), new, old)

    def _allowance(self, spec: Json, desired: int) -> tuple[int, int]:
        if spec["strategy"]["type"] == "Recreate":
            return 0, desired
        rolling = spec["strategy"].get("rollingUpdate", {})
        surge = _share(rolling.get("maxSurge", "25%"), desired, up=True)
        unavailable = _share(rolling.get("maxUnavailable", "25%"), desired, up=False)
        return (1, 0) if surge == unavailable == 0 else (surge, unavailable)

    def _new_set(self, deployment: Json, mine: list[Json]) -> Json:
        metadata, template = deployment["metadata"], deployment["spec"]["template"]
        digest = hashlib.sha256(repr(_sorted(template)).encode()).hexdigest()[:10]
        revision = 1 + max((int(rs["metadata"]["annotations"][_REVISION]) for rs in mine), default=0)
        for rs in mine:
            if rs["metadata"]["labels"][_HASH] == digest:
                if int(rs["metadata"]["annotations"][_REVISION]) < revision - 1:
                    self._annotate(REPLICA_SET, rs, revision)
                    self._annotate(DEPLOYMENT, deployment, revision)
                return self._objects.get(REPLICA_SET, metadata["namespace"], rs["metadata"]["name"])
        labels = {**template["metadata"].get("labels", {}), _HASH: digest}
        made = copy.deepcopy(template)
        made["metadata"]["labels"] = labels
        rs = self._objects.create(
            REPLICA_SET,
            {
                "metadata": {
                    "name": f"{metadata['name']}-{digest}",
                    "namespace": metadata["namespace"],
                    "labels": labels,
                    "annotations": {_REVISION: str(revision)},
                    "ownerReferences": [_owner(deployment)],
                },
                "spec": {
                    "replicas": 0,
                    "selector": {"matchLabels": {**deployment["spec"]["selector"]["matchLabels"], _HASH: digest}},
                    "template": made,
                },
                "status": {"replicas": 0},
            },
        )
        self._annotate(DEPLOYMENT, deployment, revision)
        return rs

    def _annotate(self, kind: Any, obj: Json, revision: int) -> None:
        live = self._objects.get(kind, obj["metadata"]["namespace"], obj["metadata"]["name"])
        annotations = {**live["metadata"].get("annotations", {}), _REVISION: str(revision)}
        self._objects.update(kind, {**live, "metadata": {**live["metadata"], "annotations": annotations}})

    def _scale(self, deployment: Json, rs: Json, replicas: int) -> None:
        before = rs["spec"]["replicas"]
        if replicas == before:
            return
        live = self._objects.get(REPLICA_SET, rs["metadata"]["namespace"], rs["metadata"]["name"])
        self._objects.update(REPLICA_SET, {**live, "spec": {**live["spec"], "replicas": replicas}})
        rs["spec"] = {**rs["spec"], "replicas": replicas}
        way = "up" if replicas > before else "down"
        message = f"Scaled {way} replica set {rs['metadata']['name']} from {before} to {replicas}"
        record(self._objects, deployment, "ScalingReplicaSet", message, component="deployment-controller")

    def _report(self, deployment: Json, new: Json, old: list[Json]) -> None:
        sets = [
            self._objects.get(REPLICA_SET, rs["metadata"]["namespace"], rs["metadata"]["name"]) for rs in (new, *old)
        ]
        counts = {
            name: sum(rs.get("status", {}).get(name, 0) for rs in sets)
            for name in ("replicas", "readyReplicas", "availableReplicas")
        }
        updated, desired = sets[0].get("status", {}).get("replicas", 0), deployment["spec"]["replicas"]
        status: Json = {"observedGeneration": deployment["metadata"]["generation"]}
        status |= {name: count for name, count in counts.items() if count}
        if updated:
            status["updatedReplicas"] = updated
        if missing := max(0, desired - counts["availableReplicas"]):
            status["unavailableReplicas"] = missing
        done = updated == desired == counts["replicas"] == counts["availableReplicas"]
        least = desired - self._allowance(deployment["spec"], desired)[1]
        status["conditions"] = self._conditions(
            deployment, counts["availableReplicas"] >= least, done, tuple(counts.values())
        )
        if status != deployment.get("status"):
            fresh = {**deployment, "status": status}
            self._objects.update(DEPLOYMENT, fresh, part="status")

    def _conditions(self, deployment: Json, available: bool, done: bool, counts: tuple[int, ...]) -> list[Json]:  # noqa: FBT001
        uid, now = deployment["metadata"]["uid"], time.monotonic()
        seen = (deployment["metadata"]["generation"], *counts)
        if self._progress.get(uid, ((), 0.0))[0] != seen:
            self._progress[uid] = (seen, now)
        late = now - self._progress[uid][1] > deployment["spec"]["progressDeadlineSeconds"]
        progressing = ("NewReplicaSetAvailable", "True") if done else ("ReplicaSetUpdated", "True")
        if late and not done:
            progressing = ("ProgressDeadlineExceeded", "False")
        minimum = "MinimumReplicasAvailable" if available else "MinimumReplicasUnavailable"
        return [
            self._condition(deployment, "Available", str(available), minimum),
            self._condition(deployment, "Progressing", progressing[1], progressing[0]),
        ]

    def _condition(self, deployment: Json, name: str, status: str, reason: str) -> Json:
        for condition in deployment.get("status", {}).get("conditions", []):
            if (condition["type"], condition["status"], condition["reason"]) == (name, status, reason):
                return dict(condition)
        now = stamp(self._objects.now())
        return {
            "type": name,
            "status": status,
            "reason": reason,
            "message": "",
            "lastTransitionTime": now,
            "lastUpdateTime": now,
        }

    # ReplicaSets

    def _keep(self, rs: Json) -> None:
        pods = self._owned(POD, rs)
        wanted, namespace = rs["spec"]["replicas"], rs["metadata"]["namespace"]
        for _ in range(wanted - len(pods)):
            template = copy.deepcopy(rs["spec"]["template"])
            metadata = {
                "name": f"{rs['metadata']['name']}-{uuid.uuid4().hex[:5]}",
                "generateName": f"{rs['metadata']['name']}-",
                "namespace": namespace,
                "labels": template["metadata"].get("labels", {}),
                "annotations": template["metadata"].get("annotations", {}),
                "ownerReferences": [_owner(rs)],
            }
            pod = self._objects.create(
                POD, {"metadata": metadata, "spec": template["spec"], "status": {"phase": "Pending"}}
            )
            record(
                self._objects,
                rs,
                "SuccessfulCreate",
                f"Created pod: {metadata['name']}",
                component="replicaset-controller",
            )
            pods.append(pod)
        for pod in sorted(pods, key=_ready)[: max(0, len(pods) - wanted)]:
            name = pod["metadata"]["name"]
            self._objects.delete(POD, namespace, name)
            self._logs.end(namespace, name)
            pods.remove(pod)
        ready = sum(_ready(pod) for pod in pods)
        status: Json = {"replicas": len(pods), "observedGeneration": rs["metadata"]["generation"]}
        status |= {"fullyLabeledReplicas": len(pods)} if pods else {}
        status |= {"readyReplicas": ready, "availableReplicas": ready} if ready else {}
        live = self._objects.get(REPLICA_SET, namespace, rs["metadata"]["name"])
        if status != live.get("status"):
            self._objects.update(REPLICA_SET, {**live, "status": status}, part="status")

    def _owned(self, kind: Any, owner: Json) -> list[Json]:
        uid = owner["metadata"]["uid"]
        return [
            obj
            for obj in self._objects.all(kind, owner["metadata"]["namespace"])
            if any(ref["uid"] == uid for ref in obj["metadata"].get("ownerReferences", []))
        ]

    # Services

    def _connect(self, service: Json) -> None:
        selector, namespace = service["spec"].get("selector"), service["metadata"]["namespace"]
        if not selector:
            return
        pods = [
            pod
            for pod in self._objects.all(POD, namespace)
            if selects({"matchLabels": selector}, pod["metadata"].get("labels", {}))
        ]
        ports = [
            {"port": port["targetPort"], "protocol": port["protocol"]} for port in service["spec"].get("ports", [])
        ]
        subset: Json = {"ports": ports}
        for field, wanted in (("addresses", True), ("notReadyAddresses", False)):
            listed = [
                {
                    "ip": pod["status"]["podIP"],
                    "targetRef": {"kind": "Pod", "namespace": namespace, "name": pod["metadata"]["name"]},
                }
                for pod in pods
                if _ready(pod) == wanted and pod.get("status", {}).get("podIP")
            ]
            subset |= {field: listed} if listed else {}
        subsets = [subset] if len(subset) > 1 else []
        name = service["metadata"]["name"]
        live = self._objects.find(_ENDPOINTS, namespace, name)
        if live is None:
            self._objects.create(_ENDPOINTS, {"metadata": {"name": name, "namespace": namespace}, "subsets": subsets})
        elif live.get("subsets") != subsets:
            self._objects.update(_ENDPOINTS, {**live, "subsets": subsets})


def _ready(pod: Json) -> bool:
    conditions = pod.get("status", {}).get("conditions", [])
    return any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)


def _owner(obj: Json) -> Json:
    metadata = obj["metadata"]
    return {
        "apiVersion": obj["apiVersion"],
        "kind": obj["kind"],
        "name": metadata["name"],
        "uid": metadata["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }


def _share(value: int | str, whole: int, *, up: bool) -> int:
    if isinstance(value, str):
        exact = whole * float(value.removesuffix("%")) / 100
        return math.ceil(exact) if up else math.floor(exact)
    return int(value)


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return sorted((key, _sorted(item)) for key, item in value.items())
    return [_sorted(item) for item in value] if isinstance(value, list) else value
