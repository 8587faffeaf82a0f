"""What the kubelet knows of a container and of a pod that it runs."""

from dataclasses import asdict, dataclass, field
from math import inf
from typing import Any, Literal

from console.drill.kube.kinds import Json

Stage = Literal["waiting", "running", "terminated"]


@dataclass
class ContainerRun:
    """One container. `due` is when to look again, in the pace's seconds; `reason` and `message` say why it waits."""

    name: str
    stage: Stage = "waiting"
    reason: str = "ContainerCreating"
    message: str = ""
    due: float = 0.0
    restarts: int = 0
    tries: int = 0
    ready: bool = False
    env: dict[str, str] = field(default_factory=dict)
    image: str = ""
    started_at: str = ""
    identity: str = ""
    exit_code: int | None = None
    """With which it is going to end, once due."""
    exit_reason: str = ""
    last: Json | None = None
    """How the run before ended, as `lastState.terminated` tells it."""

    def wait(self, reason: str, message: str, due: float) -> None:
        """Stay unstarted, for a reason."""
        self.stage, self.reason, self.message, self.due, self.ready = "waiting", reason, message, due, False


@dataclass
class PodRun:
    """One pod on its node."""

    uid: str
    ip: str
    started_at: str
    containers: dict[str, ContainerRun]
    ends_at: float = inf

    @property
    def due(self) -> float:
        """When to look again."""
        return min(self.ends_at, *(run.due for run in self.containers.values()))

    def dump(self) -> Json:
        """Return it as JSON values; delays begin anew when it is loaded."""
        containers = [{**asdict(run), "due": None} for run in self.containers.values()]
        return {"uid": self.uid, "ip": self.ip, "started_at": self.started_at, "containers": containers}

    @classmethod
    def load(cls, dumped: Any, now: float) -> "PodRun":
        """Take what `dump` returned."""
        runs = [ContainerRun(**{**each, "due": now}) for each in dumped["containers"]]
        return cls(dumped["uid"], dumped["ip"], dumped["started_at"], {run.name: run for run in runs})
