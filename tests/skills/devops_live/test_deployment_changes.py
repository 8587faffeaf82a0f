"""The changes of a deployment on a cluster that really rolls: what they patch, and that they can be taken back."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from skills.clients.cluster import Conflict
from skills.contract import Context, SkillError
from skills.devops.changes import live_state, materialise
from skills.devops.containers.deployment_manager import confirm_rollout, propose_deployment
from skills.devops.monitoring.alert_manager import watch_over
from skills.devops.monitoring.naming import fitted
from skills.registry import find_builder
from store.events import EvidenceCaptured
from store.plan import Change
from store.values import Cause
from tests.support import loopback as on
from tests.support.scenario_parts import ONSET

if TYPE_CHECKING:
    from tests.skills.devops_live.conftest import Stage

Json = dict[str, Any]
STEP = "resolution/deployment-manager"
PATH = "devops/containers/deployment-manager"
CONTAINER = {"name": on.WORKLOAD, "container": "app"}


async def _template(stage: "Stage") -> Json:
    live = await stage.client.get(stage.site.deployment(on.WORKLOAD))
    template: Json = live["spec"]["template"]
    return template


async def _apply(stage: "Stage", change: Change) -> None:
    assert change.checked, change.checks
    context = stage.context(STEP)
    state = await live_state(context, change)
    assert state.state == "not_done"
    patch = materialise(change, stage.vault)
    while True:
        try:
            await stage.client.patch(change.target, patch, change.patch_type, version=state.version)
        except Conflict:  # a rollout under way writes the status again and again
            state = await live_state(context, change)
        else:
            break
    assert (await live_state(context, change)).state == "done"


async def _build(stage: "Stage", kind: str, parameters: Json) -> Change:
    builder: Callable[[Context, Json], Awaitable[Change]] = find_builder(kind)
    return await builder(stage.context(STEP), parameters)


async def _ship(stage: "Stage", *, minutes_before: int, **container: Any) -> None:
    """Roll another template out, that many minutes before the onset."""
    stage.clock.at = ONSET - timedelta(minutes=minutes_before)
    patch = {"spec": {"template": {"spec": {"containers": [{"name": "app", **container}]}}}}
    await stage.client.patch(stage.site.deployment(on.WORKLOAD), patch, "strategic")
    context = stage.context(STEP)
    change = await _build(stage, f"{PATH}:restart", {"name": on.WORKLOAD, "restarted_at": "x"})
    await confirm_rollout(context, [change])
    stage.clock.at = ONSET + timedelta(hours=2)


@pytest.mark.parametrize(
    ("verb", "parameters"),
    [
        ("set-image", {**CONTAINER, "image": "shop/payment:1.4.1"}),
        ("set-env", {**CONTAINER, "variable": "POOL_SIZE", "entry": {"value": "20"}}),
        ("set-env", {**CONTAINER, "variable": "STRIPE_API_KEY", "entry": None}),
        ("set-memory", {**CONTAINER, "limit": "512Mi"}),
        ("restart", {"name": on.WORKLOAD, "restarted_at": "2025-01-09T11:45:00+01:00"}),
    ],
)
async def test_a_change_is_taken_back_by_its_inverse(stage: "Stage", verb: str, parameters: Json) -> None:
    before = await _template(stage)
    change = await _build(stage, f"{PATH}:{verb}", parameters)
    await _apply(stage, change)
    assert await _template(stage) != before
    assert change.inverse is not None
    back = await _build(stage, change.inverse["kind"], change.inverse["parameters"])
    await _apply(stage, back)
    after = await _template(stage)
    after["metadata"].pop("annotations", None) if not after["metadata"].get("annotations") else None
    limits = after["spec"]["containers"][0].get("resources")
    if limits in ({}, {"limits": {}}):  # an emptied map stays behind, and means nothing
        after["spec"]["containers"][0].pop("resources")
        before["spec"]["containers"][0].pop("resources", None)
    assert after == before


async def test_the_number_of_replicas_goes_there_and_back(stage: "Stage") -> None:
    change = await _build(stage, f"{PATH}:scale", {"name": on.WORKLOAD, "replicas": 5})
    assert (change.blast.pods, change.inverse) == (
        2,
        {"kind": f"{PATH}:scale", "parameters": {"name": on.WORKLOAD, "replicas": 3}},
    )
    await _apply(stage, change)
    assert (await confirm_rollout(stage.context(STEP), [change])).line.endswith("5 pods")


async def test_scaling_to_nothing_is_of_high_risk(stage: "Stage") -> None:
    change = await _build(stage, f"{PATH}:scale", {"name": on.WORKLOAD, "replicas": 0})
    assert change.risk == "high"


async def test_a_rollback_takes_the_revision_before_and_touches_only_what_differs(stage: "Stage") -> None:
    before = await _template(stage)
    await _ship(stage, minutes_before=10, image="shop/payment:1.5.0")
    stage.blame("app.unhandled_exception", "rollback")
    (change,) = (await propose_deployment(stage.context(STEP))).changes
    assert change.patch == {
        "spec": {"template": {"spec": {"containers": [{"name": "app", "image": "shop/payment:1.4.2"}]}}}
    }
    assert change.command == "kubectl -n client-existant rollout undo deployment/payment-service --to-revision=1"
    assert (change.title, change.risk) == ("Ramener payment-service à la révision 1", "medium")
    await _apply(stage, change)
    assert await _template(stage) == before


async def test_without_an_earlier_revision_there_is_nothing_to_roll_back_to(stage: "Stage") -> None:
    stage.blame("app.unhandled_exception", "rollback")
    with pytest.raises(SkillError, match="ne trouve rien à changer"):
        await propose_deployment(stage.context(STEP))


async def test_a_deployment_scaled_to_none_gets_its_autoscalers_minimum(stage: "Stage") -> None:
    await stage.client.patch(stage.site.deployment(on.WORKLOAD), {"spec": {"replicas": 0}}, "merge")
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": on.WORKLOAD}
    stage.cluster.world.create(
        {
            "apiVersion": "autoscaling/v2",
            "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": on.WORKLOAD, "namespace": on.NAMESPACE},
            "spec": {"scaleTargetRef": target, "minReplicas": 4, "maxReplicas": 8},
        }
    )
    stage.blame("k8s.scaled_to_zero", "scale_up")
    (change,) = (await propose_deployment(stage.context(STEP))).changes
    assert change.patch == {"spec": {"replicas": 4}}


async def test_a_remedy_that_a_person_has_to_do_proposes_nothing(stage: "Stage") -> None:
    stage.blame("disk.full", "free_disk")
    with pytest.raises(SkillError, match="Aucun remède automatique"):
        await propose_deployment(stage.context(STEP))


async def test_a_rollout_that_can_not_succeed_fails_early_with_the_pods_own_reason(stage: "Stage") -> None:
    entry = {"valueFrom": {"secretKeyRef": {"name": "nowhere", "key": "k"}}}
    change = await _build(stage, f"{PATH}:set-env", {**CONTAINER, "variable": "TOKEN", "entry": entry})
    await _apply(stage, change)
    with pytest.raises(SkillError, match="n'aboutit pas") as raised:
        await confirm_rollout(stage.context(STEP), [change])
    assert "CreateContainerConfigError" in raised.value.detail


async def test_a_literal_secret_has_no_place_in_a_change(stage: "Stage") -> None:
    key = stage.stripe.issue().get_secret_value()
    entry = {"variable": "STRIPE_API_KEY", "entry": {"value": key}}
    with pytest.raises(SkillError, match="Un secret ne peut pas figurer dans un plan") as raised:
        await _build(stage, f"{PATH}:set-env", {**CONTAINER, **entry})
    assert key not in f"{raised.value} {raised.value.detail}"


async def test_a_rollback_to_a_literal_secret_is_a_failed_check_and_keeps_none_of_it(stage: "Stage") -> None:
    key = stage.stripe.issue().get_secret_value()
    await _ship(stage, minutes_before=20, env=[{"name": "LEGACY_KEY", "value": key}])
    await _ship(stage, minutes_before=10, env=[{"name": "LEGACY_KEY", "value": "moved away"}])
    stage.blame("app.unhandled_exception", "rollback")
    (change,) = (await propose_deployment(stage.context(STEP))).changes
    assert not change.checked
    assert key not in on.dumped(change)


async def test_a_release_before_the_onset_is_confirmed_with_what_it_changed(stage: "Stage") -> None:
    await _ship(stage, minutes_before=10, image="shop/payment:1.5.0", env=[{"name": "POOL", "value": "2"}])
    result = await watch_over(stage.context("diagnosis/alert-manager"))
    stage.take(result)
    assert result.line == "Changement avant l'incident : deployment/payment-service (10 min avant)"
    changes = [
        e.evidence.facts
        for e in result.events
        if isinstance(e, EvidenceCaptured) and e.evidence.kind == "rollout.change"
    ]
    assert changes[-1]["changed"] == ["app env POOL", "app image"]
    cause = Cause(key="k8s.crash_loop", confidence=0.9, remedy="rollback")
    context = stage.context("diagnosis/error-handler")
    assert fitted(context, cause, stage.incident.evidence).remedy_steps == (PATH,)


async def test_without_a_release_a_rollback_is_no_remedy(stage: "Stage") -> None:
    context = stage.context("diagnosis/error-handler")
    stage.take(await watch_over(context))
    cause = Cause(key="k8s.crash_loop", confidence=0.9, remedy="rollback")
    assert fitted(context, cause, stage.incident.evidence).remedy == ""
