"""What makes the cluster move: its controllers, scheduler and kubelets, run until nothing more changes."""

from console.drill.kube.behaviour import Conditions
from console.drill.kube.bell import heard_within
from console.drill.kube.deletion import GarbageCollector
from console.drill.kube.deployments import Deployments
from console.drill.kube.endpoints import EndpointsController
from console.drill.kube.kubelet import Kubelet
from console.drill.kube.logs import Logs
from console.drill.kube.objects import Objects
from console.drill.kube.pace import Pace
from console.drill.kube.replicas import ReplicaSets
from console.drill.kube.scheduler import Scheduler

_ROUNDS = 200
_LONGEST_REST = 0.5
"""Seconds after which the controllers look up even where nothing changed, for deadlines run by the world's clock."""


class Controllers:
    """All of them, in the order in which a change runs down."""

    def __init__(self, objects: Objects, pace: Pace, logs: Logs, conditions: Conditions) -> None:
        self._objects, self._pace = objects, pace
        self.kubelet = Kubelet(objects, pace, logs, conditions)
        self._others = (
            Deployments(objects, pace),
            ReplicaSets(objects, pace),
            Scheduler(objects, pace),
            EndpointsController(objects),
            GarbageCollector(objects),
        )

    def settle(self) -> float:
        """React to all that has changed until all is at rest; return when something is due next."""
        for _ in range(_ROUNDS):
            version = self._objects.version
            due = self.kubelet.sync()
            for each in self._others:
                each.sync()
            if self._objects.version == version:
                return due
        raise RuntimeError(f"the controllers did not come to rest in {_ROUNDS} rounds")

    async def run(self) -> None:
        """React for ever."""
        with self._objects.changed.listen() as heard:
            while True:
                due = self.settle()
                heard.clear()
                await heard_within(heard, min(due - self._pace.seconds(), _LONGEST_REST))
