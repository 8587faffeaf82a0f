"""What must not happen does not: wrong keys, a rejected plan, and a payment that still fails."""

from store.events import IncidentResolved, VerificationFailed, VerificationPassed
from tests.journeys import hands
from tests.journeys.stage import Stage, control_payments, mails, writes

REASONS = {
    "expired": "elle a expiré",
    "other-account": "elle est d'un autre compte",
    "test-mode": "elle n'est pas du bon mode",
    "restricted": "elle n'a pas les droits qu'il faut",
    "garbage": "ce n'est pas une clé Stripe",
}


def test_a_wrong_key_is_refused_with_its_reason_before_anything_changes(stage: Stage) -> None:
    console = stage.console()
    for kind, reason in REASONS.items():
        console.until(hands.KEY_WANTED)
        hands.paste_key(console, stage.world.operator_key(kind))
        console.until(rf"Clé refusée *: {reason}")
        console.press_until("a", "Coller la clé, puis entrée")
        console.until(rf"Clé refusée +\S {reason}")
        console.press_until("escape", hands.KEY_WANTED)
    assert writes(stage.world) == []
    hands.paste_key(console, stage.world.operator_key())
    console.until(hands.PLAN_PROPOSED)


def test_rejecting_the_plan_leaves_the_world_untouched(stage: Stage) -> None:
    console = stage.console()
    hands.run_key_command(console)
    hands.open_plan(console)
    console.press_until("x", "Entrée rejette ce plan : rien ne change")
    console.press("enter")
    console.until("Ensuite +R +faire établir un nouveau plan")
    console.until("rejeté par")
    asked = stage.world.requests("kubernetes")
    changing = [each for each in asked if each["method"] != "GET" and "accessreviews" not in each["path"]]
    assert changing, "the plan was tried without effect"
    assert all("dryRun=All" in each["path"] for each in changing)
    assert control_payments(stage.world) == []


def test_a_payment_that_still_fails_keeps_the_incident_open(stage: Stage) -> None:
    console = stage.console()
    hands.run_key_command(console)
    console.until(hands.PLAN_PROPOSED)
    stage.world.switch(stripe={"disabled_reason": "rejected.other"})
    hands.approve_plan(console)
    console.until(rf"{hands.RETRY} testing-process/types/smoke-tester : .*HTTP 500")
    console.until("le paiement échoue encore")
    events = stage.events()
    assert any(isinstance(event, VerificationFailed) for event in events)
    assert not any(isinstance(event, IncidentResolved | VerificationPassed) for event in events)
    assert mails(stage.world) == []
    stage.world.switch(stripe={"disabled_reason": ""})
    console.press("r")
    console.until(hands.MAIL_READY)
    assert any(isinstance(event, IncidentResolved) for event in stage.events())
    assert len(writes(stage.world)) == 2, "trying again changes nothing"
