"""The scenario's own path, skill by skill, on real servers: an expired key, a new one, a payment."""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from console.drill.kube.access import Denial
from console.drill.stripe_api.keys import make_secret
from skills.backend_developer.api.error_handler import confirm_cause
from skills.contract import Needed, SkillError
from skills.devops.changes import STRIPE_KEY, live_state, materialise
from skills.devops.containers.deployment_manager import confirm_rollout, propose_deployment
from skills.devops.containers.health_checker import check_containers
from skills.devops.monitoring.alert_manager import watch_over
from skills.devops.monitoring.health_checker import check_health
from skills.devops.monitoring.log_analyzer import analyse_logs
from skills.devops.secrets.secret_manager import build_set, confirm_rotation, propose_rotation, try_key
from skills.testing_process.types.smoke_tester import pay
from store.events import EvidenceCaptured, RuleAdded, SecretAccepted, SecretRefused
from store.plan import Change
from tests.support import loopback as on
from tests.support.scenario_parts import ONSET

if TYPE_CHECKING:
    from tests.skills.devops_live.conftest import Stage

SECRET_STEP, ROLLOUT_STEP = "resolution/secret-manager", "resolution/deployment-manager"
# stripe 16 hands its form to httpx 0.28 by a parameter that httpx has renamed
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")


def _failing_payments(stage: "Stage", count: int = 20) -> None:
    for number in range(count):
        for pod in stage.cluster.names():
            line = "ERROR POST /pay 500 StripeAuthenticationError: Expired API Key provided: sk_live_****cdef"
            stage.cluster.world.append_log(on.NAMESPACE, pod, line, ONSET + timedelta(minutes=4 * number))


async def _diagnose(stage: "Stage") -> list[str]:
    steps = (
        ("log-analyzer", analyse_logs),
        ("alert-manager", watch_over),
        ("health-checker", check_containers),
        ("error-handler", confirm_cause),
    )
    return [stage.take(await run(stage.context(f"diagnosis/{name}"))).line for name, run in steps]


async def _accepted(stage: "Stage") -> SecretStr:
    new = stage.stripe.issue()
    verdict = await try_key(stage.context(SECRET_STEP), new)
    assert isinstance(verdict, SecretAccepted)
    stage.accept(verdict, new)
    return new


async def _apply(stage: "Stage", change: Change) -> None:
    """Do what the executor does between its own checks."""
    state = await live_state(stage.context(change.step), change)
    patch = materialise(change, stage.vault)
    await stage.client.patch(change.target, patch, change.patch_type, version=state.version)


async def test_the_diagnosis_names_the_expired_key_from_logs_and_from_stripe_itself(stage: "Stage") -> None:
    _failing_payments(stage)
    logs, alerts, health, stripe = await _diagnose(stage)
    cause = stage.incident.cause
    assert cause is not None
    assert (cause.key, cause.remedy) == ("stripe.api_key_expired", "rotate_stripe_key")
    assert cause.remedy_steps == ("devops/secrets/secret-manager", "devops/containers/deployment-manager")
    assert cause.confidence > 0.9
    assert cause.first_seen_at == ONSET
    assert logs == "Clé Stripe expirée · 60 × depuis 10:00"
    assert alerts == "Aucun changement avant l'incident"
    assert health == "Services OK · 3 pods sur 3"
    assert stripe == "Stripe 401 api_key_expired · Clé Stripe expirée"
    assert stage.cluster.writes() == []
    assert stage.clock().isoformat() not in on.dumped(stage.incident.evidence[0].facts)


async def test_no_evidence_holds_the_key_that_was_read_from_the_cluster(stage: "Stage") -> None:
    await _diagnose(stage)
    held = stage.cluster.world.running_env(on.NAMESPACE, stage.cluster.names()[0])["STRIPE_API_KEY"]
    assert held
    assert held not in on.dumped(stage.incident.evidence)
    assert held not in on.dumped(stage.incident.causes)


async def test_what_the_operator_may_not_see_is_said_and_is_no_finding(stage: "Stage") -> None:
    stage.cluster.world.access.denials[on.USER] = [Denial("pods/log"), Denial("nodes"), Denial("events")]
    logs, _, health, _ = await _diagnose(stage)
    assert logs == "journaux illisibles"
    assert health == "Services OK · 3 pods sur 3 · 2 sources non vues"
    cause = stage.incident.cause
    assert cause is not None
    assert cause.key == "stripe.api_key_expired", "Stripe's own word is enough"
    pods = stage.cluster.names()
    assert [unseen["fr"] for unseen in cause.unseen if unseen["fr"].startswith("logs/")] == [
        f"logs/{pod}/app: accès refusé" for pod in pods
    ]
    assert {"fr": "nodes: accès refusé", "en": "nodes: no permission"} in cause.unseen


