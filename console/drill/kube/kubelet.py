"""What becomes of a pod, from its spec: scheduled, started, ready; or not, and why."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from console.drill.kube.environment import Missing, resolve
from console.drill.kube.kinds import BY_KIND, Json
from console.drill.kube.logs import Logs
from console.drill.kube.objects import Objects, stamp
from console.drill.kube.quantities import memory_bytes, milli_cpu
from console.drill.kube.recorder import record

POD, _NODE = BY_KIND["v1", "Pod"], BY_KIND["v1", "Node"]
_BACK_OFF_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How an image behaves under an environment. `exit_code` None means that it runs on."""

    lines: tuple[str, ...] = ()
    exit_code: int | None = None
    ready: bool = True
    memory: str = "64Mi"
    """What it needs; more than its limit is an OOM kill."""
    unready_message: str = "Readiness probe failed: HTTP probe failed with statuscode: 503"


@dataclass
class Timing:
    """Seconds on the wall, so that a drill is short at any speed of its clock."""

    start: float = 0.15
    ready: float = 0.15
    crash: float = 0.3


@dataclass
class Running:
    """A pod's container as the kubelet knows it."""

    due: float
    env: dict[str, str] = field(default_factory=dict)
    behaviour: Behaviour = Behaviour()
    state: str = "pending"
    restarts: int = 0
    started_at: str = ""
    last: Json = field(default_factory=dict)


