"""Objects: identity, versions, preconditions, selectors, pages, and why a request is refused."""

import asyncio
import itertools
from typing import Any

from tests.conformance import manifests
from tests.conformance.cluster_under_test import RUN_LABEL, ClusterUnderTest, refused


async def test_a_new_object_is_answered_201_and_gets_its_identity(cluster: ClusterUnderTest) -> None:
    answer = await cluster.core.create_namespaced_secret_with_http_info(
        cluster.namespace, manifests.secret(cluster, key="one")
    )
    assert answer.status_code == 201
    metadata = answer.data.metadata
    assert metadata.uid
    assert metadata.resource_version
    assert metadata.creation_timestamp


async def test_a_name_that_is_taken_is_refused_as_already_existing(cluster: ClusterUnderTest) -> None:
    wanted = manifests.config_map(cluster, a="1")
    await cluster.core.create_namespaced_config_map(cluster.namespace, wanted)
    status = await refused(cluster.core.create_namespaced_config_map(cluster.namespace, wanted))
    assert (status["code"], status["reason"]) == (409, "AlreadyExists")


async def test_what_is_not_there_is_refused_by_name(cluster: ClusterUnderTest) -> None:
    status = await refused(cluster.apps.read_namespaced_deployment("nobody", cluster.namespace))
    assert (status["code"], status["reason"]) == (404, "NotFound")
    assert status["details"]["name"] == "nobody"
    assert status["message"] == 'deployments.apps "nobody" not found'


async def test_nothing_is_created_in_a_namespace_that_does_not_exist(cluster: ClusterUnderTest) -> None:
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "lost"}}
    status = await refused(cluster.core.create_namespaced_config_map(f"no-{cluster.run}", body))
    assert (status["code"], status["reason"]) == (404, "NotFound")


async def test_only_a_changed_spec_begins_a_new_generation(cluster: ClusterUnderTest) -> None:
    made = await cluster.apps.create_namespaced_deployment(cluster.namespace, manifests.deployment(cluster))
    name = made.metadata.name

    async def live() -> Any:
        return await cluster.apps.read_namespaced_deployment(name, cluster.namespace)

    async def available() -> Any:
        found = await live()
        return found if found.status.available_replicas == 2 else None

    reported = await cluster.until(available)
    assert (made.metadata.generation, reported.metadata.generation) == (1, 1)
    assert reported.metadata.resource_version != made.metadata.resource_version
    labelled = await cluster.apps.patch_namespaced_deployment(
        name, cluster.namespace, {"metadata": {"annotations": {"note": "seen"}}}
    )
    assert labelled.metadata.generation == 1
    scaled = await cluster.apps.patch_namespaced_deployment(name, cluster.namespace, {"spec": {"replicas": 1}})
    assert scaled.metadata.generation == 2


async def test_a_write_with_a_stale_version_is_a_conflict_and_changes_nothing(cluster: ClusterUnderTest) -> None:
    first = await cluster.core.create_namespaced_config_map(cluster.namespace, manifests.config_map(cluster, a="1"))
    name = first.metadata.name
    await cluster.core.patch_namespaced_config_map(name, cluster.namespace, {"data": {"a": "2"}})
    first.data = {"a": "3"}
    status = await refused(cluster.core.replace_namespaced_config_map(name, cluster.namespace, first))
    assert (status["code"], status["reason"]) == (409, "Conflict")
    live = await cluster.core.read_namespaced_config_map(name, cluster.namespace)
    assert live.data == {"a": "2"}


async def test_a_write_with_the_version_just_read_is_taken(cluster: ClusterUnderTest) -> None:
    made = await cluster.core.create_namespaced_config_map(cluster.namespace, manifests.config_map(cluster, a="1"))
    made.data = {"b": "2"}
    replaced = await cluster.core.replace_namespaced_config_map(made.metadata.name, cluster.namespace, made)
    assert replaced.data == {"b": "2"}
    assert replaced.metadata.uid == made.metadata.uid
    assert replaced.metadata.resource_version != made.metadata.resource_version


async def test_of_two_writers_with_the_same_version_one_wins(cluster: ClusterUnderTest) -> None:
    made = await cluster.core.create_namespaced_config_map(cluster.namespace, manifests.config_map(cluster, a="1"))
    version = made.metadata.resource_version

    async def write(value: str) -> int:
        body = {**manifests.config_map(cluster, a=value)}
        body["metadata"]["resourceVersion"] = version
        answer = await cluster.core.replace_namespaced_config_map_without_preload_content(
            made.metadata.name, cluster.namespace, body
        )
        answer.release()
        return int(answer.status)

    assert sorted(await asyncio.gather(write("2"), write("3"))) == [200, 409]


