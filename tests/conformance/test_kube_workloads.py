"""Workloads: rollouts run to their end, and pods that can't run say why."""

from typing import Any

import pytest

from tests.conformance import manifests
from tests.conformance.cluster_under_test import ClusterUnderTest, Json

REVISION = "deployment.kubernetes.io/revision"


async def complete(cluster: ClusterUnderTest, name: str) -> Any:
    """Wait until a Deployment has rolled out as kubectl understands it, and return it."""

    async def rolled_out() -> Any:
        found = await cluster.apps.read_namespaced_deployment(name, cluster.namespace)
        status, wanted = found.status, found.spec.replicas
        counts = {status.replicas or 0, status.updated_replicas or 0, status.available_replicas or 0}
        return found if status.observed_generation == found.metadata.generation and counts == {wanted} else None

    return await cluster.until(rolled_out)


async def create(cluster: ClusterUnderTest, **more: Any) -> Any:
    """Create a Deployment, and wait for its first rollout."""
    made = await cluster.apps.create_namespaced_deployment(cluster.namespace, manifests.deployment(cluster, **more))
    return await complete(cluster, made.metadata.name)


async def pods(cluster: ClusterUnderTest, what: str = "web") -> list[Any]:
    """Return a Deployment's pods that are not being deleted."""
    found = await cluster.core.list_namespaced_pod(cluster.namespace, label_selector=f"app={cluster.name(what)}")
    return [pod for pod in found.items if pod.metadata.deletion_timestamp is None]


def condition(status: Any, kind: str) -> Any:
    """Return a condition."""
    return next((each for each in status.conditions or [] if each.type == kind), None)


async def test_a_deployment_rolls_out_and_says_so(cluster: ClusterUnderTest) -> None:
    live = await create(cluster)
    assert live.metadata.annotations[REVISION] == "1"
    available, progressing = condition(live.status, "Available"), condition(live.status, "Progressing")
    assert (available.status, available.reason) == ("True", "MinimumReplicasAvailable")
    assert (progressing.status, progressing.reason) == ("True", "NewReplicaSetAvailable")
    sets = (await cluster.apps.list_namespaced_replica_set(cluster.namespace)).items
    (mine,) = [each for each in sets if any(o.uid == live.metadata.uid for o in each.metadata.owner_references or [])]
    digest = mine.metadata.labels["pod-template-hash"]
    running = await pods(cluster)
    assert {pod.metadata.labels["pod-template-hash"] for pod in running} == {digest}
    assert {pod.metadata.owner_references[0].uid for pod in running} == {mine.metadata.uid}
    assert {pod.status.phase for pod in running} == {"Running"}


