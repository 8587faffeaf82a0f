"""Watches: nothing is missed between a list and what follows it, and what is too old is said to be."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from console.drill.kube import KubeWorld
from tests.conformance import manifests
from tests.conformance.cluster_under_test import RUN_LABEL, ClusterUnderTest, Json

_PATIENCE = 30


class Stream:
    """A watch's raw events, oldest first."""

    def __init__(self, response: Any) -> None:
        self._response = response

    async def next(self) -> tuple[str, Json]:
        """Return the next event's type and object; ("", {}) where the stream has ended."""
        async with asyncio.timeout(_PATIENCE):
            line = await self._response.content.readline()
        if not line:
            return "", {}
        event = json.loads(line)
        return event["type"], event["object"]

    async def rest(self) -> list[tuple[str, Json]]:
        """Return all that comes until the stream ends."""
        events = []
        while (event := await self.next())[0]:
            events.append(event)
        return events


@asynccontextmanager
async def watch(cluster: ClusterUnderTest, **options: Any) -> AsyncIterator[Stream]:
    """Watch the run's ConfigMaps."""
    asked = {"label_selector": f"{RUN_LABEL}={cluster.run}", "timeout_seconds": _PATIENCE, **options}
    response = await cluster.core.list_namespaced_config_map_without_preload_content(
        cluster.namespace, watch=True, **asked
    )
    try:
        yield Stream(response)
    finally:
        response.close()


async def create(cluster: ClusterUnderTest, what: str) -> Any:
    """Create a ConfigMap."""
    return await cluster.core.create_namespaced_config_map(cluster.namespace, manifests.config_map(cluster, what))


async def listed(cluster: ClusterUnderTest) -> str:
    """Return the version of a list."""
    found = await cluster.core.list_namespaced_config_map(cluster.namespace)
    return str(found.metadata.resource_version)


async def test_what_happens_after_a_list_is_told_in_order(cluster: ClusterUnderTest) -> None:
    version = await listed(cluster)
    made = await create(cluster, "seen")
    name = made.metadata.name
    await cluster.core.patch_namespaced_config_map(name, cluster.namespace, {"data": {"a": "2"}})
    async with watch(cluster, resource_version=version) as stream:
        first, second = await stream.next(), await stream.next()
        await cluster.core.delete_namespaced_config_map(name, cluster.namespace)
        third = await stream.next()
    assert [event for event, _ in (first, second, third)] == ["ADDED", "MODIFIED", "DELETED"]
    assert first[1]["metadata"]["resourceVersion"] == made.metadata.resource_version
    assert second[1]["data"] == {"a": "2"}
    assert (third[1]["kind"], third[1]["apiVersion"]) == ("ConfigMap", "v1")


async def test_without_a_version_what_exists_is_told_first(cluster: ClusterUnderTest) -> None:
    await create(cluster, "here")
    async with watch(cluster) as stream:
        event, obj = await stream.next()
    assert (event, obj["metadata"]["name"]) == ("ADDED", cluster.name("here"))


async def test_a_cut_watch_is_resumed_where_it_was(cluster: ClusterUnderTest) -> None:
    version = await listed(cluster)
    await create(cluster, "before")
    async with watch(cluster, resource_version=version) as stream:
        _, obj = await stream.next()
    await create(cluster, "between")
    async with watch(cluster, resource_version=obj["metadata"]["resourceVersion"]) as stream:
        event, obj = await stream.next()
    assert (event, obj["metadata"]["name"]) == ("ADDED", cluster.name("between"))


async def test_what_begins_or_ceases_to_match_is_added_or_deleted(cluster: ClusterUnderTest) -> None:
    await create(cluster, "changing")
    version, mine = await listed(cluster), {"label_selector": f"{RUN_LABEL}={cluster.run},hot=yes"}
    async with watch(cluster, resource_version=version, **mine) as stream:
        for value in ("yes", None):
            change = {"metadata": {"labels": {"hot": value}}}
            await cluster.core.patch_namespaced_config_map(cluster.name("changing"), cluster.namespace, change)
        assert [(await stream.next())[0] for _ in range(2)] == ["ADDED", "DELETED"]


async def test_a_watch_ends_by_itself_and_is_marked_before_it_does(cluster: ClusterUnderTest) -> None:
    version = await listed(cluster)
    async with watch(cluster, resource_version=version, timeout_seconds=3, allow_watch_bookmarks=True) as stream:
        events = await stream.rest()
    event, obj = events[-1]
    assert event == "BOOKMARK"
    assert int(obj["metadata"]["resourceVersion"]) >= int(version)
    assert set(obj["metadata"]) <= {"resourceVersion", "creationTimestamp"}


async def test_a_version_that_is_too_old_is_answered_410(cluster: ClusterUnderTest) -> None:
    async with watch(cluster, resource_version="1", timeout_seconds=5) as stream:
        event, status = await stream.next()
    assert (event, status["code"], status["reason"]) == ("ERROR", 410, "Expired")


async def test_a_compacted_history_is_answered_410(cluster: ClusterUnderTest, world: KubeWorld) -> None:
    version = await listed(cluster)
    await create(cluster, "forgotten")
    world.objects.compact()
    async with watch(cluster, resource_version=version) as stream:
        event, status = await stream.next()
    assert (event, status["code"], status["reason"]) == ("ERROR", 410, "Expired")


async def test_initial_events_end_with_a_bookmark(cluster: ClusterUnderTest, world: KubeWorld) -> None:
    await create(cluster, "here")
    asked: Any = {"send_initial_events": True, "resource_version_match": "NotOlderThan", "allow_watch_bookmarks": True}
    async with watch(cluster, resource_version="0", **asked) as stream:
        first, second = await stream.next(), await stream.next()
    assert [first[0], second[0]] == ["ADDED", "BOOKMARK"]
    assert second[1]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
    assert int(second[1]["metadata"]["resourceVersion"]) <= world.objects.version