async def test_a_well_site_has_no_cause(stage: "Stage") -> None:
    good = stage.stripe.issue().get_secret_value()
    ref = stage.site.secret_ref
    await stage.client.patch(ref, {"data": on.secret("x", key=good)["data"]}, "merge")
    for pod in stage.cluster.names():
        stage.cluster.world.append_log(on.NAMESPACE, pod, "INFO POST /pay 200 payment pi_3Q succeeded", ONSET)
    *_, stripe = await _diagnose(stage)
    assert stage.incident.causes == ()
    assert stripe == "Rien n'explique une panne"


async def test_the_rotation_asks_for_a_key_before_it_proposes_anything(stage: "Stage") -> None:
    with pytest.raises(Needed) as raised:
        await propose_rotation(stage.context(SECRET_STEP))
    assert raised.value.name == STRIPE_KEY


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("expired", "expired"),
        ("unknown", "invalid"),
        ("test", "other_mode"),
        ("stranger", "other_account"),
        ("restricted", "permissions"),
        ("garbage", "garbage"),
        ("current", "same"),
    ],
)
async def test_a_wrong_key_is_refused_with_its_reason_before_anything_changes(
    stage: "Stage", kind: str, reason: str
) -> None:
    current = stage.cluster.world.running_env(on.NAMESPACE, stage.cluster.names()[0])["STRIPE_API_KEY"]
    offered = {
        "expired": lambda: stage.stripe.issue(state="expired"),
        "unknown": lambda: SecretStr(make_secret()),
        "test": lambda: stage.stripe.issue("test"),
        "stranger": lambda: stage.stripe.issue(account=on.OTHER),
        "restricted": lambda: stage.stripe.issue(secret=make_secret("live", "rk"), permissions=frozenset()),
        "garbage": lambda: SecretStr("not a key"),
        "current": lambda: SecretStr(current),
    }[kind]()
    verdict = await try_key(stage.context(SECRET_STEP), offered)
    assert isinstance(verdict, SecretRefused)
    assert verdict.reason == reason
    assert stage.cluster.writes() == []
    assert offered.get_secret_value() not in on.dumped(verdict)


async def test_a_key_of_an_account_that_nothing_is_known_of_has_to_be_confirmed(stage: "Stage") -> None:
    assert stage.site.stripe is not None
    stage.site = stage.site.model_copy(update={"stripe": stage.site.stripe.model_copy(update={"account": None})})
    verdict = await try_key(stage.context(SECRET_STEP), stage.stripe.issue())
    assert isinstance(verdict, SecretAccepted)
    assert (verdict.account, verdict.account_known) == (on.ACCOUNT, False)


async def test_the_proposed_patch_is_checked_by_the_server_and_never_holds_the_key(stage: "Stage") -> None:
    new = await _accepted(stage)
    (change,) = (await propose_rotation(stage.context(SECRET_STEP))).changes
    assert change.checked
    assert change.patch == {"data": {"key": {"hmac": stage.vault.fingerprint(new.get_secret_value())}}}
    assert change.before["data"]["key"] != change.patch["data"]["key"]
    assert change.inverse is None
    assert change.inverse_note
    assert change.command.startswith("kubectl -n client-existant create secret generic stripe-api --from-literal=key=")
    assert any(line.startswith("+") for line in change.diff)
    old = stage.cluster.world.running_env(on.NAMESPACE, stage.cluster.names()[0])["STRIPE_API_KEY"]
    encoded = on.secret("x", new=new.get_secret_value(), old=old)["data"]
    for text in (new.get_secret_value(), old, encoded["new"], encoded["old"]):
        assert text not in on.dumped(change)
    assert stage.cluster.writes() == []


async def test_a_change_rebuilt_from_its_parameters_has_the_same_digest_until_its_object_changes(
    stage: "Stage",
) -> None:
    await _accepted(stage)
    context = stage.context(SECRET_STEP)
    (change,) = (await propose_rotation(context)).changes
    assert (await build_set(context, change.parameters)).digest == change.digest
    await stage.client.patch(change.target, {"metadata": {"labels": {"touched": "yes"}}}, "merge")
    assert (await build_set(context, change.parameters)).digest != change.digest


async def test_a_missing_permission_is_a_failed_check(stage: "Stage") -> None:
    await _accepted(stage)
    stage.cluster.world.access.denials[on.USER] = [Denial("secrets", ("patch",))]
    (change,) = (await propose_rotation(stage.context(SECRET_STEP))).changes
    assert not change.checked
    assert [check.passed for check in change.checks] == [False, False]
    assert change.expected == {}


