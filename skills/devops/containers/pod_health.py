"""How a pod is, from its status: pure. The fields are those of the Kubernetes pod lifecycle documentation."""

from dataclasses import dataclass
from datetime import datetime

from store.values import Json

_STUCK = frozenset(
    {
        "CreateContainerConfigError",
        "CreateContainerError",
        "ErrImageNeverPull",
        "ErrImagePull",
        "ImagePullBackOff",
        "InvalidImageName",
        "RunContainerError",
    }
)
_CRASHES_TO_BE_STUCK = 2


@dataclass(frozen=True, slots=True)
class ContainerHealth:
    """A container's state. `waiting` and `terminated` are the reasons, empty where it is neither.

    `last_terminated` is why its former run ended, `exit_code` that run's (or this one's) exit code.
    """

    name: str
    ready: bool
    restarts: int
    waiting: str = ""
    message: str = ""
    terminated: str = ""
    last_terminated: str = ""
    exit_code: int | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PodHealth:
    """A pod's state; `unschedulable` is the scheduler's message, empty where it has a node."""

    name: str
    phase: str
    ready: bool
    containers: tuple[ContainerHealth, ...]
    unschedulable: str = ""
    leaving: bool = False

    @property
    def restarts(self) -> int:
        """How often its containers were started anew."""
        return sum(container.restarts for container in self.containers)

    @property
    def stuck(self) -> str:
        """Why it will not become ready by itself; empty where it may."""
        for container in self.containers:
            crashing = container.waiting == "CrashLoopBackOff" and container.restarts >= _CRASHES_TO_BE_STUCK
            if container.waiting in _STUCK or crashing:
                return f"{container.waiting}: {container.message}" if container.message else container.waiting
        return self.unschedulable


def pod_health(pod: Json) -> PodHealth:
    """Read a pod's status."""
    status = pod.get("status", {})
    conditions = {item.get("type"): item for item in status.get("conditions") or ()}
    scheduled = conditions.get("PodScheduled", {})
    unscheduled = scheduled.get("status") == "False" and scheduled.get("reason") == "Unschedulable"
    statuses = [*(status.get("containerStatuses") or ()), *(status.get("initContainerStatuses") or ())]
    return PodHealth(
        name=str(pod.get("metadata", {}).get("name", "")),
        phase=str(status.get("phase", "Unknown")),
        ready=conditions.get("Ready", {}).get("status") == "True",
        containers=tuple(_container(item) for item in statuses),
        unschedulable=str(scheduled.get("message") or "Unschedulable") if unscheduled else "",
        leaving="deletionTimestamp" in pod.get("metadata", {}),
    )


def _container(item: Json) -> ContainerHealth:
    state, last = item.get("state") or {}, (item.get("lastState") or {}).get("terminated") or {}
    waiting, ended = state.get("waiting") or {}, state.get("terminated") or {}
    code = ended.get("exitCode", last.get("exitCode"))
    stamp = ended.get("finishedAt") or last.get("finishedAt")
    return ContainerHealth(
        name=str(item.get("name", "")),
        ready=bool(item.get("ready")),
        restarts=int(item.get("restartCount", 0)),
        waiting=str(waiting.get("reason", "")),
        message=str(waiting.get("message", "")),
        terminated=str(ended.get("reason", "")),
        last_terminated=str(last.get("reason", "")),
        exit_code=int(code) if code is not None else None,
        ended_at=datetime.fromisoformat(stamp) if stamp else None,
    )
