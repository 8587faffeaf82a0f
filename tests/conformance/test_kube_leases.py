"""Leases: a lock that one holder has, renews and gives back, and nobody takes by surprise."""

import asyncio
from typing import Any

from tests.conformance.cluster_under_test import ClusterUnderTest, Json, refused

NOW = "2025-01-09T10:30:00.000000Z"


def lease(cluster: ClusterUnderTest, holder: str) -> Json:
    """Return a Lease."""
    spec = {"holderIdentity": holder, "leaseDurationSeconds": 60, "acquireTime": NOW, "renewTime": NOW}
    return {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": cluster.metadata("lock"),
        "spec": spec,
    }


async def test_of_two_who_create_a_lease_one_gets_it(cluster: ClusterUnderTest) -> None:
    async def take(holder: str) -> int:
        answer = await cluster.leases.create_namespaced_lease_without_preload_content(
            cluster.namespace, lease(cluster, holder)
        )
        answer.release()
        return int(answer.status)

    assert sorted(await asyncio.gather(take("one"), take("two"))) == [201, 409]


async def test_its_holder_renews_it(cluster: ClusterUnderTest) -> None:
    made = await cluster.leases.create_namespaced_lease(cluster.namespace, lease(cluster, "one"))
    version: str = made.metadata.resource_version
    body = lease(cluster, "one")
    body["metadata"]["resourceVersion"] = version
    body["spec"]["renewTime"] = "2025-01-09T10:30:20.000000Z"
    renewed = await cluster.leases.replace_namespaced_lease(made.metadata.name, cluster.namespace, body)
    assert renewed.spec.holder_identity == "one"
    assert renewed.spec.renew_time > made.spec.renew_time
    assert renewed.metadata.resource_version != version


async def test_who_read_it_before_it_changed_hands_is_refused(cluster: ClusterUnderTest) -> None:
    made: Any = await cluster.leases.create_namespaced_lease(cluster.namespace, lease(cluster, ""))
    name, version = made.metadata.name, made.metadata.resource_version

    def held(holder: str) -> Json:
        body = lease(cluster, holder)
        body["metadata"]["resourceVersion"] = version
        return body

    await cluster.leases.replace_namespaced_lease(name, cluster.namespace, held("one"))
    status = await refused(cluster.leases.replace_namespaced_lease(name, cluster.namespace, held("two")))
    assert (status["code"], status["reason"]) == (409, "Conflict")
    live = await cluster.leases.read_namespaced_lease(name, cluster.namespace)
    assert live.spec.holder_identity == "one"