async def test_who_else_uses_the_secret_is_named(stage: "Stage") -> None:
    stage.cluster.world.create(on.deployment("refund-worker", replicas=1))
    await _accepted(stage)
    (change,) = (await propose_rotation(stage.context(SECRET_STEP))).changes
    assert change.blast.others == ("deployment/refund-worker",)


async def test_the_whole_remedy_brings_payments_back(stage: "Stage") -> None:
    await _diagnose(stage)
    new = await _accepted(stage)
    (rotation,) = (await propose_rotation(stage.context(SECRET_STEP))).changes
    (restart,) = (await propose_deployment(stage.context(ROLLOUT_STEP))).changes
    assert restart.checked
    assert (restart.blast.pods, restart.risk) == (3, "low")
    assert restart.inverse is not None
    before = await pay(stage.context("resolution/smoke-tester"))
    assert before.failed
    assert before.line.startswith("Test paiement en échec · HTTP 500 · Expired API Key provided")

    states = [(await live_state(stage.context(c.step), c)).state for c in (rotation, restart)]
    assert states == ["not_done", "not_done"]
    await _apply(stage, rotation)
    assert (await confirm_rotation(stage.context(SECRET_STEP), [rotation])).line == "Clé Stripe remplacée · stripe-api"
    await _apply(stage, restart)
    states = [(await live_state(stage.context(c.step), c)).state for c in (rotation, restart)]
    assert states == ["done", "done"]
    rollout = await confirm_rollout(stage.context(ROLLOUT_STEP), [restart])
    assert rollout.line == "Redéploiement terminé · payment-service · 3 pods"
    held = {tuple(stage.cluster.world.running_env(on.NAMESPACE, pod).items()) for pod in stage.cluster.names()}
    assert held == {(("STRIPE_API_KEY", new.get_secret_value()),)}
    assert (
        await check_health(stage.context("resolution/health-checker"))
    ).line == "Santé vérifiée · 3 pods prêts · HTTP 200"
    after = await pay(stage.context("resolution/smoke-tester"))
    assert (after.failed, after.line) == (False, "Test paiement OK · HTTP 200")


async def test_a_change_that_another_has_overwritten_is_neither_done_nor_to_be_done(stage: "Stage") -> None:
    await _accepted(stage)
    (rotation,) = (await propose_rotation(stage.context(SECRET_STEP))).changes
    await stage.client.patch(rotation.target, {"data": on.secret("x", key="theirs")["data"]}, "merge")
    assert (await live_state(stage.context(SECRET_STEP), rotation)).state == "drifted"


async def test_an_approved_key_that_is_gone_from_memory_is_asked_for_again(stage: "Stage") -> None:
    await _accepted(stage)
    (rotation,) = (await propose_rotation(stage.context(SECRET_STEP))).changes
    stage.vault.held.clear()
    with pytest.raises(Needed):
        materialise(rotation, stage.vault)


async def test_a_shop_that_does_not_answer_proves_nothing(stage: "Stage") -> None:
    assert stage.site.smoke_test is not None
    dead = stage.site.smoke_test.model_copy(update={"url": "http://127.0.0.1:9/"})
    stage.site = stage.site.model_copy(update={"smoke_test": dead})
    with pytest.raises(SkillError):
        await pay(stage.context("resolution/smoke-tester"))


async def test_the_post_mortem_adds_the_rule_seven_days_ahead_once(stage: "Stage") -> None:
    stage.blame("stripe.api_key_expired", "rotate_stripe_key")
    result = await watch_over(stage.context("postmortem/alert-manager"))
    (event,) = result.events
    assert isinstance(event, RuleAdded)
    assert (event.rule.days_before, event.rule.watches) == (7, "secret/client-existant/stripe-api")
    assert result.facts["days_before"] == 7
    stage.archive.known.append(event.rule)
    assert (await watch_over(stage.context("postmortem/alert-manager"))).events == ()


async def test_the_same_find_has_the_same_name_and_every_find_its_own(stage: "Stage") -> None:
    first = await check_containers(stage.context("diagnosis/health-checker"))
    second = await check_containers(stage.context("diagnosis/health-checker"))
    names = [[e.evidence.id for e in r.events if isinstance(e, EvidenceCaptured)] for r in (first, second)]
    assert names[0] == names[1]
    assert len(set(names[0])) == len(names[0])


async def test_skills_speak_the_clients_language(stage: "Stage") -> None:
    stage.incident = replace(stage.incident, language="en")
    assert (await check_containers(stage.context("diagnosis/health-checker"))).line == "Services OK · 3 pods of 3"
