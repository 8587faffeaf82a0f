"""Which runs of which containers have a log: read off a pod as the cluster shows it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from store.values import Json


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a container, the `number`-th restart. `label` is how its pod is called on the screen."""

    pod: str
    uid: str
    container: str
    number: int
    label: str

    @property
    def stream(self) -> str:
        """A name for what follows its container."""
        return f"{self.pod}/{self.container}"


@dataclass(frozen=True, slots=True)
class Begun:
    """A run that has a log. `created_at` is the pod's birth; `before` how the run before it ended."""

    run: Run
    created_at: datetime
    before: str = ""


def belongs(pod: Json, workloads: Collection[str]) -> bool:
    """Whether one of the workloads owns the pod: itself, or by a ReplicaSet of its name."""
    owners = [str(owner.get("name", "")) for owner in pod["metadata"].get("ownerReferences", [])]
    return any(owner in workloads or owner.rpartition("-")[0] in workloads for owner in owners)


def begun_runs(pod: Json) -> Iterator[Begun]:
    """Yield the newest run of each of the pod's containers that has begun, whether or not it has ended."""
    metadata = pod["metadata"]
    name = str(metadata["name"])
    short = name.rpartition("-")[2] or name
    names = [str(each["name"]) for each in pod.get("spec", {}).get("containers", [])]
    created = datetime.fromisoformat(metadata["creationTimestamp"])
    for status in pod.get("status", {}).get("containerStatuses") or ():
        state, last = status.get("state", {}), status.get("lastState", {}).get("terminated")
        if {"running", "terminated"} & state.keys() or last:
            container = str(status.get("name", ""))
            label = short if container == next(iter(names), container) else f"{short}/{container}"
            number = int(status.get("restartCount", 0))
            run = Run(name, str(metadata.get("uid", "")), container, number, label)
            yield Begun(run, created, _ended(last or {}))


def _ended(terminated: Json) -> str:
    """Return how a container ended, such as `OOMKilled 137`."""
    return " ".join(str(terminated[key]) for key in ("reason", "exitCode") if key in terminated)
