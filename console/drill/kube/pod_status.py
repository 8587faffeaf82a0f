"""A pod's status, from what the kubelet knows of its containers."""

from datetime import datetime

from console.drill.kube.conditions import FALSE, TRUE, set_condition
from console.drill.kube.container_run import ContainerRun, PodRun
from console.drill.kube.kinds import Json

_DONE_INIT = {"exitCode": 0, "reason": "Completed"}


def pod_status(pod: Json, run: PodRun, now: datetime) -> Json:
    """Return the status that the kubelet would report."""
    runs = list(run.containers.values())
    status = {
        **pod.get("status", {}),
        "phase": _phase(pod, runs),
        "hostIP": "10.0.0.10",
        "hostIPs": [{"ip": "10.0.0.10"}],
        "podIP": run.ip,
        "podIPs": [{"ip": run.ip}],
        "startTime": run.started_at,
        "qosClass": _quality(pod["spec"]),
        "containerStatuses": [_container_status(each) for each in runs],
    }
    if images := [each["image"] for each in pod["spec"].get("containers", [])]:
        for entry, image in zip(status["containerStatuses"], images, strict=True):
            entry["image"] = entry["image"] or image
    if init := pod["spec"].get("initContainers"):
        status["initContainerStatuses"] = [_done(each, run.started_at) for each in init]
    return _with_readiness(status, runs, now)


def _with_readiness(status: Json, runs: list[ContainerRun], now: datetime) -> Json:
    unready = [each.name for each in runs if not each.ready]
    why = f"containers with unready status: [{' '.join(unready)}]"
    told = ("False", "ContainersNotReady", why) if unready else TRUE
    started = TRUE if any(each.identity for each in runs) else FALSE
    status = set_condition(status, "PodReadyToStartContainers", started, now)
    status = set_condition(status, "Initialized", TRUE, now)
    status = set_condition(status, "Ready", told, now)
    return set_condition(status, "ContainersReady", told, now)


def _phase(pod: Json, runs: list[ContainerRun]) -> str:
    if all(each.stage == "terminated" for each in runs) and pod["spec"].get("restartPolicy") != "Always":
        failed = any((each.last or {}).get("exitCode") for each in runs)
        if pod["spec"].get("restartPolicy") == "Never" or not failed:
            return "Failed" if failed else "Succeeded"
    return "Running" if any(each.identity for each in runs) else "Pending"


def _container_status(run: ContainerRun) -> Json:
    state: Json
    if run.stage == "running":
        state = {"running": {"startedAt": run.started_at}}
    elif run.stage == "terminated":
        state = {"terminated": run.last}
    else:
        state = {"waiting": {"reason": run.reason, **({"message": run.message} if run.message else {})}}
    last = {"terminated": run.last} if run.last and run.stage != "terminated" else {}
    return {
        "name": run.name,
        "state": state,
        "lastState": last,
        "ready": run.ready,
        "started": run.stage == "running",
        "restartCount": run.restarts,
        "image": run.image,
        "imageID": f"{run.image.partition(':')[0]}@sha256:{run.identity}" if run.identity else "",
        **({"containerID": f"containerd://{run.identity}"} if run.identity else {}),
    }


def _done(container: Json, at: str) -> Json:
    terminated = {**_DONE_INIT, "startedAt": at, "finishedAt": at}
    image = {"image": container["image"], "imageID": container["image"]}
    state = {"state": {"terminated": terminated}, "lastState": {}}
    return {"name": container["name"], **image, **state, "ready": True, "started": False, "restartCount": 0}


def _quality(spec: Json) -> str:
    resources = [each.get("resources") or {} for each in spec.get("containers", [])]
    if not any(each.get("requests") or each.get("limits") for each in resources):
        return "BestEffort"
    sure = all(
        {"cpu", "memory"} <= set(each.get("limits") or {}) and each.get("requests") == each.get("limits")
        for each in resources
    )
    return "Guaranteed" if sure else "Burstable"