async def test_a_restart_replaces_every_pod_and_counts_as_a_revision(cluster: ClusterUnderTest) -> None:
    live = await create(cluster)
    before = {pod.metadata.uid for pod in await pods(cluster)}
    change = {"spec": {"template": {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": "now"}}}}}
    await cluster.apps.patch_namespaced_deployment(live.metadata.name, cluster.namespace, change)
    after = await complete(cluster, live.metadata.name)
    assert after.metadata.annotations[REVISION] == "2"
    assert before.isdisjoint({pod.metadata.uid for pod in await pods(cluster)})


async def test_a_template_that_was_had_before_is_taken_up_again(cluster: ClusterUnderTest) -> None:
    live = await create(cluster, replicas=1)
    name, path = live.metadata.name, "/spec/template/metadata/annotations"
    added: list[Json] = [{"op": "add", "path": path, "value": {"try": "2"}}]
    await cluster.apps.patch_namespaced_deployment(
        name, cluster.namespace, added, _content_type="application/json-patch+json"
    )
    await complete(cluster, name)
    removed: list[Json] = [{"op": "remove", "path": path}]
    await cluster.apps.patch_namespaced_deployment(
        name, cluster.namespace, removed, _content_type="application/json-patch+json"
    )
    back = await complete(cluster, name)
    assert back.metadata.annotations[REVISION] == "3"
    found = await cluster.apps.list_namespaced_replica_set(
        cluster.namespace, label_selector=f"app={cluster.name('web')}"
    )
    assert sorted(each.metadata.annotations[REVISION] for each in found.items) == ["2", "3"]


async def test_a_scale_is_read_and_written_apart(cluster: ClusterUnderTest) -> None:
    live = await create(cluster, replicas=1)
    name = live.metadata.name
    scale = await cluster.apps.read_namespaced_deployment_scale(name, cluster.namespace)
    assert (scale.kind, scale.spec.replicas) == ("Scale", 1)
    await cluster.apps.patch_namespaced_deployment_scale(name, cluster.namespace, {"spec": {"replicas": 0}})

    async def empty() -> bool:
        return not await pods(cluster)

    await cluster.until(empty)


async def test_what_a_deployment_owns_goes_with_it(cluster: ClusterUnderTest) -> None:
    live = await create(cluster, replicas=1)
    await cluster.apps.delete_namespaced_deployment(live.metadata.name, cluster.namespace)

    async def nothing_left() -> bool:
        label = f"app={cluster.name('web')}"
        sets = await cluster.apps.list_namespaced_replica_set(cluster.namespace, label_selector=label)
        return not sets.items and not await pods(cluster)

    await cluster.until(nothing_left)


async def waiting(cluster: ClusterUnderTest, body: Json, *reasons: str) -> Any:
    """Create a pod, wait until it waits for one of the reasons, and return it."""
    made = await cluster.core.create_namespaced_pod(cluster.namespace, body)

    async def stuck() -> Any:
        found = await cluster.core.read_namespaced_pod(made.metadata.name, cluster.namespace)
        states = [each.state.waiting for each in found.status.container_statuses or []]
        return found if any(state and state.reason in reasons for state in states) else None

    return await cluster.until(stuck)


async def told(cluster: ClusterUnderTest, pod: Any, reason: str) -> Any:
    """Wait for an event about a pod, and return it."""

    async def event() -> Any:
        about = f"involvedObject.uid={pod.metadata.uid},reason={reason}"
        found = await cluster.core.list_namespaced_event(cluster.namespace, field_selector=about)
        return found.items

    return (await cluster.until(event))[0]


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ({"secretKeyRef": {"name": "nobodys-secret", "key": "key"}}, 'secret "nobodys-secret" not found'),
        ({"configMapKeyRef": {"name": "nobodys-map", "key": "key"}}, 'configmap "nobodys-map" not found'),
    ],
)
async def test_a_pod_whose_configuration_is_missing_waits(
    cluster: ClusterUnderTest, reference: Json, message: str
) -> None:
    body = manifests.pod(cluster, env=[{"name": "KEY", "valueFrom": reference}])
    pod = await waiting(cluster, body, "CreateContainerConfigError")
    assert pod.status.container_statuses[0].state.waiting.message == message
    assert pod.status.phase == "Pending"
    event = await told(cluster, pod, "Failed")
    assert (event.type, event.message) == ("Warning", f"Error: {message}")


async def test_a_key_that_its_secret_lacks_is_named(cluster: ClusterUnderTest) -> None:
    secret = await cluster.core.create_namespaced_secret(cluster.namespace, manifests.secret(cluster, other="x"))
    reference = {"secretKeyRef": {"name": secret.metadata.name, "key": "key"}}
    pod = await waiting(
        cluster, manifests.pod(cluster, env=[{"name": "KEY", "valueFrom": reference}]), "CreateContainerConfigError"
    )
    wanted = f"couldn't find key key in Secret {cluster.namespace}/{secret.metadata.name}"
    assert pod.status.container_statuses[0].state.waiting.message == wanted


async def test_what_is_optional_may_be_missing(cluster: ClusterUnderTest) -> None:
    env = [{"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "nobodys", "key": "key", "optional": True}}}]
    made = await cluster.core.create_namespaced_pod(cluster.namespace, manifests.pod(cluster, env=env))

    async def running() -> bool:
        found = await cluster.core.read_namespaced_pod(made.metadata.name, cluster.namespace)
        return bool(found.status.phase == "Running")

    await cluster.until(running)


async def test_an_image_that_does_not_exist_is_not_pulled(cluster: ClusterUnderTest) -> None:
    missing = f"{cluster.image.rpartition(':')[0]}:no-such-tag"
    if cluster.world:
        cluster.world.set_images({cluster.image})
    pod = await waiting(cluster, manifests.pod(cluster, image=missing), "ErrImagePull", "ImagePullBackOff")
    assert pod.status.phase == "Pending"
    event = await told(cluster, pod, "Failed")
    assert event.type == "Warning"
    assert event.source.component == "kubelet"


async def test_a_pod_that_no_node_has_room_for_stays_pending(cluster: ClusterUnderTest) -> None:
    body = manifests.pod(cluster, resources={"requests": {"cpu": "10000"}})
    made = await cluster.core.create_namespaced_pod(cluster.namespace, body)

    async def refused() -> Any:
        found = await cluster.core.read_namespaced_pod(made.metadata.name, cluster.namespace)
        return found if condition(found.status, "PodScheduled") else None

    pod = await cluster.until(refused)
    scheduled = condition(pod.status, "PodScheduled")
    assert (pod.status.phase, scheduled.status, scheduled.reason) == ("Pending", "False", "Unschedulable")
    assert "Insufficient cpu" in scheduled.message
    assert (await told(cluster, pod, "FailedScheduling")).message == scheduled.message
