"""What an incident's log tells, in words: what was done, whether the SLA was kept, how automatic it was. Pure."""

from collections.abc import Iterator
from datetime import datetime

from skills.prose.foreign import one_line
from skills.prose.formats import due_time, duration
from skills.prose.knowledge import words
from store.incident import ChangeView, Incident, PhaseView, PlanView, StepView
from store.plan import Change

Applied = tuple[PlanView, Change, ChangeView]


def recovered_at(incident: Incident) -> datetime | None:
    """Return when a payment had proved the recovery; None where none has."""
    proof = incident.verification
    return proof.at if proof and proof.passed else None


def ended_at(incident: Incident) -> datetime | None:
    """Return when it was over: proved, or closed without a fix; None while it lasts."""
    return recovered_at(incident) or incident.resolved_at or incident.closed_at


def applied_changes(incident: Incident) -> list[Applied]:
    """Return the changes that were really applied, in order, each with its plan."""
    return [
        (plan, change, view)
        for plan in incident.plans
        for change, view in zip(plan.plan.changes, plan.changes, strict=True)
        if view.state == "applied"
    ]


def actions_done(incident: Incident) -> list[str]:
    """Return what was done, a sentence each: the applied changes, then the payment that proved them."""
    said = words(incident.language)
    sentences = [_action(incident, plan, change) for plan, change, _ in applied_changes(incident)]
    if recovered_at(incident):
        sentences.append(said["payment_tested"])
    return list(dict.fromkeys(sentences))


def _action(incident: Incident, plan: PlanView, change: Change) -> str:
    said = words(incident.language)
    action = said["changes"].get(change.kind) or one_line(change.title) or f"{change.kind} {change.target}"
    return said["reverted"].format(action=action) if plan.plan.inverts else str(action)


def sla_verdict(incident: Incident) -> str:
    """Return whether the SLA was kept, by how much it was missed, or when it falls due."""
    said = words(incident.language)
    granted = duration(incident.sla_seconds, incident.language)
    ended = ended_at(incident)
    due = due_time(incident.deadline, incident.time_zone, incident.language, ended or incident.at)
    if ended is None:
        return str(said["sla_running"]).format(sla=granted, deadline=due)
    if ended <= incident.deadline:
        return str(said["sla_kept"]).format(sla=granted)
    late = duration((ended - incident.deadline).total_seconds(), incident.language)
    return str(said["sla_missed"]).format(sla=granted, late=late, deadline=due)


def resolution_time(incident: Incident) -> str:
    """Return `45 min (SLA 4h respecté ✅)`, or that nothing is verified yet."""
    ended, shown = ended_at(incident), str(words(incident.language)["not_verified"])
    if ended:
        shown = duration((ended - incident.reported_at).total_seconds(), incident.language)
    return f"{shown} ({sla_verdict(incident)})"


def automatic_share(phase: PhaseView) -> float | None:
    """Return the share of a phase's steps that needed no key; a draft that waits for its person counts as keyed."""
    begun = [step for step in phase.steps if step.state == "done" or (step.state == "running" and _by_hand(step))]
    return sum(not _by_hand(step) and not step.keyed for step in begun) / len(begun) if begun else None


def _by_hand(step: StepView) -> bool:
    return step.step.mode == "manual"


def audit_note(incident: Incident, *, short: bool) -> str:
    """Return the incident's place in the audit log: the events so far and the head of their hash chain."""
    head = incident.head[:12] if short else incident.head
    return str(words(incident.language)["audit"]).format(incident=incident.id, seq=incident.seq, head=head)


def proofs(incident: Incident) -> Iterator[tuple[str, str]]:
    """Yield the source and the line of each proof of the cause."""
    for proof in incident.cause.proofs if incident.cause else ():
        yield one_line(proof.source), one_line(proof.line)
