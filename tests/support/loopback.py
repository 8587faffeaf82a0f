"""A client's site on loopback servers: a Kubernetes API, a Stripe, and a shop that pays with its pods' key."""

import asyncio
import base64
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import SecretStr

from console.drill.kube.kinds import BY_KIND
from console.drill.kube.world import KubeWorld, kubeconfig
from console.drill.serving import date_header, serve
from console.drill.stripe_api.books import Books
from console.drill.stripe_api.keys import ApiKey, KeyRing, KeyState, Mode, make_secret
from console.drill.stripe_api.methods import PaymentMethods
from console.drill.stripe_api.routes import Profile
from console.drill.stripe_api.server import StripeWorld, stripe_app

Json = dict[str, Any]
PARIS = ZoneInfo("Europe/Paris")
NAMESPACE, WORKLOAD, SECRET = "client-existant", "payment-service", "stripe-api"
ACCOUNT, OTHER = "acct_1Shop", "acct_1Other"
TOKEN = "operator-token"
USER = "lea"


@dataclass
class Clock:
    """Shows what it is set to; a set instant stands still."""

    at: datetime = field(default_factory=lambda: datetime(2025, 1, 9, 11, 30, tzinfo=PARIS))

    def __call__(self) -> datetime:
        return self.at


@dataclass
class LoopbackStripe:
    """A running Stripe with the client's account and a stranger's."""

    base: str
    world: StripeWorld

    @property
    def books(self) -> Books:
        return self.world.accounts[ACCOUNT][1]

    def issue(
        self, mode: Mode = "live", state: KeyState = "active", account: str = ACCOUNT, **fields: Any
    ) -> SecretStr:
        key = ApiKey(fields.pop("secret", None) or make_secret(mode), account, mode, state, **fields)
        self.world.keys.add(key)
        return SecretStr(key.secret)


@asynccontextmanager
async def loopback_stripe(clock: Clock) -> AsyncIterator[LoopbackStripe]:
    """Serve a Stripe."""
    accounts = {
        ACCOUNT: (Profile(ACCOUNT, "Client existant"), Books(clock, PaymentMethods({"pm_customer": ""}), "eur")),
        OTHER: (Profile(OTHER, "Somebody else"), Books(clock, PaymentMethods(), "eur")),
    }
    world = StripeWorld(clock, accounts, KeyRing())
    runner, port = await serve(stripe_app(world))
    yield LoopbackStripe(f"http://127.0.0.1:{port}", world)
    await runner.cleanup()


@dataclass
class LoopbackCluster:
    """A running cluster; `config` is its kubeconfig's path."""

    world: KubeWorld
    config: Path
    port: int
    runner: web.AppRunner

    def writes(self) -> list[str]:
        """Return what was really changed: `METHOD path` of requests that were neither reads nor dry runs."""
        asked = (r for r in self.world.requests if r.method not in ("GET", "HEAD") and "dryRun" not in r.query)
        return [f"{r.method} {r.path}" for r in asked if r.status < 300 and "accessreviews" not in r.path]

    async def stop(self) -> None:
        """Stop the API server; its objects stay."""
        await self.runner.cleanup()

    async def start(self) -> None:
        """Start the API server again on the same port."""
        self.runner, self.port = await serve(self.world.app(), self.port)

    def names(self, workload: str = WORKLOAD) -> list[str]:
        return self.world.ready_pods(NAMESPACE, workload)

    async def until_ready(self, count: int, workload: str = WORKLOAD) -> None:
        """Wait until a workload's deployment says that so many pods are there and available, and no more."""
        wanted = {"replicas": count, "readyReplicas": count, "availableReplicas": count}
        async with asyncio.timeout(10):
            while not wanted.items() <= self._status(workload).items():  # noqa: ASYNC110 the server has no event for it
                await asyncio.sleep(0.02)

    def _status(self, workload: str) -> Json:
        found = self.world.objects.find(BY_KIND["apps/v1", "Deployment"], NAMESPACE, workload)
        return found.get("status", {}) if found else {}


@asynccontextmanager
async def loopback_cluster(clock: Clock, directory: Path) -> AsyncIterator[LoopbackCluster]:
    """Serve a cluster with one node and our namespace."""
    world = KubeWorld(clock)
    world.access.users[TOKEN] = USER
    app = world.app()
    app.on_response_prepare.append(date_header(clock))
    runner, port = await serve(app)
    config = directory / "kubeconfig"
    config.write_text(kubeconfig(f"http://127.0.0.1:{port}", TOKEN, "ovh-1", NAMESPACE), encoding="utf-8")
    status = {"allocatable": {"cpu": "4", "memory": "8Gi"}}
    world.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
    world.create({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-a"}, "status": status})
    running = asyncio.create_task(world.run())
    cluster = LoopbackCluster(world, config, port, runner)
    yield cluster
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    await cluster.stop()


def secret(name: str, **values: str) -> Json:
    """Return a Secret as the API takes it."""
    data = {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
    metadata = {"name": name, "namespace": NAMESPACE}
    return {"apiVersion": "v1", "kind": "Secret", "type": "Opaque", "metadata": metadata, "data": data}


def deployment(name: str = WORKLOAD, *, replicas: int = 3, image: str = "shop/payment:1.4.2", **env: Any) -> Json:
    """Return a Deployment whose pods take the Stripe key from the Secret, and the given variables."""
    key = {"name": "STRIPE_API_KEY", "valueFrom": {"secretKeyRef": {"name": SECRET, "key": "key"}}}
    variables = [key, *({"name": variable, "value": value} for variable, value in env.items())]
    container = {"name": "app", "image": image, "env": variables, "ports": [{"containerPort": 8080}]}
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container]}}
    spec = {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": template}
    metadata = {"name": name, "namespace": NAMESPACE}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}


def service(name: str = WORKLOAD) -> Json:
    """Return the Service before a deployment."""
    spec = {"selector": {"app": name}, "ports": [{"port": 80, "targetPort": 8080}]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": NAMESPACE}, "spec": spec}


@asynccontextmanager
async def loopback_shop(cluster: LoopbackCluster, stripe: LoopbackStripe) -> AsyncIterator[str]:
    """Serve the shop: it pays through a ready pod, with the key that this pod was started with."""

    def refused(pod: str, environment: Mapping[str, str]) -> str:
        key = stripe.world.keys._keys.get(environment.get("STRIPE_API_KEY", ""))
        if key is not None and key.state == "active":
            return ""
        said = f"Expired API Key provided: {key.masked if key else '***'}"
        cluster.world.append_log(NAMESPACE, pod, f"ERROR POST /pay 500 StripeAuthenticationError: {said}")
        return said

    async def pay(_request: web.Request) -> web.Response:
        pod = cluster.names()[0]
        if said := refused(pod, cluster.world.running_env(NAMESPACE, pod)):
            return web.json_response({"status": "error", "message": said}, status=500)
        return web.json_response({"status": "success"})

    async def health(_request: web.Request) -> web.Response:
        return web.json_response({"ready": len(cluster.names())}, status=200 if cluster.names() else 503)

    app = web.Application()
    app.add_routes([web.post("/test-payment", pay), web.get("/health", health)])
    runner, port = await serve(app)
    yield f"http://127.0.0.1:{port}"
    await runner.cleanup()


def dumped(value: Any) -> str:
    """Return all of a value as text, to search it for what must not stand there."""
    return json.dumps(
        value, default=lambda item: item.model_dump(mode="json") if hasattr(item, "model_dump") else str(item)
    )
