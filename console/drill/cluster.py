"""The scenario's cluster: built at its real dates, changed as the scenario says, then left to its controllers."""

import secrets
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import asdict
from datetime import datetime

from aiohttp import web

from console.drill import manifests
from console.drill.accounts import DrillKeys
from console.drill.background import keep_running
from console.drill.blueprint import AGE, Change, Workload
from console.drill.images import Registry
from console.drill.kube import Denial, KubeWorld, Timing, kubeconfig
from console.drill.kube.kinds import BY_KIND
from console.drill.request_log import Clock, Request
from console.drill.scenario import Scenario
from console.drill.serving import LOOPBACK, date_header

DEPLOYMENT, CONFIG_MAP, POD = BY_KIND["apps/v1", "Deployment"], BY_KIND["v1", "ConfigMap"], BY_KIND["v1", "Pod"]
OPERATOR = "astreinte-operator"
PATIENCE = 400
"""Steps of the controllers within which each change of the past comes to rest."""


class Calendar:
    """A clock that can be put to a past instant, and afterwards shows the world's."""

    def __init__(self, now: Clock) -> None:
        self._now = now
        self._past: datetime | None = None

    def __call__(self) -> datetime:
        """The instant to be shown."""
        return self._past or self._now()

    def put(self, at: datetime | None) -> None:
        """Show `at`; the world's instant again where it is None."""
        self._past = at


class LoopbackCluster:
    """A Kubernetes API over the scenario's objects; to the shop, the pods it runs in."""

    def __init__(self, scenario: Scenario, keys: DrillKeys, now: Clock) -> None:
        self._scenario = scenario
        self._namespace = scenario.cluster.namespace
        self._calendar = Calendar(now)
        self._token = secrets.token_urlsafe(24)
        timing = Timing(start=0, ready=0, crash=0, stop=0)
        self.kube = KubeWorld(self._calendar, timing)
        registry = Registry(scenario.cluster.images, self._calendar)
        self.kube.set_behaviour(registry.behaviour)
        self.kube.set_images(registry.available(scenario.cluster))
        self._admit()
        self._build(keys)
        for name, seconds in asdict(Timing()).items():
            setattr(timing, name, seconds)

    def _admit(self) -> None:
        self.kube.access.users[self._token] = OPERATOR
        rules = (rule.split() for rule in self._scenario.cluster.forbidden)
        self.kube.access.denials[OPERATOR] = [Denial(resource, (verb,)) for verb, resource in rules]

    def _build(self, keys: DrillKeys) -> None:
        """Set everything up as it was, then make the changes of the past, each at its instant."""
        cluster = self._scenario.cluster
        self._calendar.put(self._scenario.start - AGE)
        for each in manifests.objects(self._scenario, keys):
            self.kube.create(each)
        workloads = {workload.name: workload for workload in cluster.workloads}
        for workload in workloads.values():
            self.kube.create(manifests.deployment(self._namespace, workload))
        self._come_to_rest()
        for change in cluster.changes:
            self._calendar.put(change.at)
            workloads[change.workload] = self._change(change, workloads[change.workload])
            self._come_to_rest()
        self._calendar.put(None)

    def _change(self, change: Change, workload: Workload) -> Workload:
        objects = self.kube.objects
        for name, values in change.config_maps.items():
            live = objects.get(CONFIG_MAP, self._namespace, name)
            objects.update(CONFIG_MAP, {**live, "data": {**live.get("data", {}), **values}})
        wanted = change.applied_to(workload)
        if wanted != workload:
            live = objects.get(DEPLOYMENT, self._namespace, workload.name)
            objects.update(DEPLOYMENT, {**live, "spec": manifests.deployment(self._namespace, wanted)["spec"]})
        if change.evicts:
            for pod in self.all_pods(workload.name):
                objects.delete(POD, self._namespace, pod)
                self.kube.logs.end(self._namespace, pod)
        return wanted

    def _come_to_rest(self) -> None:
        for _ in range(PATIENCE):
            before = self.kube.objects.version
            self.kube.tick()
            self.kube.tick()
            if self.kube.objects.version == before:
                return

    def start(self, stack: AsyncExitStack) -> None:
        """Let controllers and kubelet run until `stack` ends them."""
        keep_running(stack, self.kube.run())

    def app(self) -> web.Application:
        """The API server's application."""
        app = self.kube.app()
        app.on_response_prepare.append(date_header(self._calendar))
        return app

    def kubeconfig(self, port: int) -> str:
        """The operator's kubeconfig."""
        return kubeconfig(f"http://{LOOPBACK}:{port}", self._token, self._scenario.cluster.context, self._namespace)

    def requests(self, after: int = 0) -> list[Request]:
        """What the API server was asked, after the sequence number `after`."""
        return [
            Request(
                seq=number,
                at=each.at,
                method=each.method,
                path=f"{each.path}?{each.query}" if each.query else each.path,
                status=each.status,
                detail={"user": each.user, "digest": each.digest},
            )
            for number, each in enumerate(self.kube.requests[after:], start=after + 1)
        ]

    def all_pods(self, workload: str) -> list[str]:
        """The workload's pods, whatever their state."""
        return self.kube.all_pods(self._namespace, workload)

    def ready(self, workload: str) -> list[str]:
        """The workload's pods that take requests."""
        return self.kube.ready_pods(self._namespace, workload)

    def environment(self, pod: str) -> Mapping[str, str]:
        """What the pod's process was started with."""
        return self.kube.running_env(self._namespace, pod)

    def write(self, pod: str, line: str, at: datetime | None = None) -> None:
        """Have the pod print a line."""
        self.kube.append_log(self._namespace, pod, line, at)
