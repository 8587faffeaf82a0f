"""Logs: whole, tailed, since, stamped, of the run before, and as they come."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.drill.kube import Behaviour, KubeWorld
from tests.conformance import manifests
from tests.conformance.cluster_under_test import ClusterUnderTest, refused


async def running_pod(cluster: ClusterUnderTest) -> str:
    """Create a pod, wait until it runs, and return its name."""
    made = await cluster.core.create_namespaced_pod(cluster.namespace, manifests.pod(cluster))
    name: str = made.metadata.name

    async def running() -> bool:
        found = await cluster.core.read_namespaced_pod(name, cluster.namespace)
        return bool(found.status.phase == "Running")

    await cluster.until(running)
    return name


async def log(cluster: ClusterUnderTest, pod: str, **options: Any) -> list[str]:
    """Return a log's lines."""
    text: str = await cluster.core.read_namespaced_pod_log(pod, cluster.namespace, **options)
    return text.splitlines()


async def test_a_pod_that_prints_nothing_has_an_empty_log(cluster: ClusterUnderTest) -> None:
    assert await log(cluster, await running_pod(cluster)) == []


async def test_a_container_that_never_restarted_has_no_previous_log(cluster: ClusterUnderTest) -> None:
    name = await running_pod(cluster)
    status = await refused(cluster.core.read_namespaced_pod_log(name, cluster.namespace, previous=True))
    assert (status["code"], status["reason"]) == (400, "BadRequest")
    assert "previous terminated container" in status["message"]


async def test_a_container_that_does_not_exist_is_a_bad_request(cluster: ClusterUnderTest) -> None:
    name = await running_pod(cluster)
    status = await refused(cluster.core.read_namespaced_pod_log(name, cluster.namespace, container="nobody"))
    assert (status["code"], status["reason"]) == (400, "BadRequest")


async def test_the_log_of_a_pod_that_does_not_exist_is_not_found(cluster: ClusterUnderTest) -> None:
    status = await refused(cluster.core.read_namespaced_pod_log("nobody", cluster.namespace))
    assert (status["code"], status["reason"]) == (404, "NotFound")


async def test_a_container_that_waits_to_start_has_no_log_yet(cluster: ClusterUnderTest) -> None:
    env = [{"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "nobodys", "key": "key"}}}]
    made = await cluster.core.create_namespaced_pod(cluster.namespace, manifests.pod(cluster, env=env))
    name = made.metadata.name

    async def stuck() -> bool:
        found = await cluster.core.read_namespaced_pod(name, cluster.namespace)
        states = [each.state.waiting for each in found.status.container_statuses or []]
        return any(state and state.reason == "CreateContainerConfigError" for state in states)

    await cluster.until(stuck)
    status = await refused(cluster.core.read_namespaced_pod_log(name, cluster.namespace))
    assert (status["code"], status["reason"]) == (400, "BadRequest")
    assert "waiting to start: CreateContainerConfigError" in status["message"]


@pytest.fixture
async def talker(cluster: ClusterUnderTest, world: KubeWorld) -> str:
    """A pod that printed a line a minute for the last ten."""
    name = await running_pod(cluster)
    now = datetime.now(UTC)
    for minute in range(10, 0, -1):
        world.append_log(cluster.namespace, name, f"{minute} ago", now - timedelta(minutes=minute))
    return name


async def test_a_log_is_told_whole_or_its_tail(cluster: ClusterUnderTest, talker: str) -> None:
    assert len(await log(cluster, talker)) == 10
    assert await log(cluster, talker, tail_lines=2) == ["2 ago", "1 ago"]
    assert await log(cluster, talker, tail_lines=0) == []


async def test_a_log_is_told_from_an_age_on(cluster: ClusterUnderTest, talker: str) -> None:
    assert await log(cluster, talker, since_seconds=150) == ["2 ago", "1 ago"]
    assert await log(cluster, talker, since_seconds=330, tail_lines=3) == ["3 ago", "2 ago", "1 ago"]


async def test_lines_are_stamped_with_their_instants(cluster: ClusterUnderTest, talker: str) -> None:
    (line,) = await log(cluster, talker, tail_lines=1, timestamps=True)
    at, text = line.split(" ", 1)
    assert at.endswith("Z")
    assert text == "1 ago"
    assert datetime.fromisoformat(at) < datetime.now(UTC) - timedelta(seconds=50)


async def test_no_more_bytes_than_asked_for_are_told(cluster: ClusterUnderTest, talker: str) -> None:
    assert await log(cluster, talker, limit_bytes=6) == ["10 ago"]


async def test_a_followed_log_goes_on_until_the_pod_is_gone(
    cluster: ClusterUnderTest, world: KubeWorld, talker: str
) -> None:
    response = await cluster.core.read_namespaced_pod_log_without_preload_content(
        talker, cluster.namespace, follow=True, tail_lines=1
    )
    async with asyncio.timeout(cluster.patience):
        assert await response.content.readline() == b"1 ago\n"
        world.append_log(cluster.namespace, talker, "now")
        assert await response.content.readline() == b"now\n"
        await cluster.core.delete_namespaced_pod(talker, cluster.namespace)
        assert await response.content.read() == b""
    response.release()


async def test_the_run_before_a_restart_keeps_its_log(cluster: ClusterUnderTest, world: KubeWorld) -> None:
    world.set_behaviour(lambda _image, _env: Behaviour(lines=("starting", "fatal: no database"), exit_code=3))
    made = await cluster.core.create_namespaced_pod(cluster.namespace, manifests.pod(cluster))
    name = made.metadata.name

    async def crashed_twice() -> Any:
        found = await cluster.core.read_namespaced_pod(name, cluster.namespace)
        (status,) = found.status.container_statuses or [None]
        return status if status and status.restart_count and status.state.waiting else None

    status = await cluster.until(crashed_twice)
    assert status.state.waiting.reason == "CrashLoopBackOff"
    assert (status.last_state.terminated.exit_code, status.last_state.terminated.reason) == (3, "Error")
    assert await log(cluster, name) == ["starting", "fatal: no database"]
    assert await log(cluster, name, previous=True) == ["starting", "fatal: no database"]
