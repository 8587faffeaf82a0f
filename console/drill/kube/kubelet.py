"""The nodes' kubelets: they run the pods that the scheduler gave them, and report."""

import itertools
from math import inf

from console.drill.kube.behaviour import Conditions
from console.drill.kube.container_run import ContainerRun, PodRun
from console.drill.kube.containers import Containers
from console.drill.kube.kinds import Json, kind_named
from console.drill.kube.logs import Logs
from console.drill.kube.objects import Objects
from console.drill.kube.pace import Pace, stamp
from console.drill.kube.pod_status import pod_status

_POD = kind_named("Pod")
Where = tuple[str, str]


class Kubelet:
    """All nodes' kubelets in one."""

    def __init__(self, objects: Objects, pace: Pace, logs: Logs, conditions: Conditions) -> None:
        self._objects, self._pace, self._logs, self._set = objects, pace, logs, conditions
        self._containers = Containers(objects, pace, logs, conditions)
        self._runs: dict[Where, PodRun] = {}
        self._addresses = itertools.count(2)

    def sync(self) -> float:
        """Take every pod on; return when to look again, in the pace's seconds."""
        pods = {_where(pod): pod for pod in self._objects.all(_POD)}
        for where in [where for where, run in self._runs.items() if _uid(pods.get(where)) != run.uid]:
            del self._runs[where]
            self._logs.end(*where)
        for where, pod in pods.items():
            if pod["spec"].get("nodeName"):
                self._sync_pod(pod, self._runs.get(where) or self._begin(where, pod))
        return min((run.due for run in self._runs.values()), default=inf)

    def env(self, namespace: str, pod: str, container: str = "") -> dict[str, str] | None:
        """Return what a running container was started with (the first, unless named); None where it does not run."""
        run = self._runs.get((namespace, pod))
        if run is None:
            return None
        found = run.containers.get(container) if container else next(iter(run.containers.values()))
        return dict(found.env) if found and found.stage == "running" else None

    def state(self, namespace: str, pod: str, container: str) -> ContainerRun | None:
        """Return what is known of a container; None where it was never seen on a node."""
        run = self._runs.get((namespace, pod))
        return run.containers.get(container) if run else None

    def _begin(self, where: Where, pod: Json) -> PodRun:
        number, due = next(self._addresses), self._pace.seconds() + self._set.timing.start
        runs = {each["name"]: ContainerRun(each["name"], due=due) for each in pod["spec"]["containers"]}
        address = f"10.244.{number // 250 % 250}.{number % 250 + 1}"
        run = PodRun(pod["metadata"]["uid"], address, stamp(self._pace.now()), runs)
        self._runs[where] = run
        return run

    def _sync_pod(self, pod: Json, run: PodRun) -> None:
        now = self._pace.seconds()
        if "deletionTimestamp" in pod["metadata"]:
            return self._stop(pod, run, now)
        for container in pod["spec"]["containers"]:
            state = run.containers[container["name"]]
            if state.stage == "running" and container["image"] != state.image:
                state.exit_code, state.exit_reason, state.due = 0, "Completed", now
            if state.due <= now:
                self._containers.step(pod, container, state)
        status = pod_status(pod, run, self._pace.now())
        if status != pod.get("status"):
            self._objects.update(_POD, {**pod, "metadata": _unversioned(pod), "status": status}, part="status")
        return None

    def _stop(self, pod: Json, run: PodRun, now: float) -> None:
        if run.ends_at == inf:
            run.ends_at = now + self._set.timing.stop
            for state in run.containers.values():
                self._containers.stop(pod, state)
                state.due = inf
        elif run.ends_at <= now:
            del self._runs[_where(pod)]
            self._logs.end(*_where(pod))
            self._objects.delete(_POD, *_where(pod))

    def dump(self) -> list[Json]:
        """Return what is known, as JSON values."""
        return [{"where": list(where), **run.dump()} for where, run in self._runs.items()]

    def load(self, dumped: list[Json]) -> None:
        """Take what `dump` returned."""
        now = self._pace.seconds()
        self._runs = {(each["where"][0], each["where"][1]): PodRun.load(each, now) for each in dumped}
        self._addresses = itertools.count(2 + len(dumped))


def _where(pod: Json) -> Where:
    return (pod["metadata"]["namespace"], pod["metadata"]["name"])


def _uid(pod: Json | None) -> str:
    return str(pod["metadata"]["uid"]) if pod else ""


def _unversioned(pod: Json) -> Json:
    return {key: value for key, value in pod["metadata"].items() if key != "resourceVersion"}
