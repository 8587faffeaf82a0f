"""Watches and followed logs against a loopback API that is cut, hangs, forgets and restarts."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from console.drill.kube.access import Denial
from skills.clients.cluster import Forbidden, LogLine, LogOptions
from skills.clients.kubernetes_cluster import KubernetesCluster
from skills.clients.kubernetes_connection import Timing
from tests.support import loopback as on

QUICK = Timing(connect=1, request=2, logs=2, watch=1, grace=0.3, follow_idle=0.4, pauses=(0.02, 0.05))
Json = dict[str, Any]


@dataclass
class Listener:
    """Gathers what a stream yields and what it says of its breaks."""

    got: list[Any] = field(default_factory=list)
    breaks: list[str] = field(default_factory=list)
    task: "asyncio.Task[None] | None" = None

    def listen(self, stream: AsyncIterator[Any]) -> None:
        async def gather() -> None:
            async for item in stream:
                self.got.append(item)

        self.task = asyncio.create_task(gather())

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(8):
            while not condition():
                if self.task is not None and self.task.done():
                    self.task.result()
                await asyncio.sleep(0.01)

    @property
    def told(self) -> list[tuple[str, str]]:
        return [(kind, item["metadata"]["name"]) for kind, item in self.got]

    @property
    def texts(self) -> list[str]:
        return [line.text for line in self.got if isinstance(line, LogLine)]


@pytest.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[on.LoopbackCluster]:
    async with on.loopback_cluster(on.Clock(), tmp_path) as running:
        yield running


@pytest.fixture
async def client(cluster: on.LoopbackCluster) -> AsyncIterator[KubernetesCluster]:
    live = KubernetesCluster(cluster.config, "ovh-1", QUICK)
    yield live
    await live.close()


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    made = Listener()
    yield made
    if made.task is not None:
        made.task.cancel()
        await asyncio.gather(made.task, return_exceptions=True)


def _map(name: str) -> Json:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": on.NAMESPACE}}


async def _watching(cluster: on.LoopbackCluster, client: KubernetesCluster, listener: Listener) -> None:
    cluster.world.create(_map("first"))
    listener.listen(client.watch("v1", "ConfigMap", on.NAMESPACE, on_break=listener.breaks.append))
    await listener.until(lambda: listener.told == [("ADDED", "first")] and _watches(cluster) > 0)


def _watches(cluster: on.LoopbackCluster) -> int:
    return sum(request.query.get("watch") == "true" for request in cluster.world.faults.connections)


def _asked(cluster: on.LoopbackCluster, path: str) -> int:
    """Return how often a path was asked for: answered, or still open."""
    answered = sum(request.path == path for request in cluster.world.requests)
    return answered + sum(request.path == path for request in cluster.world.faults.connections)


async def test_a_watch_yields_what_exists_and_then_what_changes(
    cluster: on.LoopbackCluster, client: KubernetesCluster, listener: Listener
) -> None:
    await _watching(cluster, client, listener)
    cluster.world.create(_map("second"))
    await listener.until(lambda: ("ADDED", "second") in listener.told)
    assert listener.breaks == []


async def test_a_watch_outlives_its_own_end_without_repeating_or_losing_anything(
    cluster: on.LoopbackCluster, client: KubernetesCluster, listener: Listener
) -> None:
    await _watching(cluster, client, listener)
    path, made = f"/api/v1/namespaces/{on.NAMESPACE}/configmaps", 0
    while _asked(cluster, path) < 5:  # the list, and watches that came to their ends
        cluster.world.create(_map(f"map-{made}"))
        made += 1
        await listener.until(lambda: len(listener.told) > made)  # noqa: B023 it is awaited here and now
    assert listener.told == [("ADDED", "first"), *(("ADDED", f"map-{number}") for number in range(made))]
    assert listener.breaks == []


async def test_a_cut_watch_goes_on_and_tells_of_the_break(
    cluster: on.LoopbackCluster, client: KubernetesCluster, listener: Listener
) -> None:
    await _watching(cluster, client, listener)
    cluster.world.faults.cut_connections()
    cluster.world.create(_map("second"))
    await listener.until(lambda: ("ADDED", "second") in listener.told)
    assert listener.told.count(("ADDED", "first")) == 1
    await listener.until(lambda: listener.breaks[-1:] == [""])
    assert listener.breaks[0]


async def test_a_watch_whose_version_is_forgotten_lists_again_and_yields_only_what_differs(
    cluster: on.LoopbackCluster, client: KubernetesCluster, listener: Listener
) -> None:
    await _watching(cluster, client, listener)
    cluster.world.faults.answer, cluster.world.faults.times = 410, 1
    cluster.world.faults.cut_connections()
    cluster.world.create(_map("second"))
    await listener.until(lambda: ("ADDED", "second") in listener.told)
    assert listener.told.count(("ADDED", "first")) == 1


@dataclass
class Tunnel:
    """A way to the server that can go dead without a word: what was connected stays open and says nothing more."""

    target: int
    open: set["asyncio.Task[None]"] = field(default_factory=set)
    dead: set["asyncio.Task[None]"] = field(default_factory=set)

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self.target)
        ways = {asyncio.create_task(self._carry(reader, back)), asyncio.create_task(self._carry(there, writer))}
        self.open |= ways
        await asyncio.gather(*ways, return_exceptions=True)
        for end in (writer, back):
            end.close()

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        me = asyncio.current_task()
        while data := await source.read(65_536):
            if me not in self.dead:
                sink.write(data)
        if me not in self.dead:
            sink.close()

    async def end(self) -> None:
        for way in self.open:
            way.cancel()
        await asyncio.gather(*self.open, return_exceptions=True)


async def test_a_watch_that_hangs_silently_is_noticed_and_opened_anew(
    cluster: on.LoopbackCluster, listener: Listener
) -> None:
    tunnel = Tunnel(cluster.port)
    server = await asyncio.start_server(tunnel.connect, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    cluster.config.write_text(cluster.config.read_text().replace(str(cluster.port), str(port)), encoding="utf-8")
    client = KubernetesCluster(cluster.config, "ovh-1", QUICK)
    await _watching(cluster, client, listener)
    tunnel.dead |= tunnel.open
    cluster.world.create(_map("second"))
    await listener.until(lambda: ("ADDED", "second") in listener.told)
    assert listener.told.count(("ADDED", "first")) == 1
    assert "nothing for" in listener.breaks[0]
    assert listener.breaks[-1] == ""
    listener.task.cancel() if listener.task else None
    await client.close()
    server.close()
    await tunnel.end()


async def test_a_watch_survives_a_restart_of_the_api_server(
    cluster: on.LoopbackCluster, client: KubernetesCluster, listener: Listener
) -> None:
    await _watching(cluster, client, listener)
    await cluster.stop()
    await listener.until(lambda: bool(listener.breaks))
    await cluster.start()
    cluster.world.create(_map("second"))
    await listener.until(lambda: ("ADDED", "second") in listener.told)
    assert listener.breaks[-1] == ""


async def test_a_watch_that_is_not_allowed_ends_with_that(
    cluster: on.LoopbackCluster, client: KubernetesCluster
) -> None:
    cluster.world.access.denials[on.USER] = [Denial("configmaps")]
    with pytest.raises(Forbidden):
        await anext(client.watch("v1", "ConfigMap", on.NAMESPACE))


async def _pod(cluster: on.LoopbackCluster) -> str:
    cluster.world.create(on.secret(on.SECRET, key="value"))
    cluster.world.create(on.deployment(replicas=1))
    await cluster.until_ready(1)
    return cluster.names()[0]


async def test_a_followed_log_repeats_and_loses_nothing_over_cut_connections(
    cluster: on.LoopbackCluster, client: KubernetesCluster, listener: Listener
) -> None:
    pod = await _pod(cluster)
    options = LogOptions(container="app")
    listener.listen(client.follow(on.NAMESPACE, pod, options, on_break=listener.breaks.append))
    for number in range(60):  # all within one second of the cluster's clock, the coarsest case
        cluster.world.append_log(on.NAMESPACE, pod, f"line {number}")
        if number % 15 == 14:
            await listener.until(lambda seen=number: len(listener.texts) >= seen - 5)  # type: ignore[misc]
            cluster.world.faults.cut_connections()
    await listener.until(lambda: len(listener.texts) >= 60)
    assert listener.texts == [f"line {number}" for number in range(60)]
    assert any(listener.breaks)


async def test_a_quiet_log_is_asked_for_again_without_a_word_of_it(
    cluster: on.LoopbackCluster, client: KubernetesCluster, listener: Listener
) -> None:
    pod = await _pod(cluster)
    asked = f"/api/v1/namespaces/{on.NAMESPACE}/pods/{pod}/log"
    cluster.world.append_log(on.NAMESPACE, pod, "before")
    listener.listen(client.follow(on.NAMESPACE, pod, on_break=listener.breaks.append))
    await listener.until(lambda: _asked(cluster, asked) >= 2)
    cluster.world.append_log(on.NAMESPACE, pod, "after")
    await listener.until(lambda: "after" in listener.texts)
    assert listener.texts == ["before", "after"]
    assert listener.breaks == []


async def test_a_followed_log_that_hangs_while_lines_come_is_opened_anew_and_says_so(
    tmp_path: Path, listener: Listener
) -> None:
    clock = on.Clock()
    async with on.loopback_cluster(clock, tmp_path) as cluster:
        client = KubernetesCluster(cluster.config, "ovh-1", QUICK)
        pod = await _pod(cluster)
        cluster.world.append_log(on.NAMESPACE, pod, "before")
        listener.listen(client.follow(on.NAMESPACE, pod, on_break=listener.breaks.append))
        await listener.until(lambda: listener.texts == ["before"])
        cluster.world.faults.hang_watches = True
        clock.at += timedelta(seconds=5)
        cluster.world.append_log(on.NAMESPACE, pod, "unheard")
        await listener.until(lambda: listener.texts == ["before", "unheard"])
        assert "nothing for" in listener.breaks[0]
        assert listener.breaks[-1] == ""
        await client.close()


async def test_a_followed_log_ends_with_its_pod(
    cluster: on.LoopbackCluster, client: KubernetesCluster, listener: Listener
) -> None:
    pod = await _pod(cluster)
    cluster.world.append_log(on.NAMESPACE, pod, "last words")
    listener.listen(client.follow(on.NAMESPACE, pod))
    await listener.until(lambda: listener.texts == ["last words"])
    await client._connection.send("DELETE", f"/api/v1/namespaces/{on.NAMESPACE}/pods/{pod}")
    assert listener.task is not None
    await asyncio.wait_for(asyncio.shield(listener.task), 5)
