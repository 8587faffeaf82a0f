"""What bounds a workload's pods: quotas, autoscalers, and a deployment that can make none, from a real server."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from console.drill.kube.access import Denial
from skills.devops.containers.findings import deployment_findings
from skills.devops.containers.health_checker import check_containers
from skills.devops.monitoring.alert_manager import watch_over
from skills.devops.monitoring.logs.diagnosis import diagnose
from store.events import EvidenceCaptured
from store.plan import ObjectRef
from store.values import Evidence
from tests.support import loopback as on

if TYPE_CHECKING:
    from tests.skills.devops_live.conftest import Stage


def _evidence(events: Sequence[object], kind: str) -> list[Evidence]:
    captured = (event.evidence for event in events if isinstance(event, EvidenceCaptured))
    return [item for item in captured if item.kind == kind]


def _quota(used: str) -> dict[str, Any]:
    hard = {"limits.memory": "2Gi", "pods": "10"}
    status = {"hard": hard, "used": {"limits.memory": used, "pods": "3"}}
    meta = {"name": "team", "namespace": on.NAMESPACE}
    return {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": meta, "spec": {"hard": hard}, "status": status}


def _scaler(target: str, **status: Any) -> dict[str, Any]:
    scaled = {"kind": "Deployment", "name": target, "apiVersion": "apps/v1"}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": f"{target}-scaler", "namespace": on.NAMESPACE},
        "spec": {"minReplicas": 2, "maxReplicas": 4, "scaleTargetRef": scaled},
        "status": {"currentReplicas": 4, "desiredReplicas": 4, **status},
    }


async def test_a_quota_that_is_used_up_is_told_from_one_with_room(stage: "Stage") -> None:
    stage.cluster.world.create(_quota("2048Mi"))
    found = _evidence((await check_containers(stage.context("diagnosis/health-checker"))).events, "quota")
    assert [(item.facts["resource"], item.facts["full"]) for item in found] == [
        ("limits.memory", True),
        ("pods", False),
    ]
    assert found[0].excerpt == "team: limits.memory 2048Mi of 2Gi"


async def test_an_autoscaler_says_that_it_is_at_its_most_and_whether_it_can_measure(stage: "Stage") -> None:
    blind = {"type": "ScalingActive", "status": "False", "reason": "FailedGetResourceMetric", "message": "no metrics"}
    limited = {"type": "ScalingLimited", "status": "True", "reason": "TooManyReplicas"}
    stage.cluster.world.create(_scaler(on.WORKLOAD, conditions=[blind, limited]))
    stage.cluster.world.create(_scaler("somebody-elses"))
    (found,) = _evidence((await check_containers(stage.context("diagnosis/health-checker"))).events, "autoscaler")
    assert found.facts == {
        "name": f"{on.WORKLOAD}-scaler",
        "workload": on.WORKLOAD,
        "min": 2,
        "max": 4,
        "current": 4,
        "desired": 4,
        "at_most": True,
        "active": False,
        "reason": "FailedGetResourceMetric",
    }


async def test_an_autoscaler_that_somebody_changed_before_the_onset_is_a_change(stage: "Stage") -> None:
    stage.cluster.world.create(_scaler(on.WORKLOAD))
    scaler = ObjectRef(
        api="autoscaling/v2", kind="HorizontalPodAutoscaler", namespace=on.NAMESPACE, name=f"{on.WORKLOAD}-scaler"
    )
    await stage.client.patch(scaler, {"spec": {"minReplicas": 1}}, "merge")
    changed_at = stage.clock()
    stage.incident = replace(stage.incident, onset_at=changed_at + timedelta(minutes=5))
    result = await watch_over(stage.context("diagnosis/alert-manager"))
    target = f"horizontalpodautoscaler/{on.WORKLOAD}-scaler"
    (change,) = [item for item in _evidence(result.events, "config.change") if item.facts["object"] == target]
    assert change.facts["minutes_before"] == 5


async def test_what_the_operator_may_not_read_of_them_is_said_and_is_no_finding(stage: "Stage") -> None:
    denials = [Denial("resourcequotas"), Denial("horizontalpodautoscalers")]
    stage.cluster.world.access.denials[on.USER] = denials
    events = (await check_containers(stage.context("diagnosis/health-checker"))).events
    for kind in ("quota", "autoscaler"):
        (item,) = _evidence(events, kind)
        assert item.unavailable
        assert item.blindness == {"fr": "accès refusé", "en": "no permission"}


async def test_a_deployment_whose_pods_a_quota_forbids_names_that_as_the_cause(stage: "Stage") -> None:
    deployment = await stage.client.get(stage.site.deployment(on.WORKLOAD))
    message = (
        'pods "pay-7d9-x" is forbidden: exceeded quota: team, requested: limits.memory=1Gi, used: 2Gi, limited: 2Gi'
    )
    failure = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": message}
    deployment["status"] = {"readyReplicas": 0, "conditions": [failure]}
    found = deployment_findings(stage.context("diagnosis/health-checker"), deployment)
    (cause,) = diagnose(found).causes
    assert (cause.key, cause.proofs[0].line) == ("k8s.unschedulable", f"{on.WORKLOAD}: FailedCreate {message}")
