"""One cluster: its objects, its controllers, its kubelets, and the HTTP API before them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from aiohttp import web

from console.drill.kube.access import Access
from console.drill.kube.behaviour import Behave, Conditions, Timing
from console.drill.kube.controllers import Controllers
from console.drill.kube.faults import Faults
from console.drill.kube.kinds import BY_KIND, Json, kind_named
from console.drill.kube.kubeconfig import kubeconfig
from console.drill.kube.logs import Logs
from console.drill.kube.objects import Objects
from console.drill.kube.pace import Pace
from console.drill.kube.replicas import is_ready
from console.drill.kube.server import ApiServer, Request

_POD, _NAMESPACE = kind_named("Pod"), kind_named("Namespace")


class KubeWorld:
    """A cluster on loopback. `now` is the world's clock; delays last by the wall's, as `timing` says."""

    def __init__(self, now: Callable[[], datetime], timing: Timing | None = None) -> None:
        self.objects = Objects(now)
        self.logs = Logs()
        self.access = Access()
        self.faults = Faults()
        self._conditions = Conditions(timing or Timing())
        self._controllers = Controllers(self.objects, Pace(now), self.logs, self._conditions)
        self._server = ApiServer(self.objects, self.logs, self.access, self.faults)

    @property
    def requests(self) -> list[Request]:
        """What the API was asked, oldest first."""
        return list(self._server.requests)

    def app(self) -> web.Application:
        """Return the application to serve."""
        return self._server.app()

    async def run(self) -> None:
        """Keep controllers and kubelets going until cancelled."""
        await self._controllers.run()

    def tick(self) -> None:
        """Let controllers and kubelets do all that is due now."""
        self._controllers.settle()

    def create(self, obj: Json) -> Json:
        """Put an object in, with its status, and its namespace where there is none."""
        kind, namespace = BY_KIND[obj["apiVersion"], obj["kind"]], obj["metadata"].get("namespace", "")
        if kind.namespaced and self.objects.find(_NAMESPACE, "", namespace) is None:
            self.objects.create(_NAMESPACE, {"metadata": {"name": namespace}})
        return self.objects.create(kind, obj)

    def set_behaviour(self, behave: Behave) -> None:
        """Say how images behave under an environment."""
        self._conditions.behave = behave

    def set_images(self, images: set[str] | None) -> None:
        """Say which images the registry has; None for any."""
        self._conditions.images = images

    def running_env(self, namespace: str, pod: str, container: str = "") -> dict[str, str]:
        """Return what a container (the first, unless named) was started with; empty where it does not run."""
        return self._controllers.kubelet.env(namespace, pod, container) or {}

    def ready_pods(self, namespace: str, workload: str) -> list[str]:
        """Return the ready pods of a Deployment."""
        return [pod["metadata"]["name"] for pod in self._pods(namespace, workload) if is_ready(pod)]

    def all_pods(self, namespace: str, workload: str) -> list[str]:
        """Return the pods of a Deployment, those being deleted left out."""
        return [pod["metadata"]["name"] for pod in self._pods(namespace, workload)]

    def _pods(self, namespace: str, workload: str) -> list[Json]:
        return [
            pod
            for pod in self.objects.all(_POD, namespace)
            if "deletionTimestamp" not in pod["metadata"]
            and any(each["name"].rpartition("-")[0] == workload for each in pod["metadata"].get("ownerReferences", []))
        ]

    def append_log(
        self, namespace: str, pod: str, line: str, at: datetime | None = None, *, container: str = ""
    ) -> None:
        """Have a pod's container (the first, unless named) print a line; nothing where there is no such pod."""
        obj = self.objects.find(_POD, namespace, pod)
        if obj is not None:
            where = (namespace, pod, container or obj["spec"]["containers"][0]["name"])
            self.logs.append(where, at or self.objects.now(), line)

    def dump(self) -> Json:
        """Return the whole state as JSON values; it holds the Secrets and the tokens."""
        return {
            "version": self.objects.version,
            "objects": [obj for _, obj in self.objects.everything()],
            "logs": self.logs.dump(),
            "kubelet": self._controllers.kubelet.dump(),
            "users": self.access.users,
        }

    def load(self, dumped: dict[str, Any]) -> None:
        """Go on from what `dump` returned; earlier versions can no longer be watched from."""
        objects = [(BY_KIND[obj["apiVersion"], obj["kind"]], obj) for obj in dumped["objects"]]
        self.objects.restore(dumped["version"], objects)
        self.logs.load(dumped["logs"])
        self._controllers.kubelet.load(dumped["kubelet"])
        self.access.users = dict(dumped["users"])


__all__ = ["KubeWorld", "Request", "kubeconfig"]
