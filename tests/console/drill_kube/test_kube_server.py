"""The loopback API server's own: every kind for the strict client, faults on demand, the log of what was asked."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from console.drill.kube import KubeWorld, Timing
from console.drill.kube.kinds import KINDS, Kind
from console.drill.serving import serve

Json = dict[str, Any]
NOON = datetime(2025, 1, 9, 12, 0, tzinfo=UTC)
QUICK = Timing(start=0, ready=0, stop=0)
SPACE = "/api/v1/namespaces/shop"


@pytest.fixture
def world() -> KubeWorld:
    made = KubeWorld(lambda: NOON, QUICK)
    made.access.users["token"] = "lea"
    made.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}})
    return made


@pytest.fixture
async def base(world: KubeWorld) -> AsyncIterator[str]:
    runner, port = await serve(world.app())
    running = asyncio.create_task(world.run())
    yield f"http://127.0.0.1:{port}"
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    await runner.cleanup()


@pytest.fixture
async def http(base: str) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(base, headers={"Authorization": "Bearer token"}) as session:
        yield session


_BODIES: dict[str, Json] = {
    "Deployment": {"spec": {"selector": {"matchLabels": {"a": "b"}}, "template": {}}},
    "ReplicaSet": {"spec": {"selector": {"matchLabels": {"a": "b"}}, "template": {}}},
    "StatefulSet": {"spec": {"serviceName": "x", "selector": {"matchLabels": {"a": "b"}}, "template": {}}},
    "DaemonSet": {"spec": {"selector": {"matchLabels": {"a": "b"}}, "template": {}}},
    "Pod": {"spec": {"containers": [{"name": "app", "image": "shop:1"}]}},
    "Service": {"spec": {"selector": {"a": "b"}, "ports": [{"port": 80}]}},
    "HorizontalPodAutoscaler": {
        "spec": {"maxReplicas": 3, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "x"}}
    },
    "EndpointSlice": {"addressType": "IPv4", "endpoints": []},
    "Event": {"involvedObject": {"kind": "Pod", "name": "x", "namespace": "shop"}},
    "ResourceQuota": {"spec": {"hard": {"pods": "10"}}},
    "ConfigMap": {"data": {"a": "1"}},
    "Secret": {"stringData": {"a": "1"}},
}


def body_of(kind: Kind) -> Json:
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "app", "image": "shop:1"}]}}
    metadata = {"name": "one", **({"namespace": "shop"} if kind.namespaced else {})}
    body: Json = {"apiVersion": kind.api, "kind": kind.kind, "metadata": metadata, **_BODIES.get(kind.kind, {})}
    if "template" in body.get("spec", {}):
        body["spec"] = {**body["spec"], "template": template}
    return body


async def test_the_official_client_takes_every_kind_as_it_is_listed(world: KubeWorld, base: str) -> None:
    from kubernetes.aio import client

    world.create({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node"}, "status": {}})
    for kind in KINDS:
        if kind.kind != "Node":
            world.create(body_of(kind))
    world.tick()
    async with client.ApiClient(client.Configuration(host=base)) as api:
        for kind in KINDS:
            prefix = kind.group.partition(".")[0].capitalize() or "Core"
            group = getattr(client, f"{prefix}{kind.version.capitalize()}Api")(api)
            scope = "for_all_namespaces" if kind.namespaced else ""
            words = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in kind.kind)
            listed = await getattr(group, f"list{words}_{scope}".rstrip("_"))()
            assert "one" in {item.metadata.name for item in listed.items} or kind.kind == "Node"


async def test_the_dynamic_client_finds_its_way(world: KubeWorld, base: str) -> None:
    from kubernetes.aio import client
    from kubernetes.aio.dynamic import DynamicClient

    world.create(body_of(next(kind for kind in KINDS if kind.kind == "Deployment")))
    async with client.ApiClient(client.Configuration(host=base)) as api, DynamicClient(api) as dynamic:
        deployments = await dynamic.resources.get(api_version="apps/v1", kind="Deployment")
        found = await deployments.get(name="one", namespace="shop")
    assert found.spec.replicas == 1


async def test_the_next_requests_are_answered_as_switched(world: KubeWorld, http: aiohttp.ClientSession) -> None:
    world.faults.answer, world.faults.times, world.faults.path = 429, 2, "/pods"
    statuses = []
    for path in ("pods", "secrets", "pods", "pods"):
        async with http.get(f"{SPACE}/{path}") as answer:
            statuses.append(answer.status)
            if answer.status == 429:
                assert answer.headers["Retry-After"] == "1"
                assert (await answer.json())["reason"] == "TooManyRequests"
    assert statuses == [429, 200, 429, 200]


async def test_open_streams_are_cut(world: KubeWorld, http: aiohttp.ClientSession) -> None:
    async with http.get(f"{SPACE}/configmaps", params={"watch": "true"}) as stream:
        world.faults.cut_connections()
        with pytest.raises(aiohttp.ClientError):
            await stream.content.readline()


async def test_a_hanging_watch_stays_open_and_tells_later_what_it_held_back(
    world: KubeWorld, http: aiohttp.ClientSession
) -> None:
    world.faults.hang_watches = True
    async with http.get(f"{SPACE}/configmaps", params={"watch": "true"}) as stream:
        world.create(body_of(next(kind for kind in KINDS if kind.kind == "ConfigMap")))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(stream.content.readline(), 0.2)
        world.faults.hang_watches = False
        event = json.loads(await asyncio.wait_for(stream.content.readline(), 5))
    assert (event["type"], event["object"]["metadata"]["name"]) == ("ADDED", "one")


async def test_what_was_asked_is_noted_without_its_credentials(world: KubeWorld, http: aiohttp.ClientSession) -> None:
    body = json.dumps({"metadata": {"name": "new"}, "stringData": {"key": "hidden"}}).encode()
    async with http.post(f"{SPACE}/secrets?dryRun=All", data=body) as answer:
        assert answer.status == 201
    (noted,) = world.requests
    assert (noted.method, noted.path, noted.query) == ("POST", f"{SPACE}/secrets", "dryRun=All")
    assert (noted.user, noted.status, noted.at) == ("lea", 201, NOON)
    assert noted.digest == hashlib.sha256(body).hexdigest()
    assert "hidden" not in str(noted)
    assert "token" not in str(noted)


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "status", "reason"),
    [
        ("GET", "/apis/nowhere/v1/things", {}, b"", 404, "NotFound"),
        ("GET", f"{SPACE}/secrets/x/scale", {}, b"", 404, "NotFound"),
        ("POST", f"{SPACE}/secrets", {}, b"{", 400, "BadRequest"),
        ("POST", f"{SPACE}/secrets", {}, b'{"kind": "Pod", "metadata": {"name": "x"}}', 400, "BadRequest"),
        ("POST", f"{SPACE}/secrets/x", {}, b"{}", 405, "MethodNotAllowed"),
        ("POST", f"{SPACE}/secrets?dryRun=Some", {}, b"{}", 400, "BadRequest"),
        ("POST", f"{SPACE}/pods", {}, b'{"metadata": {"name": "x"}, "spec": {}}', 422, "Invalid"),
        (
            "POST",
            f"{SPACE}/secrets",
            {"Content-Type": "application/vnd.kubernetes.protobuf"},
            b"k8s",
            415,
            "UnsupportedMediaType",
        ),
        ("GET", f"{SPACE}/secrets?continue=nonsense", {}, b"", 400, "BadRequest"),
        ("GET", f"{SPACE}/secrets?limit=many", {}, b"", 400, "BadRequest"),
        ("GET", f"{SPACE}/secrets?watch=1&resourceVersion=old", {}, b"", 400, "BadRequest"),
        ("GET", f"{SPACE}/secrets?watch=1&sendInitialEvents=true", {}, b"", 422, "Invalid"),
    ],
)
async def test_what_cannot_be_is_refused_with_its_reason(
    http: aiohttp.ClientSession,
    *,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes,
    status: int,
    reason: str,
) -> None:
    async with http.request(method, path, headers=headers, data=body) as answer:
        told = await answer.json()
    assert (answer.status, told["kind"], told["reason"]) == (status, "Status", reason)


async def test_a_namespace_goes_with_all_it_holds(world: KubeWorld, http: aiohttp.ClientSession) -> None:
    world.create(body_of(next(kind for kind in KINDS if kind.kind == "Secret")))
    async with http.delete(SPACE) as answer:
        assert answer.status == 200
    async with http.get("/api/v1/secrets") as answer:
        assert (await answer.json())["items"] == []


@pytest.mark.parametrize("policy", ["Background", "Orphan"])
async def test_dependents_go_or_stay_as_the_deletion_says(
    world: KubeWorld, http: aiohttp.ClientSession, policy: str
) -> None:
    world.create(body_of(next(kind for kind in KINDS if kind.kind == "Deployment")))
    world.tick()
    path = "/apis/apps/v1/namespaces/shop"
    async with http.delete(f"{path}/deployments/one", json={"propagationPolicy": policy}) as answer:
        assert answer.status == 200
    world.tick()
    async with http.get(f"{path}/replicasets") as answer:
        assert len((await answer.json())["items"]) == (1 if policy == "Orphan" else 0)
