"""The scenario's incident as its journal would tell it, from the mail to the published post-mortem.

`scenario_records()` gives all of it, `scenario_records(until=…)` what stood before an instant, and
`play(...)` any other story: pairs of a moment in minutes after the report, and an event.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.engine.flow import DEFAULT_FLOW
from store import events as e
from store.digests import draft_digest, text_digest
from store.fold import fold
from store.incident import Incident
from store.plan import canonical
from store.values import Language, Mail, Outcome, Phase
from tests.support import scenario_parts as part

ENGINEER = "lea"
Moment = tuple[float, e.IncidentEvent]


@dataclass(frozen=True, slots=True)
class Written:
    """An event with its envelope, as `store.fold.Record` asks for it."""

    seq: int
    at: datetime
    event: e.Event
    hash: str
    actor: str = ENGINEER


def play(moments: Iterable[Moment]) -> list[Written]:
    """Give each event its place in a hash chain; the times are minutes after the report."""
    head, written = "0" * 64, []
    for seq, (minutes, event) in enumerate(moments, 1):
        head = hashlib.sha256(head.encode() + canonical(event.model_dump(mode="json"))).hexdigest()
        written.append(Written(seq, part.REPORTED + timedelta(minutes=minutes), event, head))
    return written


def scenario_records(until: datetime | None = None) -> list[Written]:
    """Return the whole incident, or what had happened at an instant."""
    return [record for record in play(scenario()) if until is None or record.at <= until]


def scenario_incident(until: datetime | None = None) -> Incident:
    """Return the folded incident."""
    incident = fold(scenario_records(until))
    assert incident is not None
    return incident


def scenario() -> Iterator[Moment]:
    """Tell the whole story."""
    yield 0.05, opened()
    yield from triage()
    yield from diagnosis()
    yield from resolution()
    yield from communication()
    yield from postmortem()
    yield 66, e.IncidentClosed(by=ENGINEER)


def opened(language: Language = "fr", mail: Mail = part.MAIL) -> e.IncidentOpened:
    """Return the first event."""
    return e.IncidentOpened(
        incident=part.INCIDENT,
        report="report-5dd956bf",
        client=part.CLIENT,
        title="Paiements bloqués" if language == "fr" else "Payments blocked",
        priority=part.READING.priority,
        request=part.READING.type,
        impact=part.READING.impact,
        language=language,
        time_zone="Europe/Paris",
        mail=mail,
        reading=part.READING,
        reported_at=part.REPORTED,
        onset_at=part.ONSET,
        deadline=part.ONSET + timedelta(hours=4),
        sla_seconds=4 * 3600,
        flow=DEFAULT_FLOW,
        environment="PROD",
        cluster="ovh-1",
    )


def ran(start: float, minutes: float, step: str, line: str, *between: e.IncidentEvent) -> Iterator[Moment]:
    """A step that began, brought these facts, and finished."""
    yield start, e.SkillStarted(step=step)
    for event in between:
        yield start + minutes, event
    yield start + minutes, e.SkillFinished(step=step, outcome=Outcome(line=line))


def _phase(name: str) -> Phase:
    return next(phase for phase in DEFAULT_FLOW.phases if phase.name == name)


def triage() -> Iterator[Moment]:
    """Eleven seconds, no key."""
    facts: dict[str, tuple[str, tuple[e.IncidentEvent, ...]]] = {
        "email-parser": ("support@client-existant.fr · « Erreur 500 lors du paiement »", ()),
        "urgency-detector": ("🔴 P1 critique · « ne peuvent plus payer »", ()),
        "intent-classifier": ("hotfix · production_down, revenue_loss", ()),
        "skill-router": ("task-orchestrator (critical)", ()),
        "priority-manager": ("Insertion tête de queue", ()),
        "task-creator": ("Tâche P1 créée", (e.TicketOpened(ticket=f"T-{part.INCIDENT}"),)),
        "task-dispatcher": ("Équipe DevOps + Backend", (e.TeamsAssigned(teams=("DevOps", "Backend")), *_alert())),
    }
    yield 0.06, e.PhaseEntered(phase="triage")
    for number, step in enumerate(_phase("triage").steps):
        line, events = facts[step.skill.rpartition("/")[2]]
        yield from ran(0.07 + number * 0.02, 0.01, step.key, line, *events)
    yield 0.24, e.PhaseCompleted(phase="triage")


def _alert() -> tuple[e.IncidentEvent, ...]:
    message = f"alert-{part.INCIDENT}-P1"
    return (
        e.MessageStarted(message=message, channel="team"),
        e.AlertRaised(message=message, channel="team", text="🚨 ALERTE P1 - Paiements bloqués"),
    )


def diagnosis() -> Iterator[Moment]:
    """The logs name it, Stripe confirms it at 11:45."""
    logs, stripe, nodes = part.evidence(part.REPORTED + timedelta(minutes=14))
    yield 0.25, e.PhaseEntered(phase="diagnosis")
    yield from ran(
        13,
        1,
        "diagnosis/log-analyzer",
        "412 × depuis 10:00 · API Key expired",
        e.EvidenceCaptured(evidence=logs),
        e.EvidenceCaptured(evidence=nodes),
    )
    yield from ran(14, 0.2, "diagnosis/alert-manager", "Cause confirmée par les alertes")
    yield from ran(14.2, 0.2, "diagnosis/health-checker", "3 pods sur 3")
    yield from ran(
        14.4,
        0.6,
        "diagnosis/error-handler",
        "Stripe 401 api_key_expired",
        e.EvidenceCaptured(evidence=stripe),
        e.CauseNamed(causes=(part.CAUSE,)),
    )
    yield 15, e.PhaseCompleted(phase="diagnosis")


def resolution() -> Iterator[Moment]:
    """Key asked, plan approved, both changes applied at 12:00, the payment verified at 12:15."""
    digest = part.PLAN.digest
    yield 15.1, e.PhaseEntered(phase="resolution")
    yield 15.2, e.SkillStarted(step=part.SECRET_STEP)
    yield 15.3, e.SecretRequested(step=part.SECRET_STEP, name="stripe-key", command=True)
    yield 18, e.SecretAccepted(name="stripe-key", hmac="c3d4" * 16, account="acct_1Client", livemode=True)
    yield 18.1, e.SkillStarted(step=part.ROLLOUT_STEP)
    yield 18.2, e.PlanProposed(plan=part.PLAN, digest=digest)
    yield 25, e.PlanApproved(digest=digest, by=ENGINEER)
    for index, (change, minutes) in enumerate(zip(part.PLAN.changes, (25.1, 30), strict=True)):
        yield minutes - 0.05, e.ChangeStarted(plan=digest, index=index, change=change.digest)
        yield minutes, e.ChangeApplied(plan=digest, index=index, change=change.digest, version="1042")
    yield 31, e.SkillFinished(step=part.SECRET_STEP, outcome=Outcome(line="Rotation clé Stripe ‹c3d4›"))
    yield 33, e.SkillFinished(step=part.ROLLOUT_STEP, outcome=Outcome(line="3 pods redéployés"))
    yield from ran(33, 0.2, "resolution/health-checker", "3 pods sur 3 prêts")
    passed = e.VerificationPassed(line="Test paiement OK", facts={"status": 200, "amount": 100})
    yield from ran(44.5, 0.5, "resolution/smoke-tester", "Test paiement OK", passed)
    yield 45.1, e.IncidentResolved()
    yield 45.1, e.PhaseCompleted(phase="resolution")


def communication() -> Iterator[Moment]:
    """The client is told, the figures are filed, the ticket is closed."""
    step, draft = "communication/email-annonce", part.DRAFT
    to = tuple(address.email for address in draft.to)
    yield 45.2, e.PhaseEntered(phase="communication")
    yield 45.3, e.SkillStarted(step=step)
    yield 45.4, e.MailDrafted(draft=draft)
    yield 48, e.MailApproved(message_id=draft.message_id, digest=draft_digest(draft), by=ENGINEER)
    yield 48.1, e.MessageStarted(message=draft.message_id, channel="mail")
    yield 48.2, e.MailSent(message_id=draft.message_id, to=to, subject=draft.subject, response="250 OK")
    yield 48.3, e.SkillFinished(step=step, outcome=Outcome(line="→ support@client-existant.fr"))
    yield from ran(48.4, 0.1, "communication/reporting", "Incident documenté", e.ReportFiled(figures=part.FIGURES))
    closed = e.TicketClosed(ticket=f"T-{part.INCIDENT}", resolution=part.CAUSE.key)
    yield from ran(48.6, 0.1, "communication/ticket-closer", "Ticket fermé", closed)
    yield 48.8, e.PhaseCompleted(phase="communication")


def postmortem() -> Iterator[Moment]:
    """The rule is added, the document is published by a person."""
    step = "postmortem/alertes-projet"
    yield 49, e.PhaseEntered(phase="postmortem")
    yield from ran(
        49.1, 0.1, "postmortem/alert-manager", "Alerte 7 jours avant expiration", e.RuleAdded(rule=part.RULE)
    )
    yield 49.3, e.SkillStarted(step=step)
    yield 49.4, e.PostmortemDrafted(text=part.POSTMORTEM, actions=part.ACTIONS)
    published = e.PostmortemPublished(
        path=f"/srv/postmortems/{part.INCIDENT}.md", sha256=text_digest(part.POSTMORTEM), by=ENGINEER
    )
    yield 65, published
    yield 65.1, e.SkillFinished(step=step, outcome=Outcome(line="Post-mortem documenté"))
    yield 65.2, e.PhaseCompleted(phase="postmortem")
