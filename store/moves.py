"""What comes next in an incident: a pure function of its state. The engine does it, the screens say it."""

from dataclasses import dataclass
from typing import Literal

from store.incident import Incident, PhaseView, PlanView, StepView

WaitFor = Literal[
    "secret", "account", "approval", "second_approval", "replan", "retry", "send", "unknown", "publish", "decide"
]


@dataclass(frozen=True, slots=True)
class Enter:
    """Enter a phase."""

    phase: str


@dataclass(frozen=True, slots=True)
class Complete:
    """Complete a phase."""

    phase: str


@dataclass(frozen=True, slots=True)
class Run:
    """Run a step's skill."""

    step: StepView


@dataclass(frozen=True, slots=True)
class Skip:
    """Pass over a step that the remedy does not need."""

    step: StepView
    why: str


@dataclass(frozen=True, slots=True)
class Propose:
    """Have the remedy's approval steps propose their changes, as one plan."""

    steps: tuple[StepView, ...]


@dataclass(frozen=True, slots=True)
class Apply:
    """Apply a change of an approved plan. `started` says that it was begun before, by a process that died."""

    plan: PlanView
    index: int
    started: bool


@dataclass(frozen=True, slots=True)
class Confirm:
    """Have an approval step look at its applied changes."""

    step: StepView
    plan: PlanView


@dataclass(frozen=True, slots=True)
class Deliver:
    """Send the approved mail. `started` says that it may have left already."""

    step: StepView
    started: bool


@dataclass(frozen=True, slots=True)
class Publish:
    """Note a step as done whose person has done their part."""

    step: StepView


@dataclass(frozen=True, slots=True)
class Resolve:
    """Note the verified recovery."""


@dataclass(frozen=True, slots=True)
class Wait:
    """A person is needed: for what, and at which step."""

    need: WaitFor
    step: StepView | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """Close the incident: every phase is completed."""


Move = Enter | Complete | Run | Skip | Propose | Apply | Confirm | Deliver | Publish | Resolve | Wait | Finish

_MAIL = "project-management/communication/email-annonce"
_DOCUMENT = "project-management/pilotage/alertes-projet"


def next_move(incident: Incident) -> Move:
    """Return what comes next."""
    if incident.state == "closed":
        return Finish()
    for phase in incident.phases:
        if phase.completed_at is None:
            return _in_phase(incident, phase) if phase.entered_at else Enter(phase.phase.name)
    return Finish()


def _in_phase(incident: Incident, phase: PhaseView) -> Move:
    step = next((step for step in phase.steps if step.state not in ("done", "skipped")), None)
    if step is not None:
        return _at_step(incident, phase, step)
    if incident.state == "open" and incident.verification and incident.verification.passed:
        return Resolve()
    return Complete(phase.phase.name)


def _at_step(incident: Incident, phase: PhaseView, step: StepView) -> Move:
    if step.state == "failed":
        return Wait("retry", step)
    if step.step.mode == "approval":
        return _approval(incident, phase, step)
    if step.step.mode == "manual":
        return _mail(incident, step) if step.step.skill == _MAIL else _document(incident, step)
    return Run(step)


def _approval(incident: Incident, phase: PhaseView, step: StepView) -> Move:
    remedy = incident.remedy_steps
    if not remedy:
        return Wait("decide", step)
    if step.step.skill not in remedy:
        return Skip(step, "remedy")
    plan = incident.plan
    if plan is None or (plan.state == "rejected" and plan.why == "replan"):
        if move := _secret(incident):
            return move
        wanted = (s for s in phase.steps if s.step.mode == "approval" and s.step.skill in remedy)
        return Propose(tuple(s for s in wanted if s.state not in ("done", "skipped")))
    return _planned(incident, plan, step)


def _secret(incident: Incident) -> Move | None:
    secret = incident.secret
    if secret is None:
        return None
    if not secret.hmac:
        return Wait("secret", incident.step(secret.step))
    if not secret.account_known:
        return Wait("account", incident.step(secret.step))
    return None


def _planned(incident: Incident, plan: PlanView, step: StepView) -> Move:
    if plan.state == "proposed":
        return Wait("second_approval" if plan.approvals else "approval", step)
    if plan.state == "approved":
        return _apply(incident, plan)
    if plan.state == "applied" and not plan.plan.inverts:
        mine = any(change.step == step.step.key for change in plan.plan.changes)
        return Confirm(step, plan) if mine else Skip(step, "plan")
    if any(change.state == "unknown" for change in plan.changes):
        return Wait("unknown", step)
    return Wait("replan", step)


def _apply(incident: Incident, plan: PlanView) -> Move:
    index = next(i for i, change in enumerate(plan.changes) if change.state != "applied")
    secret = incident.secret
    if secret and plan.plan.changes[index].step == secret.step and (move := _secret(incident)):
        return move
    return Apply(plan, index, started=plan.changes[index].state == "started")


def _mail(incident: Incident, step: StepView) -> Move:
    draft = incident.draft
    if draft is None:
        return Run(step)
    if draft.sent_at:
        return Publish(step)
    if not draft.approved_by:
        return Wait("send", step)
    message = next((m for m in incident.messages if m.message == draft.draft.message_id), None)
    if message and message.state == "unknown":
        return Wait("unknown", step)
    return Deliver(step, started=message is not None and message.state == "started")


def _document(incident: Incident, step: StepView) -> Move:
    document = incident.postmortem
    if document is None:
        return Run(step)
    return Publish(step) if document.published_at else Wait("publish", step)
