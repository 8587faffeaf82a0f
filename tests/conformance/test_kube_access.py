"""Access: what the reviews answer is what requests meet."""

from typing import Any

from console.drill.kube import Denial, KubeWorld
from tests.conformance import manifests
from tests.conformance.cluster_under_test import ClusterUnderTest, refused


async def may(cluster: ClusterUnderTest, verb: str, resource: str, group: str = "", subresource: str = "") -> bool:
    """Ask by SelfSubjectAccessReview."""
    attributes = {"verb": verb, "group": group, "resource": resource, "subresource": subresource}
    body: Any = {"spec": {"resourceAttributes": {**attributes, "namespace": cluster.namespace}}}
    review = await cluster.reviews.create_self_subject_access_review(body)
    return bool(review.status.allowed)


async def test_a_review_allows_what_the_operator_needs(cluster: ClusterUnderTest) -> None:
    assert await may(cluster, "get", "pods")
    assert await may(cluster, "get", "pods", subresource="log")
    assert await may(cluster, "patch", "deployments", "apps")
    assert await may(cluster, "patch", "secrets")
    assert await may(cluster, "update", "leases", "coordination.k8s.io")


async def test_a_rules_review_lists_what_one_may(cluster: ClusterUnderTest) -> None:
    review = await cluster.reviews.create_self_subject_rules_review({"spec": {"namespace": cluster.namespace}})
    rules = review.status.resource_rules
    assert any({"pods", "*"} & set(rule.resources) and {"get", "*"} & set(rule.verbs) for rule in rules)


async def test_what_is_denied_is_forbidden_in_the_words_of_its_rule(
    cluster: ClusterUnderTest, world: KubeWorld
) -> None:
    world.access.denials["operator"] = [Denial("secrets", ("patch",)), Denial("pods/log")]
    made = await cluster.core.create_namespaced_secret(cluster.namespace, manifests.secret(cluster, key="old"))
    status = await refused(cluster.core.patch_namespaced_secret(made.metadata.name, cluster.namespace, {}))
    assert (status["code"], status["reason"]) == (403, "Forbidden")
    assert status["message"] == (
        f'secrets "{made.metadata.name}" is forbidden: User "operator" cannot patch resource "secrets" '
        f'in API group "" in the namespace "{cluster.namespace}"'
    )
    assert not await may(cluster, "patch", "secrets")
    assert await may(cluster, "get", "secrets")
    assert not await may(cluster, "get", "pods", subresource="log")
    assert await may(cluster, "get", "pods")


async def test_an_unknown_token_is_unauthorized(cluster: ClusterUnderTest, world: KubeWorld) -> None:
    world.access.users.clear()
    status = await refused(cluster.core.list_namespaced_pod(cluster.namespace))
    assert (status["code"], status["reason"]) == (401, "Unauthorized")
