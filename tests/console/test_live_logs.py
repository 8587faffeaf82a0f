"""The followed logs over whatever befalls the link and the pods: nothing lost, nothing twice, and it is said."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from console.drill.kube.access import Denial
from console.drill.kube.behaviour import Behaviour
from console.live_logs import LogFollower
from console.log_batch import LogBatch
from console.log_previous import previous_log
from skills.clients.kubernetes_cluster import KubernetesCluster
from skills.clients.kubernetes_connection import Timing
from skills.site import Site
from store.commands import Refusal
from store.feed import LogEntry
from store.plan import ObjectRef
from tests.support import loopback as on

QUICK = Timing(connect=1, request=2, logs=2, watch=1, grace=0.3, follow_idle=0.4, pauses=(0.02, 0.05))
SITE = Site(name="shop", domains=("shop.example",), namespace=on.NAMESPACE, workloads=(on.WORKLOAD,))
BAD_IMAGE = "shop/payment:1.4.4"
DEPLOYMENT = ObjectRef(api="apps/v1", kind="Deployment", namespace=on.NAMESPACE, name=on.WORKLOAD)


class Followed:
    """A follower on a loopback cluster, and all that it has told so far."""

    def __init__(self, cluster: on.LoopbackCluster, client: KubernetesCluster, clock: on.Clock) -> None:
        self.cluster, self.client, self.clock = cluster, client, clock
        self.batch = LogBatch()
        self.follower = LogFollower(client, SITE, clock, self.batch)
        self._told: list[LogEntry] = []

    @property
    def told(self) -> list[LogEntry]:
        self._told += self.batch.drain()
        return self._told

    @property
    def texts(self) -> list[str]:
        return [entry.text for entry in self.told if not entry.note]

    def notes(self, *kinds: str) -> list[LogEntry]:
        return [entry for entry in self.told if entry.note in kinds]

    @property
    def pods(self) -> list[str]:
        return self.cluster.names()

    def says(self, text: str, pod: str = "") -> None:
        """Have a pod say something, a second later than the last time."""
        self.clock.at += timedelta(seconds=1)
        self.cluster.world.append_log(on.NAMESPACE, pod or self.pods[0], text)

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(10):
            while not condition():  # noqa: ASYNC110 what is waited for tells nobody
                await asyncio.sleep(0.01)

    async def heard(self, text: str, pod: str = "") -> None:
        """Have a pod say something, and wait until that is told."""
        self.says(text, pod)
        await self.until(lambda: text in self.texts)


@asynccontextmanager
async def following(tmp_path: Path, *, replicas: int = 2) -> AsyncIterator[Followed]:
    clock = on.Clock()
    async with on.loopback_cluster(clock, tmp_path) as cluster:
        cluster.world.create(on.secret(on.SECRET, key="value"))
        cluster.world.create(on.deployment(replicas=replicas))
        await cluster.until_ready(replicas)
        client = KubernetesCluster(cluster.config, "ovh-1", QUICK)
        clock.at += timedelta(minutes=1)  # the pods are older than the look at them
        followed = Followed(cluster, client, clock)
        task = asyncio.create_task(followed.follower.run())
        try:
            await followed.until(lambda: len(followed.follower.runs) == replicas)
            await followed.heard("first")
            yield followed
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            await client.close()


async def _cut(followed: Followed) -> None:
    followed.cluster.world.faults.cut_connections()


def _answering(status: int) -> Callable[[Followed], Any]:
    async def trouble(followed: Followed) -> None:
        faults = followed.cluster.world.faults
        faults.answer, faults.times = status, 4
        faults.cut_connections()

    return trouble


async def _restart(followed: Followed) -> None:
    await followed.cluster.stop()
    await followed.until(lambda: followed.notes("cut"))
    followed.clock.at += timedelta(seconds=4)
    await followed.cluster.start()


async def _hang(followed: Followed) -> None:
    followed.cluster.world.faults.hang_watches = True
    followed.says("said while nothing was heard")
    await followed.until(lambda: followed.notes("cut"))
    followed.cluster.world.faults.hang_watches = False
    followed.cluster.world.faults.cut_connections()


def _with_image(image: str) -> dict[str, Any]:
    return {"spec": {"template": {"spec": {"containers": [{"name": "app", "image": image}]}}}}


FAULTS = {
    "cut connections": _cut,
    "410": _answering(410),
    "429": _answering(429),
    "500": _answering(500),
    "a restart of the API server": _restart,
    "a silent hang": _hang,
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_the_log_goes_on_after_a_fault_and_says_from_when_to_when(tmp_path: Path, fault: str) -> None:
    async with following(tmp_path) as followed:
        assert not followed.notes("cut", "resumed"), "there was no gap yet"
        await FAULTS[fault](followed)
        await followed.heard("afterwards")
        await followed.until(lambda: followed.notes("resumed"))
        cut, resumed = followed.notes("cut")[0], followed.notes("resumed")[0]
        assert cut.text
        assert resumed.since == cut.at
        assert resumed.at is not None
        assert cut.at is not None
        assert resumed.at >= cut.at
        said = [text for text in followed.texts if text in ("first", "afterwards", "said while nothing was heard")]
        assert len(said) == len(set(said)), "no line is told twice"
        assert ("said while nothing was heard" in said) is (fault == "a silent hang"), "and none is lost"


async def test_streams_that_break_together_are_one_cut(tmp_path: Path) -> None:
    async with following(tmp_path, replicas=3) as followed:
        followed.cluster.world.faults.cut_connections()
        await followed.heard("afterwards")
        await followed.until(lambda: followed.notes("resumed"))
        assert [(entry.note, entry.pod) for entry in followed.notes("cut", "resumed")][1:] == [("resumed", "")]


async def test_a_rollouts_new_pods_join_and_its_old_ones_end(tmp_path: Path) -> None:
    async with following(tmp_path) as followed:
        old = {pod.rpartition("-")[2] for pod in followed.pods}
        followed.clock.at += timedelta(seconds=1)
        await followed.client.patch(DEPLOYMENT, _with_image("shop/payment:1.4.3"), "strategic")
        await followed.until(lambda: len(followed.notes("joined")) == 2 and len(followed.notes("ended")) == 2)
        new = {pod.rpartition("-")[2] for pod in followed.pods}
        assert {entry.pod for entry in followed.notes("ended")} == old
        assert {entry.pod for entry in followed.notes("joined")} == new
        await followed.heard("the new image speaks")
        assert not followed.notes("cut")


async def test_a_denied_log_is_said_once_however_often_it_is_tried(tmp_path: Path) -> None:
    async with following(tmp_path) as followed:
        followed.cluster.world.access.denials[on.USER] = [Denial("pods", ("list", "watch"))]
        followed.cluster.world.faults.cut_connections()
        await followed.until(lambda: followed.notes("unread"))
        await followed.heard("the logs themselves go on")
        assert len(followed.notes("unread")) == 1


def _crashing(image: str, _env: Mapping[str, str]) -> Behaviour:
    return Behaviour(lines=("ERROR no DATABASE_URL",), exit_code=3) if image == BAD_IMAGE else Behaviour()


async def test_a_restarted_container_is_followed_again_and_what_it_said_before_can_be_read(tmp_path: Path) -> None:
    async with following(tmp_path, replicas=1) as followed:
        followed.cluster.world.set_behaviour(_crashing)
        followed.clock.at += timedelta(seconds=1)
        await followed.client.patch(DEPLOYMENT, _with_image(BAD_IMAGE), "strategic")
        await followed.until(lambda: followed.notes("restarted"))
        restarted = followed.notes("restarted")[0]
        assert restarted.text == "Error 3"
        await followed.until(lambda: followed.texts.count("no DATABASE_URL") == 2)
        before = await previous_log(followed.client, on.NAMESPACE, followed.follower.runs[restarted.pod])
        assert not isinstance(before, Refusal)
        assert [(entry.pod, entry.text, entry.level) for entry in before] == [
            (restarted.pod, "no DATABASE_URL", "error")
        ]


@pytest.mark.parametrize(("trouble", "key"), [("none", "no_previous"), ("denied", "not_allowed"), ("gone", "no_pod")])
async def test_without_a_previous_container_it_is_said_plainly_why(tmp_path: Path, trouble: str, key: str) -> None:
    async with following(tmp_path, replicas=1) as followed:
        run = next(iter(followed.follower.runs.values()))
        if trouble == "denied":
            followed.cluster.world.access.denials[on.USER] = [Denial("pods/log")]
        if trouble == "gone":
            run = replace(run, pod=f"{run.pod}-gone")
        refusal = await previous_log(followed.client, on.NAMESPACE, run)
        assert isinstance(refusal, Refusal)
        assert refusal.key == key
