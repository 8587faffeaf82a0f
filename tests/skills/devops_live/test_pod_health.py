"""How a pod is, from its status."""

from typing import Any

import pytest

from skills.devops.containers.memory import mebibytes
from skills.devops.containers.pod_health import pod_health
from skills.devops.containers.rollout import rolled_out
from skills.devops.containers.workloads import secrets_used, selector_text

Json = dict[str, Any]


def _pod(state: Json, *, restarts: int = 0, ready: str = "False", last: Json | None = None) -> Json:
    container = {"name": "app", "state": state, "restartCount": restarts, "lastState": last or {}}
    conditions = [{"type": "Ready", "status": ready}]
    return {"metadata": {"name": "shop-1"}, "status": {"conditions": conditions, "containerStatuses": [container]}}


@pytest.mark.parametrize(
    ("state", "restarts", "stuck"),
    [
        ({"running": {}}, 0, ""),
        ({"waiting": {"reason": "ContainerCreating"}}, 0, ""),
        ({"waiting": {"reason": "CrashLoopBackOff"}}, 1, ""),
        ({"waiting": {"reason": "CrashLoopBackOff"}}, 3, "CrashLoopBackOff"),
        ({"waiting": {"reason": "ImagePullBackOff", "message": "no such tag"}}, 0, "ImagePullBackOff: no such tag"),
        ({"waiting": {"reason": "CreateContainerConfigError"}}, 0, "CreateContainerConfigError"),
    ],
)
def test_a_pod_is_stuck_only_where_waiting_does_not_help(state: Json, restarts: int, stuck: str) -> None:
    assert pod_health(_pod(state, restarts=restarts)).stuck == stuck


def test_a_killed_run_is_remembered_by_the_container_that_replaced_it() -> None:
    last = {"terminated": {"reason": "OOMKilled", "exitCode": 137}}
    container = pod_health(_pod({"running": {}}, restarts=1, last=last)).containers[0]
    assert (container.last_terminated, container.exit_code) == ("OOMKilled", 137)


@pytest.mark.parametrize(
    ("status", "done"),
    [
        ({"observedGeneration": 2, "updatedReplicas": 3, "replicas": 3, "availableReplicas": 3}, True),
        ({"observedGeneration": 1, "updatedReplicas": 3, "replicas": 3, "availableReplicas": 3}, False),
        ({"observedGeneration": 2, "updatedReplicas": 3, "replicas": 4, "availableReplicas": 4}, False),
        ({"observedGeneration": 2, "updatedReplicas": 3, "replicas": 3, "availableReplicas": 2}, False),
        ({"observedGeneration": 2, "updatedReplicas": 1, "replicas": 3, "availableReplicas": 3}, False),
        ({}, False),
    ],
)
def test_a_rollout_is_done_once_all_replicas_are_new_and_available(status: Json, *, done: bool) -> None:
    assert rolled_out({"metadata": {"generation": 2}, "spec": {"replicas": 3}, "status": status}) is done


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [("512Mi", 512), ("1Gi", 1024), ("1G", 953), ("1073741824", 1024), ("0.5Gi", 512), ("", None), ("much", None)],
)
def test_memory_quantities_are_read_as_kubernetes_spells_them(quantity: str, expected: int | None) -> None:
    assert mebibytes(quantity) == expected


def test_every_way_to_take_from_a_secret_is_seen() -> None:
    template = {
        "spec": {
            "initContainers": [{"name": "i", "envFrom": [{"secretRef": {"name": "by-all"}}]}],
            "containers": [
                {"name": "c", "env": [{"name": "K", "valueFrom": {"secretKeyRef": {"name": "by-key", "key": "k"}}}]}
            ],
            "volumes": [
                {"name": "v", "secret": {"secretName": "by-file"}},
                {"name": "p", "projected": {"sources": [{"secret": {"name": "by-projection"}}]}},
            ],
        }
    }
    assert secrets_used(template) == {"by-all", "by-key", "by-file", "by-projection"}


def test_a_selector_is_spelled_as_the_api_takes_it() -> None:
    expressions = [
        {"key": "tier", "operator": "In", "values": ["web", "pay"]},
        {"key": "old", "operator": "DoesNotExist"},
        {"key": "new", "operator": "Exists"},
    ]
    deployment = {"spec": {"selector": {"matchLabels": {"app": "shop"}, "matchExpressions": expressions}}}
    assert selector_text(deployment) == "app=shop,tier in (web,pay),!old,new"