async def test_what_does_not_fit_its_rules_is_refused_as_invalid(cluster: ClusterUnderTest) -> None:
    body = manifests.config_map(cluster)
    body["metadata"]["name"] = "Not_A_Name"
    status = await refused(cluster.core.create_namespaced_config_map(cluster.namespace, body))
    assert (status["code"], status["reason"]) == (422, "Invalid")
    assert status["details"]["causes"][0]["field"] == "metadata.name"


async def test_a_selector_that_does_not_match_its_template_is_refused(cluster: ClusterUnderTest) -> None:
    body = manifests.deployment(cluster)
    body["spec"]["selector"]["matchLabels"] = {"app": "another"}
    status = await refused(cluster.apps.create_namespaced_deployment(cluster.namespace, body))
    assert (status["code"], status["reason"]) == (422, "Invalid")


async def test_what_is_immutable_stays(cluster: ClusterUnderTest) -> None:
    body = {**manifests.config_map(cluster, a="1"), "immutable": True}
    made = await cluster.core.create_namespaced_config_map(cluster.namespace, body)
    change = {"data": {"a": "2"}}
    status = await refused(cluster.core.patch_namespaced_config_map(made.metadata.name, cluster.namespace, change))
    assert (status["code"], status["reason"]) == (422, "Invalid")


async def test_a_secret_that_is_no_base64_is_a_bad_request(cluster: ClusterUnderTest) -> None:
    body = {**manifests.secret(cluster), "data": {"key": "*not base64*"}}
    status = await refused(cluster.core.create_namespaced_secret(cluster.namespace, body))
    assert (status["code"], status["reason"]) == (400, "BadRequest")


async def test_an_object_with_another_uid_is_not_deleted(cluster: ClusterUnderTest) -> None:
    made = await cluster.core.create_namespaced_config_map(cluster.namespace, manifests.config_map(cluster))
    name, other = made.metadata.name, {"preconditions": {"uid": "00000000-0000-0000-0000-000000000000"}}
    status = await refused(cluster.core.delete_namespaced_config_map(name, cluster.namespace, body=other))
    assert (status["code"], status["reason"]) == (409, "Conflict")
    mine = {"preconditions": {"uid": made.metadata.uid}}
    await cluster.core.delete_namespaced_config_map(name, cluster.namespace, body=mine)
    status = await refused(cluster.core.read_namespaced_config_map(name, cluster.namespace))
    assert status["reason"] == "NotFound"


async def test_lists_are_selected_by_labels_and_by_fields(cluster: ClusterUnderTest) -> None:
    for what in ("first", "second"):
        body = manifests.config_map(cluster, what)
        body["metadata"]["labels"]["tier"] = what
        await cluster.core.create_namespaced_config_map(cluster.namespace, body)

    async def names(**selectors: str) -> list[str]:
        found = await cluster.core.list_namespaced_config_map(cluster.namespace, **selectors)
        return [item.metadata.name for item in found.items]

    mine = f"{RUN_LABEL}={cluster.run}"
    assert await names(label_selector=mine) == [cluster.name("first"), cluster.name("second")]
    assert await names(label_selector=f"{mine},tier in (second,third)") == [cluster.name("second")]
    assert await names(label_selector=f"{mine},tier notin (second)") == [cluster.name("first")]
    assert await names(label_selector=f"{mine},!tier") == []
    assert await names(field_selector=f"metadata.name={cluster.name('first')}") == [cluster.name("first")]


async def test_a_long_list_comes_in_pages(cluster: ClusterUnderTest) -> None:
    wanted = [cluster.name(f"page-{number}") for number in range(5)]
    for number in range(5):
        await cluster.core.create_namespaced_config_map(
            cluster.namespace, manifests.config_map(cluster, f"page-{number}")
        )
    mine: Any = {"label_selector": f"{RUN_LABEL}={cluster.run}", "limit": 2}
    pages, token, versions = [], None, set()
    while token != "":
        options: Any = {"_continue": token} if token else {}
        page = await cluster.core.list_namespaced_config_map(cluster.namespace, **mine, **options)
        pages.append([item.metadata.name for item in page.items])
        versions.add(page.metadata.resource_version)
        token = page.metadata.var_continue or ""
    assert [len(page) for page in pages] == [2, 2, 1]
    assert list(itertools.chain(*pages)) == wanted
    assert len(versions) == 1
