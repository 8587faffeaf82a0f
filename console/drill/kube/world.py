"""One cluster: its objects, its controllers, its kubelet, and the HTTP API before them."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from console.drill.kube import discovery, reading, writing
from console.drill.kube.access import Access
from console.drill.kube.asked import Asked, body, parse
from console.drill.kube.deployments import Controllers
from console.drill.kube.faults import Faults
from console.drill.kube.kinds import BY_KIND, Json
from console.drill.kube.kubelet import POD, Behaviour, Kubelet, Timing
from console.drill.kube.logs import Logs
from console.drill.kube.objects import Objects
from console.drill.kube.status import Refusal, forbidden

TICK_SECONDS = 0.03


@dataclass(frozen=True, slots=True)
class Request:
    """A request that was answered. `digest` is that of its body, `user` the token's."""

    at: datetime
    method: str
    path: str
    query: str
    user: str
    status: int
    digest: str


class KubeWorld:
    """A cluster on loopback."""

    def __init__(self, now: Callable[[], datetime], timing: Timing | None = None) -> None:
        self.objects = Objects(now)
        self.logs = Logs()
        self.access = Access()
        self.faults = Faults()
        self.requests: list[Request] = []
        self._kubelet = Kubelet(self.objects, self.logs, timing or Timing())
        self._controllers = Controllers(self.objects, self.logs)

    def create(self, obj: Json) -> Json:
        """Put an object in."""
        return self.objects.create(BY_KIND[obj["apiVersion"], obj["kind"]], obj)

    def set_behaviour(self, behaviour: Callable[[str, Mapping[str, str]], Behaviour]) -> None:
        """Say how images behave under an environment."""
        self._kubelet.behaviour = behaviour

    def set_images(self, images: set[str] | None) -> None:
        """Say which images the registry has; None for any."""
        self._kubelet.images = images

    def running_env(self, namespace: str, pod: str) -> dict[str, str]:
        """Return what the pod's container was started with; empty where it does not run."""
        obj = self.objects.find(POD, namespace, pod)
        entry = self._kubelet.running.get(obj["metadata"]["uid"]) if obj else None
        return dict(entry.env) if entry and entry.state in ("starting", "running", "unready") else {}

    def ready_pods(self, namespace: str, workload: str) -> list[str]:
        """Return the ready pods of a workload."""
        return [pod["metadata"]["name"] for pod in self._pods(namespace, workload) if _is_ready(pod)]

    def all_pods(self, namespace: str, workload: str) -> list[str]:
        """Return the pods of a workload."""
        return [pod["metadata"]["name"] for pod in self._pods(namespace, workload)]

    def _pods(self, namespace: str, workload: str) -> list[Json]:
        return [
            pod
            for pod in self.objects.all(POD, namespace)
            if any(ref["name"].rpartition("-")[0] == workload for ref in pod["metadata"].get("ownerReferences", []))
        ]

    def append_log(self, namespace: str, pod: str, line: str, at: datetime | None = None) -> None:
        """Have a pod's first container print a line."""
        obj = self.objects.find(POD, namespace, pod)
        if obj is not None:
            container = obj["spec"]["containers"][0]["name"]
            self.logs.append((namespace, pod, container), at or self.objects.now(), line)

    async def run(self) -> None:
        """Keep controllers and kubelet going until cancelled."""
        while True:
            self.tick()
            await asyncio.sleep(TICK_SECONDS)

    def tick(self) -> None:
        """Let controllers and kubelet take a step."""
        self._controllers.tick()
        self._kubelet.tick()

    def app(self) -> web.Application:
        """Return the application to serve."""
        app = web.Application(middlewares=[self._answer], client_max_size=8 * 2**20)
        app.router.add_route("*", "/{path:.*}", self._route)
        return app

    @web.middleware
    async def _answer(self, request: web.Request, handler: Callable[[web.Request], object]) -> web.StreamResponse:
        self.faults.connections.append(request)
        status = 0
        try:
            response: web.StreamResponse = await handler(request)  # type: ignore[misc]  # aiohttp's own handler type
            status = response.status
        except Refusal as refusal:
            status = refusal.code
            response = web.json_response(refusal.status, status=status)
        finally:
            self.faults.connections.remove(request)
            user = self.access.user(request.headers.get("Authorization", "")) or ""
            digest = hashlib.sha256(await _sent(request)).hexdigest()
            asked = Request(
                self.objects.now(), request.method, request.path, request.query_string, user, status, digest
            )
            self.requests.append(asked)
        return response

    async def _route(self, request: web.Request) -> web.StreamResponse:
        if request.path in ("/healthz", "/livez", "/readyz"):
            return web.Response(text="ok")
        user = self.access.user(request.headers.get("Authorization", ""))
        if user is None:
            raise Refusal(401, "Unauthorized", "Unauthorized")
        await self.faults.meet(request)
        if (found := self._described(request)) is not None:
            return web.json_response(found)
        if request.path == "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews":
            return web.json_response(discovery.review(self.access, user, await body(request)), status=201)
        asked = parse(request)
        if not self.access.allows(user, asked.verb, asked.kind, asked.namespace, asked.subresource):
            raise forbidden(user, asked.verb, asked.kind, asked.namespace, asked.name, asked.subresource)
        return await self._serve(request, asked)

    def _described(self, request: web.Request) -> Json | None:
        path = request.path.rstrip("/")
        if path == "/version":
            return discovery.VERSION
        if path == "/api":
            return discovery.versions(request)
        if path == "/apis":
            return discovery.groups(request)
        parts = path.split("/")[1:]
        if parts == ["api", "v1"]:
            return discovery.resources("v1")
        if len(parts) == 3 and parts[0] == "apis":
            return discovery.resources("/".join(parts[1:]))
        return None

    async def _serve(self, request: web.Request, asked: Asked) -> web.StreamResponse:
        if asked.verb == "watch":
            return await reading.watch(request, self.objects, asked, self.faults)
        if asked.subresource == "log":
            return await reading.pod_log(request, self.objects, self.logs, asked, self.faults)
        made = 200
        if asked.verb == "list":
            found = reading.listing(self.objects, asked)
        elif asked.verb == "get":
            found = self._one(asked)
        elif asked.verb == "create":
            found, made = writing.create(self.objects, asked, await body(request)), 201
        elif asked.verb == "update":
            found = writing.replace(self.objects, asked, await body(request))
        elif asked.verb == "patch":
            found, new = writing.patch(self.objects, asked, request.content_type, await body(request))
            made = 201 if new else 200
        else:
            found = self._remove(asked, await body(request))
        return web.json_response(text=json.dumps(found), status=made)

    def _one(self, asked: Asked) -> Json:
        if asked.subresource == "scale":
            return writing.scale(self.objects, asked)
        return self.objects.get(asked.kind, asked.namespace, asked.name)

    def _remove(self, asked: Asked, options: Json) -> Json:
        names = (
            [asked.name]
            if asked.name
            else [o["metadata"]["name"] for o in reading.listing(self.objects, asked)["items"]]
        )
        dry_run = asked.dry_run or options.get("dryRun") == ["All"]
        gone: Json = {}
        for name in names:
            gone = self.objects.delete(asked.kind, asked.namespace, name, dry_run=dry_run)
            if not dry_run:
                self._orphan(asked, name, gone)
        details = {"name": asked.name, "kind": asked.kind.plural, "uid": gone.get("metadata", {}).get("uid", "")}
        return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}

    def _orphan(self, asked: Asked, name: str, gone: Json) -> None:
        """Collect what belonged to an object that is gone, and end its logs."""
        if asked.kind is POD:
            self.logs.end(asked.namespace, name)
        for kind in (BY_KIND["apps/v1", "ReplicaSet"], POD):
            for obj in self.objects.all(kind, asked.namespace):
                if any(ref["uid"] == gone["metadata"]["uid"] for ref in obj["metadata"].get("ownerReferences", [])):
                    self.objects.delete(kind, asked.namespace, obj["metadata"]["name"])
                    self._orphan(Asked("delete", kind, asked.namespace, "", "", {}), obj["metadata"]["name"], obj)


async def _sent(request: web.Request) -> bytes:
    return await request.read() if request.can_read_body or request._read_bytes is not None else b""


def _is_ready(pod: Json) -> bool:
    conditions = pod.get("status", {}).get("conditions", [])
    return any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)


def kubeconfig(server: str, token: str, context: str, namespace: str) -> str:
    """Return a kubeconfig (JSON, which is YAML) for a server and a bearer token."""
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": context,
            "clusters": [{"name": context, "cluster": {"server": server}}],
            "users": [{"name": "operator", "user": {"token": token}}],
            "contexts": [
                {"name": context, "context": {"cluster": context, "user": "operator", "namespace": namespace}}
            ],
        },
        indent=1,
    )
