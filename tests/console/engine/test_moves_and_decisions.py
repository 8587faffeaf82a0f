"""What comes next, and what a command makes: pure functions of the incident as it stands."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from console.engine.decide import Asker, decide
from store import commands as c
from store import events as e
from store import moves as m
from store.digests import draft_digest, text_digest
from store.fold import Fold
from store.incident import Incident
from store.plan import Check, Plan
from tests.support import scenario_parts as part
from tests.support.scenario import play, scenario, scenario_records

LEA = Asker(by="lea", now=datetime(2025, 1, 9, 11, 0, tzinfo=UTC), postmortem_path="/documents/INC.md")
ALI = replace(LEA, by="ali")


def until(event_type: type) -> Incident:
    """The incident just after the first event of a type."""
    moments = []
    for moment in scenario():
        moments.append(moment)
        if isinstance(moment[1], event_type):
            break
    return told(moments)


def told(moments: Iterable[tuple[float, e.IncidentEvent]]) -> Incident:
    fold = Fold()
    for record in play(moments):
        fold.add(record)
    assert fold.incident is not None
    return fold.incident


def after(incident_events: Iterable[tuple[float, e.IncidentEvent]], *more: e.IncidentEvent) -> Incident:
    return told([*incident_events, *((60.0, event) for event in more)])


def story(event_type: type) -> list[tuple[float, e.IncidentEvent]]:
    moments = []
    for moment in scenario():
        moments.append(moment)
        if isinstance(moment[1], event_type):
            break
    return moments


def test_the_whole_incident_is_never_without_a_next_move_and_ends_finished() -> None:
    fold = Fold()
    for record in scenario_records():
        fold.add(record)
        assert fold.incident is not None
        last = m.next_move(fold.incident)
    assert isinstance(last, m.Finish)


@pytest.mark.parametrize(
    ("event_type", "need"),
    [
        (e.SecretRequested, "secret"),
        (e.PlanProposed, "approval"),
        (e.MailDrafted, "send"),
        (e.PostmortemDrafted, "publish"),
    ],
)
def test_a_person_is_asked_for_what_only_a_person_can_give(event_type: type, need: str) -> None:
    move = m.next_move(until(event_type))
    assert isinstance(move, m.Wait)
    assert move.need == need


def test_an_account_that_nothing_was_known_of_is_asked_before_anything_is_planned() -> None:
    accepted = e.SecretAccepted(name="stripe-key", hmac="ab" * 32, account="acct_9", livemode=True, account_known=False)
    move = m.next_move(after(story(e.SecretRequested), accepted))
    assert isinstance(move, m.Wait)
    assert move.need == "account"


def test_an_approved_plan_is_applied_change_by_change() -> None:
    first = m.next_move(until(e.PlanApproved))
    assert isinstance(first, m.Apply)
    assert (first.index, first.started) == (0, False)
    second = m.next_move(until(e.ChangeApplied))
    assert isinstance(second, m.Apply)
    assert (second.index, second.started) == (1, False)


def test_a_change_that_a_dead_process_began_is_marked_as_begun() -> None:
    move = m.next_move(until(e.ChangeStarted))
    assert isinstance(move, m.Apply)
    assert move.started


def test_a_mail_that_a_dead_process_began_to_send_is_marked_as_begun() -> None:
    moments = story(e.MailApproved)
    message = part.DRAFT.message_id
    move = m.next_move(after(moments, e.MessageStarted(message=message, channel="mail")))
    assert isinstance(move, m.Deliver)
    assert move.started


def test_drift_waits_for_a_new_plan() -> None:
    moments = story(e.PlanApproved)
    rejected = e.PlanRejected(digest=part.PLAN.digest, by="drift", why="secret/stripe-api changed since")
    move = m.next_move(after(moments, rejected))
    assert isinstance(move, m.Wait)
    assert move.need == "replan"


def test_a_cause_without_a_remedy_is_a_persons_to_decide() -> None:
    moments = [
        (minutes, e.CauseNamed(causes=()) if isinstance(event, e.CauseNamed) else event)
        for minutes, event in story(e.SecretRequested)
        if not isinstance(event, e.SecretRequested)
    ]
    move = m.next_move(told(moments))
    assert isinstance(move, m.Wait)
    assert move.need == "decide"


def approve(digest: str, token: str = "") -> c.Approve:
    return c.Approve(incident=part.INCIDENT, digest=digest, token=token)


def test_an_approval_names_the_digest_that_it_approves() -> None:
    proposed = until(e.PlanProposed)
    assert decide(proposed, approve("0" * 64), LEA) == c.Refusal("plan_changed")
    assert decide(proposed, approve(part.PLAN.digest), LEA) == (e.PlanApproved(digest=part.PLAN.digest, by="lea"),)


def test_a_plan_is_approved_once() -> None:
    refusal = decide(until(e.PlanApproved), approve(part.PLAN.digest), ALI)
    assert refusal == c.Refusal("plan_approved", "lea")


def proposed_as(plan: Plan) -> list[tuple[float, e.IncidentEvent]]:
    moments = [moment for moment in story(e.PlanProposed) if not isinstance(moment[1], e.PlanProposed)]
    return [*moments, (20.0, e.PlanProposed(plan=plan, digest=plan.digest))]


def test_a_plan_with_a_failed_check_cannot_be_approved() -> None:
    failed = Check(name="may_i", passed=False, detail="patch secrets: no")
    broken = part.PLAN.changes[0].model_copy(update={"checks": (failed,)})
    plan = part.PLAN.model_copy(update={"changes": (broken, *part.PLAN.changes[1:])})
    assert decide(told(proposed_as(plan)), approve(plan.digest), LEA) == c.Refusal("checks_failed", "may_i")


def test_high_risk_asks_for_the_typed_token() -> None:
    risky = part.PLAN.changes[0].model_copy(update={"risk": "high"})
    plan = part.PLAN.model_copy(update={"changes": (risky,)})
    incident = told(proposed_as(plan))
    assert decide(incident, approve(plan.digest), LEA) == c.Refusal("token", risky.target.name)
    assert not isinstance(decide(incident, approve(plan.digest, risky.target.name), LEA), c.Refusal)


def test_four_eyes_are_two_accounts_on_one_digest() -> None:
    plan = part.PLAN.model_copy(update={"approvals_needed": 2})
    moments = proposed_as(plan)
    once = after(moments, e.PlanApproved(digest=plan.digest, by="lea"))
    move = m.next_move(once)
    assert isinstance(move, m.Wait)
    assert move.need == "second_approval"
    assert decide(once, approve(plan.digest), LEA) == c.Refusal("second_person", "lea")
    assert not isinstance(decide(once, approve(plan.digest), ALI), c.Refusal)
    twice = after(moments, *(e.PlanApproved(digest=plan.digest, by=by) for by in ("lea", "ali")))
    assert isinstance(m.next_move(twice), m.Apply)


def test_a_mail_is_sent_as_it_stood_on_the_screen_and_once() -> None:
    drafted = until(e.MailDrafted)
    send = c.SendMail(incident=part.INCIDENT, digest=draft_digest(part.DRAFT))
    assert not isinstance(decide(drafted, send, LEA), c.Refusal)
    assert decide(drafted, replace(send, digest="0"), LEA) == c.Refusal("mail_changed")
    assert decide(until(e.MailApproved), send, ALI) == c.Refusal("mail_gone", "lea")
    edit = c.EditMail(incident=part.INCIDENT, subject="x", body="y")
    assert isinstance(decide(until(e.MailApproved), edit, LEA), c.Refusal)


def test_a_post_mortem_is_published_as_it_stood_on_the_screen() -> None:
    drafted = until(e.PostmortemDrafted)
    assert drafted.postmortem is not None
    publish = c.PublishPostmortem(incident=part.INCIDENT, digest=text_digest(drafted.postmortem.text))
    assert decide(drafted, replace(publish, digest="0"), LEA) == c.Refusal("postmortem_changed")
    (published,) = decide(drafted, publish, LEA)  # type: ignore[misc]  # no refusal
    assert isinstance(published, e.PostmortemPublished)
    assert published.path == LEA.postmortem_path


def test_nothing_is_asked_of_a_closed_incident_but_a_note() -> None:
    closed = until(e.IncidentClosed)
    assert decide(closed, c.ReplanRemedy(incident=part.INCIDENT), LEA) == c.Refusal("closed")
    assert not isinstance(decide(closed, c.AddNote(incident=part.INCIDENT, text="appel"), LEA), c.Refusal)
    assert decide(closed, c.AddNote(incident=part.INCIDENT, text="  "), LEA) == c.Refusal("empty")


def test_closing_without_a_fix_is_refused_once_something_was_changed() -> None:
    close = c.CloseWithoutFix(incident=part.INCIDENT, why="faux positif")
    assert decide(until(e.ChangeApplied), close, LEA) == c.Refusal("plan_applied")
    events = decide(until(e.CauseNamed), close, LEA)
    assert not isinstance(events, c.Refusal)
    assert [event.step for event in events if isinstance(event, e.SkillSkipped)]
