"""The scenario's cluster, as far as the shop sees it: pods at rest, until the Kubernetes API takes its place."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import datetime

from aiohttp import web

from console.drill.accounts import DrillKeys
from console.drill.request_log import Clock, Request
from console.drill.scenario import Scenario


class LoopbackCluster:
    """Pods of the scenario's workloads, all of them ready."""

    def __init__(self, scenario: Scenario, keys: DrillKeys, now: Clock) -> None:
        self._workloads = {each.name: each for each in scenario.cluster.workloads}
        self._key = keys.current
        self._now = now
        self._lines: list[tuple[datetime, str, str]] = []

    async def start(self, _stack: AsyncExitStack) -> None:
        """Nothing runs here."""

    def app(self) -> web.Application:
        """No API yet."""
        return web.Application()

    def kubeconfig(self, port: int) -> str:
        """How to reach it."""
        return f'{{"server": "http://127.0.0.1:{port}"}}'

    def requests(self, _after: int = 0) -> list[Request]:
        """What it was asked."""
        return []

    def all_pods(self, workload: str) -> list[str]:
        """The workload's pods."""
        return [f"{workload}-{number}" for number in range(self._workloads[workload].replicas)]

    def ready(self, workload: str) -> list[str]:
        """All of them."""
        return self.all_pods(workload)

    def environment(self, pod: str) -> Mapping[str, str]:
        """What the pod was started with."""
        wanted = self._workloads[pod.rpartition("-")[0]].secret_env
        return dict.fromkeys(wanted, self._key)

    def write(self, pod: str, line: str, at: datetime | None = None) -> None:
        """Append to the pod's log."""
        self._lines.append((at or self._now(), pod, line))