class Kubelet:
    """Brings pods to the state that their spec leads to."""

    def __init__(self, objects: Objects, logs: Logs, timing: Timing) -> None:
        self._objects, self._logs, self._timing = objects, logs, timing
        self.behaviour: Callable[[str, Mapping[str, str]], Behaviour] = lambda _image, _env: Behaviour()
        self.images: set[str] | None = None
        """The images that the registry has; None for any."""
        self.running: dict[str, Running] = {}

    def tick(self) -> None:
        """Do what is due."""
        now = time.monotonic()
        pods = self._objects.all(POD)
        for pod in pods:
            entry = self.running.setdefault(pod["metadata"]["uid"], Running(due=now))
            if now >= entry.due:
                self._advance(pod, entry, now)
        alive = {pod["metadata"]["uid"] for pod in pods}
        for uid in set(self.running) - alive:
            del self.running[uid]

    def _advance(self, pod: Json, entry: Running, now: float) -> None:
        entry.due = now + 0.5
        if entry.state == "pending":
            self._schedule(pod, entry, now)
        elif entry.state in ("creating", "backoff"):
            self._start(pod, entry, now)
        elif entry.state == "starting":
            self._settle(pod, entry, now)
        elif entry.state == "unready":
            record(
                self._objects, pod, "Unhealthy", entry.behaviour.unready_message, component="kubelet", kind="Warning"
            )
            entry.due = now + _BACK_OFF_SECONDS

    def _schedule(self, pod: Json, entry: Running, now: float) -> None:
        node = self._node_for(pod)
        if node is None:
            nodes = len(self._objects.all(_NODE))
            message = f"0/{nodes} nodes are available: {nodes} Insufficient memory."
            if not nodes:
                message = "no nodes available to schedule pods"
            condition = self._condition("PodScheduled", False, "Unschedulable", message)
            self._write(pod, "Pending", conditions=[condition])
            record(self._objects, pod, "FailedScheduling", message, component="default-scheduler", kind="Warning")
            entry.due = now + 5
            return
        where = pod["metadata"]
        self._objects.update(POD, {**pod, "spec": {**pod["spec"], "nodeName": node}})
        fresh = self._objects.get(POD, where["namespace"], where["name"])
        message = f"Successfully assigned {where['namespace']}/{where['name']} to {node}"
        record(self._objects, fresh, "Scheduled", message, component="default-scheduler")
        self._write(fresh, "Pending", waiting=("ContainerCreating", ""))
        entry.state, entry.due = "creating", now + self._timing.start

    def _node_for(self, pod: Json) -> str | None:
        wanted = [container.get("resources", {}).get("requests", {}) for container in pod["spec"]["containers"]]
        memory = sum(memory_bytes(request.get("memory", "0")) for request in wanted)
        cpu = sum(milli_cpu(request.get("cpu", "0")) for request in wanted)
        for node in self._objects.all(_NODE):
            room = node.get("status", {}).get("allocatable", {})
            if memory <= memory_bytes(room.get("memory", "8Gi")) and cpu <= milli_cpu(room.get("cpu", "4")):
                name: str = node["metadata"]["name"]
                return name
        return None

    def _start(self, pod: Json, entry: Running, now: float) -> None:
        container, namespace = pod["spec"]["containers"][0], pod["metadata"]["namespace"]
        image = container["image"]
        if self.images is not None and image not in self.images:
            message = f'Back-off pulling image "{image}"'
            first = f'Failed to pull image "{image}": rpc error: code = NotFound desc = failed to pull and unpack image: not found'
            record(self._objects, pod, "Failed", first, component="kubelet", kind="Warning")
            record(self._objects, pod, "BackOff", message, component="kubelet", kind="Warning")
            self._write(pod, "Pending", waiting=("ImagePullBackOff", message), restarts=entry.restarts)
            entry.due = now + 5
            return
        try:
            entry.env = resolve(self._objects, namespace, container, pod)
        except Missing as missing:
            record(self._objects, pod, "Failed", f"Error: {missing}", component="kubelet", kind="Warning")
            self._write(pod, "Pending", waiting=("CreateContainerConfigError", str(missing)), restarts=entry.restarts)
            entry.due = now + 1
            return
        entry.behaviour = self.behaviour(image, entry.env)
        entry.started_at = stamp(self._objects.now())
        record(self._objects, pod, "Started", f"Started container {container['name']}", component="kubelet")
        for line in entry.behaviour.lines:
            self._logs.append((namespace, pod["metadata"]["name"], container["name"]), self._objects.now(), line)
        self._write(pod, "Running", running=entry, ready=False)
        crash = entry.behaviour.exit_code is not None or self._too_big(container, entry.behaviour)
        entry.state, entry.due = "starting", now + (self._timing.crash if crash else self._timing.ready)

    def _too_big(self, container: Json, behaviour: Behaviour) -> bool:
        limit = container.get("resources", {}).get("limits", {}).get("memory")
        return bool(limit) and memory_bytes(behaviour.memory) > memory_bytes(limit)

    def _settle(self, pod: Json, entry: Running, now: float) -> None:
        container = pod["spec"]["containers"][0]
        if self._too_big(container, entry.behaviour):
            self._crash(pod, entry, now, 137, "OOMKilled")
        elif entry.behaviour.exit_code is not None:
            self._crash(pod, entry, now, entry.behaviour.exit_code, "Error")
        else:
            entry.state = "running" if entry.behaviour.ready else "unready"
            entry.due = now if not entry.behaviour.ready else float("inf")
            self._write(pod, "Running", running=entry, ready=entry.behaviour.ready)

    def _crash(self, pod: Json, entry: Running, now: float, code: int, reason: str) -> None:
        metadata, name = pod["metadata"], pod["spec"]["containers"][0]["name"]
        entry.restarts += 1
        ended = {
            "exitCode": code,
            "reason": reason,
            "startedAt": entry.started_at,
            "finishedAt": stamp(self._objects.now()),
        }
        entry.last = {"terminated": {**ended, "containerID": f"containerd://{metadata['uid']}-{entry.restarts}"}}
        self._logs.restart((metadata["namespace"], metadata["name"], name))
        message = f"back-off 10s restarting failed container={name} pod={metadata['name']}_{metadata['namespace']}({metadata['uid']})"
        told = f"Back-off restarting failed container {name} in pod {metadata['name']}_{metadata['namespace']}({metadata['uid']})"
        record(self._objects, pod, "BackOff", told, component="kubelet", kind="Warning")
        self._write(pod, "Running", waiting=("CrashLoopBackOff", message), restarts=entry.restarts, last=entry.last)
        entry.state, entry.due = "backoff", now + _BACK_OFF_SECONDS

    def _condition(self, name: str, status: bool, reason: str = "", message: str = "") -> Json:  # noqa: FBT001 a condition's own
        made: Json = {"type": name, "status": str(status), "lastTransitionTime": stamp(self._objects.now())}
        return {**made, **({"reason": reason} if reason else {}), **({"message": message} if message else {})}

    def _write(
        self,
        pod: Json,
        phase: str,
        *,
        waiting: tuple[str, str] | None = None,
        running: Running | None = None,
        ready: bool = False,
        restarts: int = 0,
        last: Json | None = None,
        conditions: list[Json] | None = None,
    ) -> None:
        container = pod["spec"]["containers"][0]
        state: Json = {"running": {"startedAt": running.started_at}} if running else {}
        if waiting:
            state = {"waiting": {"reason": waiting[0], **({"message": waiting[1]} if waiting[1] else {})}}
        status: Json = {"phase": phase, "qosClass": "Burstable", "startTime": pod["metadata"]["creationTimestamp"]}
        status["conditions"] = conditions or [
            self._condition("PodScheduled", True),
            self._condition("Initialized", True),
            self._condition("ContainersReady", ready, *(() if ready else ("ContainersNotReady", ""))),
            self._condition("Ready", ready, *(() if ready else ("ContainersNotReady", ""))),
        ]
        if state:
            status["hostIP"], status["podIP"] = (
                "10.0.0.1",
                "10.244.0." + str(1 + int(pod["metadata"]["uid"][:2], 16) % 250),
            )
            status["containerStatuses"] = [
                {
                    "name": container["name"],
                    "image": container["image"],
                    "imageID": "",
                    "ready": ready,
                    "started": bool(running),
                    "restartCount": running.restarts if running else restarts,
                    "state": state,
                    "lastState": last or (running.last if running else {}),
                }
            ]
        self._objects.update(
            POD, {"metadata": pod["metadata"] | {"resourceVersion": ""}, "status": status}, part="status"
        )
