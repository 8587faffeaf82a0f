"""The live cluster client against the loopback API: reads, questions, patches, leases, errors."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from console.drill.kube.access import Denial
from skills.clients.cluster import Conflict, Forbidden, LogOptions, NotFound, Refused
from skills.clients.kubernetes_cluster import KubernetesCluster, UnconfiguredCluster
from skills.clients.kubernetes_connection import Timing
from skills.contract import Unavailable
from store.plan import ObjectRef
from tests.support import loopback as on

DEPLOYMENT = ObjectRef(api="apps/v1", kind="Deployment", namespace=on.NAMESPACE, name=on.WORKLOAD)
SECRET = ObjectRef(api="v1", kind="Secret", namespace=on.NAMESPACE, name=on.SECRET)
QUICK = Timing(connect=1, request=2, logs=2, watch=1, grace=0.3, follow_idle=1, pauses=(0.02, 0.05))


@pytest.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[on.LoopbackCluster]:
    async with on.loopback_cluster(on.Clock(), tmp_path) as running:
        running.world.create(on.secret(on.SECRET, key="old"))
        running.world.create(on.deployment(replicas=2))
        yield running


@pytest.fixture
async def client(cluster: on.LoopbackCluster) -> AsyncIterator[KubernetesCluster]:
    live = KubernetesCluster(cluster.config, "ovh-1", QUICK)
    yield live
    await live.close()


async def test_an_object_is_read_as_the_server_sends_it(client: KubernetesCluster) -> None:
    live = await client.get(DEPLOYMENT)
    assert (live["metadata"]["name"], live["spec"]["replicas"]) == (on.WORKLOAD, 2)


async def test_a_list_comes_whole_over_all_pages_and_each_object_knows_its_kind(
    cluster: on.LoopbackCluster, client: KubernetesCluster
) -> None:
    for number in range(1_100):
        name = {"name": f"map-{number:04}", "namespace": on.NAMESPACE, "labels": {"odd": str(number % 2)}}
        cluster.world.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": name})
    found = await client.items("v1", "ConfigMap", on.NAMESPACE)
    assert len(found) == 1_100
    assert {(item["apiVersion"], item["kind"]) for item in found} == {("v1", "ConfigMap")}
    assert len(await client.items("v1", "ConfigMap", on.NAMESPACE, labels="odd=1")) == 550
    assert len(await client.items("v1", "ConfigMap", on.NAMESPACE, fields="metadata.name=map-0007")) == 1


async def test_a_dry_run_answers_with_the_result_and_changes_nothing(
    cluster: on.LoopbackCluster, client: KubernetesCluster
) -> None:
    made = await client.patch(DEPLOYMENT, {"spec": {"replicas": 5}}, "strategic", dry_run=True)
    assert made["spec"]["replicas"] == 5
    assert (await client.get(DEPLOYMENT))["spec"]["replicas"] == 2
    assert cluster.writes() == []


async def test_a_patch_keeps_what_it_does_not_name(client: KubernetesCluster) -> None:
    patch = {"spec": {"template": {"spec": {"containers": [{"name": "app", "image": "shop/payment:1.4.3"}]}}}}
    container = (await client.patch(DEPLOYMENT, patch, "strategic"))["spec"]["template"]["spec"]["containers"][0]
    assert (container["image"], container["env"][0]["name"]) == ("shop/payment:1.4.3", "STRIPE_API_KEY")


async def test_a_patch_of_a_version_that_is_gone_is_a_conflict_and_changes_nothing(
    client: KubernetesCluster,
) -> None:
    version = (await client.get(SECRET))["metadata"]["resourceVersion"]
    await client.patch(SECRET, {"data": {"key": "bmV3"}}, "merge", version=version)
    with pytest.raises(Conflict):
        await client.patch(SECRET, {"data": {"key": "bGF0ZXI="}}, "merge", version=version)
    assert (await client.get(SECRET))["data"]["key"] == "bmV3"


async def test_a_missing_object_is_not_found(client: KubernetesCluster) -> None:
    with pytest.raises(NotFound, match="no such object") as raised:
        await client.get(SECRET.model_copy(update={"name": "nowhere"}))
    assert "nowhere" in raised.value.detail


async def test_what_the_server_does_not_accept_is_refused(client: KubernetesCluster) -> None:
    with pytest.raises(Refused):
        await client.items("v1", "Secret", on.NAMESPACE, fields="metadata.name")


async def test_what_the_operator_may_not_is_forbidden_and_the_review_says_so_before(
    cluster: on.LoopbackCluster, client: KubernetesCluster
) -> None:
    cluster.world.access.denials[on.USER] = [Denial("secrets", ("patch",))]
    assert (await client.may("patch", SECRET))[0] is False
    assert (await client.may("get", SECRET))[0] is True
    with pytest.raises(Forbidden):
        await client.patch(SECRET, {"data": {}}, "merge", dry_run=True)


async def test_wrong_credentials_are_told_apart_from_a_dead_server(
    cluster: on.LoopbackCluster, client: KubernetesCluster
) -> None:
    cluster.world.access.users.clear()
    with pytest.raises(Unavailable, match="does not accept our credentials"):
        await client.get(SECRET)


async def test_new_credentials_in_the_kubeconfig_are_taken_up_where_the_old_ones_have_run_out(
    cluster: on.LoopbackCluster, client: KubernetesCluster
) -> None:
    await client.get(SECRET)
    cluster.world.access.users = {"renewed": on.USER}
    cluster.config.write_text(cluster.config.read_text().replace(on.TOKEN, "renewed"), encoding="utf-8")
    assert (await client.get(SECRET))["metadata"]["name"] == on.SECRET


@pytest.mark.parametrize("code", [429, 500, 503])
async def test_a_read_is_tried_again_where_the_server_is_busy(
    cluster: on.LoopbackCluster, client: KubernetesCluster, code: int
) -> None:
    cluster.world.faults.answer, cluster.world.faults.times = code, 2
    assert (await client.get(SECRET))["metadata"]["name"] == on.SECRET


async def test_a_write_is_never_tried_again_by_itself(cluster: on.LoopbackCluster, client: KubernetesCluster) -> None:
    await client.get(SECRET)
    cluster.world.faults.answer, cluster.world.faults.times = 500, 1
    with pytest.raises(Unavailable, match="in trouble"):
        await client.patch(SECRET, {"data": {"key": "bmV3"}}, "merge")
    assert cluster.writes() == []


async def test_a_server_that_hangs_is_given_up_in_time(cluster: on.LoopbackCluster, tmp_path: Path) -> None:
    hasty = KubernetesCluster(cluster.config, "ovh-1", Timing(request=0.2))
    cluster.world.faults.latency_seconds = 1.0
    with pytest.raises(Unavailable, match="does not answer"):
        await hasty.may("get", SECRET)
    await hasty.close()
    assert tmp_path.exists()


async def test_a_stopped_server_is_unavailable(cluster: on.LoopbackCluster, client: KubernetesCluster) -> None:
    await cluster.stop()
    with pytest.raises(Unavailable, match="does not answer"):
        await client.ping()
    await cluster.start()


@pytest.mark.parametrize(("config", "context"), [("missing", "ovh-1"), ("kubeconfig", "another")])
async def test_a_kubeconfig_or_context_that_is_not_there_is_one_clear_line(
    cluster: on.LoopbackCluster, config: str, context: str
) -> None:
    lost = KubernetesCluster(cluster.config.with_name(config), context)
    with pytest.raises(Unavailable, match=f"cluster {context} can't be configured"):
        await lost.ping()


async def test_a_client_without_a_configured_cluster_says_so_at_every_question() -> None:
    nowhere = UnconfiguredCluster("nobody.example")
    with pytest.raises(Unavailable, match=r"No cluster is configured for nobody\.example"):
        await nowhere.get(SECRET)
    with pytest.raises(Unavailable, match="No cluster"):
        await nowhere.may("get", SECRET)


async def test_a_lease_is_held_by_one_until_it_is_given_back_or_has_run_out(
    cluster: on.LoopbackCluster, client: KubernetesCluster
) -> None:
    del cluster
    assert (await client.acquire(on.NAMESPACE, "astreinte", "lea", 60)).held
    assert (await client.acquire(on.NAMESPACE, "astreinte", "lea", 60)).held, "renewed"
    other = await client.acquire(on.NAMESPACE, "astreinte", "max", 60)
    assert (other.held, other.holder) == (False, "lea")
    await client.release(on.NAMESPACE, "astreinte", "max")
    assert not (await client.acquire(on.NAMESPACE, "astreinte", "max", 60)).held, "only its holder gives it back"
    await client.release(on.NAMESPACE, "astreinte", "lea")
    assert (await client.acquire(on.NAMESPACE, "astreinte", "max", 60)).held


async def test_a_lease_runs_out_by_the_servers_clock(tmp_path: Path) -> None:
    clock = on.Clock()
    async with on.loopback_cluster(clock, tmp_path) as cluster:
        client = KubernetesCluster(cluster.config, "ovh-1", QUICK)
        assert (await client.acquire(on.NAMESPACE, "astreinte", "lea", 60)).held
        clock.at += timedelta(seconds=61)
        assert (await client.acquire(on.NAMESPACE, "astreinte", "max", 60)).held
        assert await client.server_time() == clock.at
        await client.close()


async def test_a_log_is_read_with_its_instants_since_a_moment_and_by_its_tail(
    cluster: on.LoopbackCluster, client: KubernetesCluster
) -> None:
    await cluster.until_ready(2)
    pod, at = cluster.names()[0], on.Clock().at
    for minute in range(10):
        cluster.world.append_log(on.NAMESPACE, pod, f"minute {minute}", at + timedelta(minutes=minute))
    lines = await client.logs(on.NAMESPACE, pod, LogOptions(container="app", since=at + timedelta(minutes=4)))
    assert [line.text for line in lines] == [f"minute {minute}" for minute in range(4, 10)]
    assert lines[0].at == at + timedelta(minutes=4)
    assert [line.text for line in await client.logs(on.NAMESPACE, pod, LogOptions(tail=1))] == ["minute 9"]
    with pytest.raises(Refused):
        await client.logs(on.NAMESPACE, pod, LogOptions(previous=True))
