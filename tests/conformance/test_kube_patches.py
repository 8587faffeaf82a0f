"""Patches: the types that the console sends, dry runs, and who owns a field."""

from typing import Any

import pytest

from tests.conformance import manifests
from tests.conformance.cluster_under_test import ClusterUnderTest, Json, refused

MERGE, JSON, APPLY = (
    "application/merge-patch+json",
    "application/json-patch+json",
    "application/apply-patch+yaml",
)


async def idle_deployment(cluster: ClusterUnderTest) -> Any:
    """Create a Deployment without pods: nothing but the case changes it."""
    body = manifests.deployment(cluster, replicas=0, env=[{"name": "A", "value": "1"}, {"name": "B", "value": "2"}])
    return await cluster.apps.create_namespaced_deployment(cluster.namespace, body)


async def test_a_strategic_patch_of_the_template_keeps_all_else(cluster: ClusterUnderTest) -> None:
    made = await idle_deployment(cluster)
    change = {"spec": {"template": {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": "now"}}}}}
    patched = await cluster.apps.patch_namespaced_deployment(made.metadata.name, cluster.namespace, change)
    assert patched.spec.template.metadata.annotations == {"kubectl.kubernetes.io/restartedAt": "now"}
    assert patched.spec.template.metadata.labels == made.spec.template.metadata.labels
    assert patched.spec.template.spec == made.spec.template.spec
    assert patched.metadata.generation == made.metadata.generation + 1


async def test_a_strategic_patch_merges_containers_and_variables_by_name(cluster: ClusterUnderTest) -> None:
    made = await idle_deployment(cluster)
    containers: list[Json] = [
        {"name": "app", "env": [{"name": "B", "value": "3"}]},
        {"name": "sidecar", "image": cluster.image},
    ]
    change = {"spec": {"template": {"spec": {"containers": containers}}}}
    patched = await cluster.apps.patch_namespaced_deployment(made.metadata.name, cluster.namespace, change)
    by_name = {each.name: each for each in patched.spec.template.spec.containers}
    assert set(by_name) == {"app", "sidecar"}
    assert {each.name: each.value for each in by_name["app"].env} == {"A": "1", "B": "3"}
    assert by_name["app"].image == cluster.image
    gone: Json = {"spec": {"template": {"spec": {"containers": [{"name": "sidecar", "$patch": "delete"}]}}}}
    patched = await cluster.apps.patch_namespaced_deployment(made.metadata.name, cluster.namespace, gone)
    assert [each.name for each in patched.spec.template.spec.containers] == ["app"]


async def test_a_merge_patch_replaces_lists_and_removes_what_is_null(cluster: ClusterUnderTest) -> None:
    made = await idle_deployment(cluster)
    env = [{"name": "C", "value": "4"}]
    containers = [manifests.container(cluster, env=env)]
    change = {"metadata": {"labels": {"gone": None}}, "spec": {"template": {"spec": {"containers": containers}}}}
    patched = await cluster.apps.patch_namespaced_deployment(
        made.metadata.name, cluster.namespace, change, _content_type=MERGE
    )
    assert [each.name for each in patched.spec.template.spec.containers[0].env] == ["C"]


async def test_a_json_patch_whose_test_fails_changes_nothing(cluster: ClusterUnderTest) -> None:
    made = await cluster.core.create_namespaced_config_map(cluster.namespace, manifests.config_map(cluster, a="1"))
    name, replace = made.metadata.name, {"op": "replace", "path": "/data/a", "value": "2"}
    wrong = [{"op": "test", "path": "/data/a", "value": "9"}, replace]
    status = await refused(cluster.core.patch_namespaced_config_map(name, cluster.namespace, wrong, _content_type=JSON))
    assert (status["code"], status["reason"]) == (422, "Invalid")
    right = [{"op": "test", "path": "/data/a", "value": "1"}, replace]
    patched = await cluster.core.patch_namespaced_config_map(name, cluster.namespace, right, _content_type=JSON)
    assert patched.data == {"a": "2"}


@pytest.mark.parametrize("content_type", [MERGE, "application/strategic-merge-patch+json"])
async def test_a_secrets_plain_values_are_encoded_and_the_others_kept(
    cluster: ClusterUnderTest, content_type: str
) -> None:
    made = await cluster.core.create_namespaced_secret(
        cluster.namespace, manifests.secret(cluster, key="old", other="kept", gone="x")
    )
    change = {"stringData": {"key": "new"}, "data": {"gone": None}}
    patched = await cluster.core.patch_namespaced_secret(
        made.metadata.name, cluster.namespace, change, _content_type=content_type
    )
    assert patched.data == {"key": manifests.encoded("new"), "other": manifests.encoded("kept")}
    assert patched.string_data is None


async def test_a_patch_may_name_the_version_that_it_expects(cluster: ClusterUnderTest) -> None:
    made = await cluster.core.create_namespaced_secret(cluster.namespace, manifests.secret(cluster, key="old"))
    name, version = made.metadata.name, made.metadata.resource_version
    change = {"metadata": {"resourceVersion": version}, "stringData": {"key": "new"}}
    await cluster.core.patch_namespaced_secret(name, cluster.namespace, change, _content_type=MERGE)
    status = await refused(cluster.core.patch_namespaced_secret(name, cluster.namespace, change, _content_type=MERGE))
    assert (status["code"], status["reason"]) == (409, "Conflict")


async def test_a_patch_that_names_another_uid_is_a_conflict(cluster: ClusterUnderTest) -> None:
    made = await cluster.core.create_namespaced_config_map(cluster.namespace, manifests.config_map(cluster, a="1"))
    change = {"metadata": {"uid": "00000000-0000-0000-0000-000000000000"}, "data": {"a": "2"}}
    status = await refused(cluster.core.patch_namespaced_config_map(made.metadata.name, cluster.namespace, change))
    assert (status["code"], status["reason"]) == (409, "Conflict")


async def test_a_patch_that_changes_nothing_makes_no_new_version(cluster: ClusterUnderTest) -> None:
    made = await cluster.core.create_namespaced_config_map(cluster.namespace, manifests.config_map(cluster, a="1"))
    same = await cluster.core.patch_namespaced_config_map(made.metadata.name, cluster.namespace, {"data": {"a": "1"}})
    assert same.metadata.resource_version == made.metadata.resource_version


async def test_a_dry_run_answers_with_what_would_be_and_stores_nothing(cluster: ClusterUnderTest) -> None:
    made = await cluster.core.create_namespaced_secret(cluster.namespace, manifests.secret(cluster, key="old"))
    name = made.metadata.name
    would = await cluster.core.patch_namespaced_secret(
        name, cluster.namespace, {"stringData": {"key": "new"}}, dry_run="All"
    )
    assert would.data == {"key": manifests.encoded("new")}
    assert would.metadata.uid == made.metadata.uid
    live = await cluster.core.read_namespaced_secret(name, cluster.namespace)
    assert live.data == made.data
    assert live.metadata.resource_version == made.metadata.resource_version


async def test_a_dry_run_creates_and_deletes_nothing(cluster: ClusterUnderTest) -> None:
    body = manifests.config_map(cluster, a="1")
    name = body["metadata"]["name"]
    would = await cluster.core.create_namespaced_config_map(cluster.namespace, body, dry_run="All")
    assert would.metadata.uid
    status = await refused(cluster.core.read_namespaced_config_map(name, cluster.namespace))
    assert status["reason"] == "NotFound"
    await cluster.core.create_namespaced_config_map(cluster.namespace, body)
    await cluster.core.delete_namespaced_config_map(name, cluster.namespace, dry_run="All")
    assert await cluster.core.read_namespaced_config_map(name, cluster.namespace)


async def test_a_dry_run_is_refused_as_the_real_thing_would_be(cluster: ClusterUnderTest) -> None:
    made = await idle_deployment(cluster)
    change = {"spec": {"replicas": -1}}
    status = await refused(
        cluster.apps.patch_namespaced_deployment(made.metadata.name, cluster.namespace, change, dry_run="All")
    )
    assert (status["code"], status["reason"]) == (422, "Invalid")


async def apply(cluster: ClusterUnderTest, body: Json, manager: str, **options: Any) -> Any:
    """Apply a ConfigMap on the server."""
    return await cluster.core.patch_namespaced_config_map(
        body["metadata"]["name"], cluster.namespace, body, field_manager=manager, _content_type=APPLY, **options
    )


async def test_an_applied_object_is_created_and_its_manager_owns_it(cluster: ClusterUnderTest) -> None:
    made = await apply(cluster, manifests.config_map(cluster, a="1"), "first")
    (entry,) = made.metadata.managed_fields
    assert (entry.manager, entry.operation) == ("first", "Apply")
    assert "f:a" in entry.fields_v1["f:data"]


async def test_another_managers_field_is_a_conflict_unless_forced(cluster: ClusterUnderTest) -> None:
    await apply(cluster, manifests.config_map(cluster, a="1"), "first")
    other = manifests.config_map(cluster, a="2")
    status = await refused(apply(cluster, other, "second"))
    assert (status["code"], status["reason"]) == (409, "Conflict")
    assert status["details"]["causes"][0]["field"] == ".data.a"
    assert "first" in status["message"]
    forced = await apply(cluster, other, "second", force=True)
    assert forced.data == {"a": "2"}


async def test_who_updates_a_field_owns_it_too(cluster: ClusterUnderTest) -> None:
    made = await cluster.core.create_namespaced_config_map(
        cluster.namespace, manifests.config_map(cluster, a="1"), field_manager="creator"
    )
    status = await refused(apply(cluster, manifests.config_map(cluster, a="2"), "applier"))
    assert (status["code"], status["reason"]) == (409, "Conflict")
    assert 'conflict with "creator"' in status["message"]
    assert made.data == {"a": "1"}


async def test_what_a_manager_no_longer_applies_is_taken_back_and_nothing_else(cluster: ClusterUnderTest) -> None:
    await apply(cluster, manifests.config_map(cluster, a="1", b="2"), "first")
    await apply(cluster, manifests.config_map(cluster, c="3"), "second")
    after = await apply(cluster, manifests.config_map(cluster, a="1"), "first")
    assert after.data == {"a": "1", "c": "3"}
