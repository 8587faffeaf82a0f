"""How a container starts, lives and ends: from its image to its restart, each step with the kubelet's own events."""

import uuid
from math import inf

from console.drill.kube.behaviour import Behaviour, Conditions
from console.drill.kube.container_run import ContainerRun
from console.drill.kube.environment import Missing, check_volumes, resolve
from console.drill.kube.events import Recorder
from console.drill.kube.kinds import Json
from console.drill.kube.logs import Logs
from console.drill.kube.objects import Objects
from console.drill.kube.pace import Pace, stamp
from console.drill.kube.quantities import quantity

_KILLED = 137


class Containers:
    """Takes a container one step on when it is due."""

    def __init__(self, objects: Objects, pace: Pace, logs: Logs, conditions: Conditions) -> None:
        self._objects, self._pace, self._logs, self._set = objects, pace, logs, conditions
        self._events = Recorder(objects, pace, "kubelet")

    def step(self, pod: Json, container: Json, run: ContainerRun) -> None:
        """Do what is due: start it, probe it, end it."""
        if run.stage == "running":
            if run.exit_code is None:
                self._probe(pod, container, run)
            else:
                self._end(pod, run)
        elif run.stage == "terminated" and not _restarts(pod, run):
            run.due = inf
        elif run.stage == "terminated" and run.restarts:
            self._back_off(pod, run)
        else:
            self._try_to_start(pod, container, run)

    def stop(self, pod: Json, run: ContainerRun) -> None:
        """Tell that a running container is being stopped."""
        if run.stage == "running":
            self._events.normal(pod, "Killing", f"Stopping container {run.name}", _field(run))

    def _try_to_start(self, pod: Json, container: Json, run: ContainerRun) -> None:
        later = self._pace.seconds() + self._set.timing.retry
        try:
            check_volumes(self._objects, pod)
        except Missing as missing:
            self._events.warning(pod, "FailedMount", str(missing))
            return run.wait("ContainerCreating", "", later)
        if self._set.images is not None and container["image"] not in self._set.images:
            return self._fail_to_pull(pod, container["image"], run)
        try:
            env = resolve(self._objects, pod, container)
        except Missing as missing:
            self._events.warning(pod, "Failed", f"Error: {missing}", _field(run))
            return run.wait("CreateContainerConfigError", str(missing), later)
        return self._start(pod, container, run, env)

    def _fail_to_pull(self, pod: Json, image: str, run: ContainerRun) -> None:
        run.tries += 1
        if run.reason == "ErrImagePull":
            told = f'Back-off pulling image "{image}"'
            self._events.normal(pod, "BackOff", told, _field(run))
            self._events.warning(pod, "Failed", "Error: ImagePullBackOff", _field(run))
            return run.wait("ImagePullBackOff", told, self._pace.seconds() + self._backoff(run.tries))
        why = f'failed to pull and unpack image "{image}": failed to resolve reference "{image}": {image}: not found'
        told = f"rpc error: code = NotFound desc = {why}"
        self._events.normal(pod, "Pulling", f'Pulling image "{image}"', _field(run))
        self._events.warning(pod, "Failed", f'Failed to pull image "{image}": {told}', _field(run))
        self._events.warning(pod, "Failed", "Error: ErrImagePull", _field(run))
        return run.wait("ErrImagePull", told, self._pace.seconds() + self._set.timing.retry)

    def _start(self, pod: Json, container: Json, run: ContainerRun, env: dict[str, str]) -> None:
        if run.identity:
            run.restarts += 1
        where = (pod["metadata"]["namespace"], pod["metadata"]["name"], run.name)
        self._logs.begin(where)
        run.stage, run.reason, run.message, run.tries, run.ready = "running", "", "", 0, False
        run.env, run.image, run.identity = env, container["image"], uuid.uuid4().hex * 2
        run.started_at = stamp(self._pace.now())
        present = f'Container image "{run.image}" already present on machine'
        for reason, told in (
            ("Pulled", present),
            ("Created", f"Created container: {run.name}"),
            ("Started", f"Started container {run.name}"),
        ):
            self._events.normal(pod, reason, told, _field(run))
        behaviour = self._set.behave(run.image, run.env)
        for line in behaviour.lines:
            self._logs.append(where, self._pace.now(), line)
        run.exit_code, run.exit_reason = _exit(container, behaviour)
        delay = self._set.timing.ready if run.exit_code is None else self._set.timing.crash
        run.due = self._pace.seconds() + delay

    def _probe(self, pod: Json, container: Json, run: ContainerRun) -> None:
        if not container.get("readinessProbe"):
            run.ready, run.due = True, inf
            return
        found = self._set.behave(run.image, run.env)
        run.ready, run.due = found.ready, self._pace.seconds() + self._set.timing.probe
        if not found.ready:
            self._events.warning(pod, "Unhealthy", found.unready_message, _field(run))

    def _end(self, pod: Json, run: ContainerRun) -> None:
        self._logs.close((pod["metadata"]["namespace"], pod["metadata"]["name"], run.name))
        run.last = {
            "exitCode": run.exit_code,
            "reason": run.exit_reason,
            "startedAt": run.started_at,
            "finishedAt": stamp(self._pace.now()),
            "containerID": f"containerd://{run.identity}",
        }
        run.stage, run.ready, run.due = "terminated", False, self._pace.seconds() + self._set.timing.crash

    def _back_off(self, pod: Json, run: ContainerRun) -> None:
        mine = pod["metadata"]
        who = f"container {run.name} in pod {mine['name']}_{mine['namespace']}({mine['uid']})"
        self._events.warning(pod, "BackOff", f"Back-off restarting failed {who}", _field(run))
        told = f"back-off {_delay_told(run.restarts)} restarting failed {who.replace('container ', 'container=', 1)}"
        told = told.replace(" in pod ", " pod=", 1)
        run.wait("CrashLoopBackOff", told, self._pace.seconds() + self._backoff(run.restarts))

    def _backoff(self, tries: int) -> float:
        timing = self._set.timing
        return min(timing.backoff * 2.0 ** min(tries - 1, 16), timing.backoff_most)


def _restarts(pod: Json, run: ContainerRun) -> bool:
    policy = pod["spec"].get("restartPolicy", "Always")
    failed = bool((run.last or {}).get("exitCode"))
    return policy == "Always" or (policy == "OnFailure" and failed)


def _exit(container: Json, behaviour: Behaviour) -> tuple[int | None, str]:
    limit = ((container.get("resources") or {}).get("limits") or {}).get("memory")
    if limit and quantity(behaviour.memory) > quantity(limit):
        return _KILLED, "OOMKilled"
    code = behaviour.exit_code
    return code, "Completed" if code == 0 else "Error"


def _delay_told(restarts: int) -> str:
    seconds = min(10 * 2 ** min(max(restarts, 1) - 1, 8), 300)
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"


def _field(run: ContainerRun) -> str:
    return f"spec.containers{{{run.name}}}"
