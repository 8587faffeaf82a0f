"""The Deployment controller: it moves the pods from one revision to the next, and says how far it is."""

from datetime import datetime, timedelta

from console.drill.kube import rolling
from console.drill.kube.conditions import condition, set_condition
from console.drill.kube.events import Recorder
from console.drill.kube.kinds import Json, kind_named
from console.drill.kube.objects import Objects
from console.drill.kube.pace import Pace
from console.drill.kube.replicas import owned_by
from console.drill.kube.revisions import Revisions

_DEPLOYMENT, _POD = kind_named("Deployment"), kind_named("Pod")
_COUNTS = ("replicas", "readyReplicas", "availableReplicas")


class Deployments:
    """Takes every Deployment on."""

    def __init__(self, objects: Objects, pace: Pace) -> None:
        self._objects, self._pace = objects, pace
        self._revisions = Revisions(objects, Recorder(objects, pace, "deployment-controller"))

    def sync(self) -> None:
        """Take every Deployment one step on."""
        for each in self._objects.all(_DEPLOYMENT):
            self._sync_deployment(each)

    def _sync_deployment(self, owner: Json) -> None:
        paused = owner["spec"].get("paused", False)
        current = self._revisions.current(owner, create=not paused)
        if current is None or paused:
            self._scale_paused(owner)
        elif owner["spec"]["strategy"]["type"] == "Recreate":
            self._recreate(owner, current)
        else:
            self._roll(owner, current)
        owner = self._again(owner)
        self._report(owner, current)
        if current is not None and _complete(self._again(owner)):
            self._revisions.prune(owner, current)

    def _again(self, owner: Json) -> Json:
        return self._objects.get(_DEPLOYMENT, owner["metadata"]["namespace"], owner["metadata"]["name"])

    def _roll(self, owner: Json, current: Json) -> None:
        sets = self._revisions.sets(owner)
        current = self._revisions.scale(owner, current, rolling.scale_up(owner["spec"], current, sets))
        old = [each for each in sets if each["metadata"]["uid"] != current["metadata"]["uid"]]
        sizes = rolling.scale_down(owner["spec"], current, old)
        for each in old:
            self._revisions.scale(owner, each, sizes[each["metadata"]["name"]])

    def _recreate(self, owner: Json, current: Json) -> None:
        old = [each for each in self._revisions.sets(owner) if each["metadata"]["uid"] != current["metadata"]["uid"]]
        for each in old:
            self._revisions.scale(owner, each, 0)
        pods = self._objects.all(_POD, owner["metadata"]["namespace"])
        if not any(owned_by(pods, each) for each in old):
            self._revisions.scale(owner, current, owner["spec"].get("replicas", 1))

    def _scale_paused(self, owner: Json) -> None:
        active = [each for each in self._revisions.sets(owner) if rolling.asked(each)]
        if len(active) == 1:
            self._revisions.scale(owner, active[0], owner["spec"].get("replicas", 1))

    def _report(self, owner: Json, current: Json | None) -> None:
        sets, spec = self._revisions.sets(owner), owner["spec"]
        counts = {name: sum(each.get("status", {}).get(name, 0) for each in sets) for name in _COUNTS}
        uid = current["metadata"]["uid"] if current else ""
        mine = [each.get("status", {}).get("replicas", 0) for each in sets if each["metadata"]["uid"] == uid]
        counts["updatedReplicas"] = sum(mine)
        counts["unavailableReplicas"] = max(spec.get("replicas", 1) - counts["availableReplicas"], 0)
        status = {"observedGeneration": owner["metadata"]["generation"]}
        status |= {name: count for name, count in counts.items() if count}
        status["conditions"] = owner.get("status", {}).get("conditions", [])
        status = self._with_availability(owner, status, counts["availableReplicas"])
        status = self._with_progress(owner, status, current)
        self._objects.update(_DEPLOYMENT, {**owner, "status": status}, part="status")

    def _with_availability(self, owner: Json, status: Json, available: int) -> Json:
        enough = available >= owner["spec"].get("replicas", 1) - rolling.room(owner["spec"]).unavailable
        reason = "MinimumReplicasAvailable" if enough else "MinimumReplicasUnavailable"
        message = f"Deployment {'has' if enough else 'does not have'} minimum availability."
        told = ("True" if enough else "False", reason, message)
        return set_condition(status, "Available", told, self._pace.now(), updates=True)

    def _with_progress(self, owner: Json, status: Json, current: Json | None) -> Json:
        now = self._pace.now()
        if current is None or owner["spec"].get("paused"):
            told = ("Unknown", "DeploymentPaused", "Deployment is paused")
            return set_condition(status, "Progressing", told, now, updates=True)
        name, old = current["metadata"]["name"], condition(status, "Progressing")
        if _complete({**owner, "status": status}):
            told = ("True", "NewReplicaSetAvailable", f'ReplicaSet "{name}" has successfully progressed.')
            return set_condition(status, "Progressing", told, now, updates=True)
        moved = _progress(owner.get("status", {})) != _progress(status) or not old
        settled = old.get("reason") == "NewReplicaSetAvailable" and _generation(owner) == status["observedGeneration"]
        if settled and not moved:
            return status
        if moved or old.get("reason") in ("NewReplicaSetAvailable", "DeploymentPaused"):
            told = ("True", "ReplicaSetUpdated", f'ReplicaSet "{name}" is progressing.')
            fresh = {**status, "conditions": [each for each in status["conditions"] if each is not old]}
            fresh = set_condition(fresh, "Progressing", told, now, updates=True)
            return _keeping_transition(fresh, old)
        since = datetime.fromisoformat(old["lastUpdateTime"])
        if now < since + timedelta(seconds=owner["spec"].get("progressDeadlineSeconds", 600)):
            return status
        told = ("False", "ProgressDeadlineExceeded", f'ReplicaSet "{name}" has timed out progressing.')
        return set_condition(status, "Progressing", told, now, updates=True)


def _keeping_transition(status: Json, old: Json) -> Json:
    if old.get("status") != "True":
        return status
    kept = {"lastTransitionTime": old["lastTransitionTime"]}
    renewed = [{**each, **kept} if each["type"] == "Progressing" else each for each in status["conditions"]]
    return {**status, "conditions": renewed}


def _generation(owner: Json) -> int:
    return int(owner.get("status", {}).get("observedGeneration", 0))


def _progress(status: Json) -> tuple[int, ...]:
    """What moves in a rollout: pods updated, ready, available, and old ones gone."""
    old = status.get("replicas", 0) - status.get("updatedReplicas", 0)
    return (status.get("updatedReplicas", 0), old, status.get("readyReplicas", 0), status.get("availableReplicas", 0))


def _complete(owner: Json) -> bool:
    status, wanted = owner.get("status", {}), owner["spec"].get("replicas", 1)
    counts = [status.get(name, 0) for name in ("updatedReplicas", "replicas", "availableReplicas")]
    return counts == [wanted] * 3 and status.get("observedGeneration") == owner["metadata"]["generation"]
