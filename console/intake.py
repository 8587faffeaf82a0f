"""Takes a mail in: read it, put it on the desk, and open its incident or join it to one. Each exactly once.

A report is named after its Message-ID, else its content; an incident's first event names its report. So
whatever was begun by a process that died is found again and finished, and nothing is taken in twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from console.engine.case import Case
from console.engine.decide import Asker, resumption
from console.engine.flow import DEFAULT_FLOW
from console.engine.sla import due, postponement
from console.escalation import escalated, escalation
from console.wiring import World
from skills.client_intake.routing.same_incident import Earlier, Match, duplicate_of
from skills.contract import Intake
from skills.registry import find_intake_skill
from store import events as e
from store.desk import Report
from store.incident import Incident
from store.values import Mail, Reading, RequestType, StepRecord

_STEPS = DEFAULT_FLOW.phases[0].steps[:4]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a mail. `fresh` is False where it had been taken in before."""

    report: str
    incident: str | None
    priority: str
    title: str = ""
    fresh: bool = True


def report_id(mail: Mail) -> str:
    """Return the report's name: after the Message-ID, else after the content."""
    return "R-" + sha256((mail.message_id or mail.sha256).encode(errors="replace")).hexdigest()[:16]


async def take_in(world: World, raw: bytes, *, source: str) -> Taken:
    """Take a raw mail in; returns once it is safely on disk.

    Raises:
        StoreError: it could not be written, and is not taken.
    """
    await world.read_desk()
    intake, steps = _read(world, raw)
    assert intake.mail is not None and intake.reading is not None  # noqa: S101, PT018 the pipeline's own promise
    report = report_id(intake.mail)
    if (known := world.desk.reports.get(report)) and known.routed:
        return Taken(report, known.routed.incident, known.received.reading.priority, fresh=False)
    if known is None:
        event = e.ReportReceived(report=report, source=source, mail=intake.mail, reading=intake.reading, steps=steps)
        await world.append_desk(event)
    return await route(world, world.desk.reports[report])


def _read(world: World, raw: bytes) -> tuple[Intake, tuple[StepRecord, ...]]:
    intake = Intake(raw=raw, clients=world.config.known_clients())
    steps = []
    for step in _STEPS:
        started = world.clock()
        intake = find_intake_skill(step.skill)(intake)
        outcome = intake.outcomes[-1][1]
        steps.append(StepRecord(key=step.key, started_at=started, finished_at=world.clock(), outcome=outcome))
    return intake, tuple(steps)


async def route(world: World, report: Report) -> Taken:
    """Open the report's incident, join it to one, or note that it opens none."""
    received = report.received
    if report.split:
        await _leave(world, report.split)
    match = None if report.split else _match(world, report)
    if match is not None and (target := _incident_of(world, match.root)):
        await _join(world, report, target, match)
        return Taken(received.report, target, received.reading.priority, received.mail.subject)
    incident = None
    if received.reading.type is not RequestType.NOISE or report.split:
        incident = await _open(world, report)
    await world.append_desk(e.ReportRouted(report=received.report, incident=incident))
    return Taken(received.report, incident, received.reading.priority, received.mail.subject)


def _match(world: World, report: Report) -> Match | None:
    """The report of an incident still open that this one reports again."""
    closed = {summary.incident for summary in world.summaries() if summary.state == "closed"}
    earlier = [
        Earlier(other.received.report, _root(world, other), other.received.mail, other.received.reading)
        for other in world.desk.reports.values()
        if other.routed and other.routed.incident and other.routed.incident not in closed
    ]
    return duplicate_of(report.received.mail, report.received.reading, earlier)


def _root(world: World, report: Report) -> str:
    """The first report of the incident that a report belongs to."""
    incident = report.routed.incident if report.routed else None
    firsts = (r for r in world.desk.reports.values() if r.routed and r.routed.incident == incident)
    return next(
        (first.received.report for first in firsts if first.routed and not first.routed.joined), report.received.report
    )


def _incident_of(world: World, report: str) -> str | None:
    found = world.desk.reports.get(report)
    return found.routed.incident if found and found.routed else None


async def _join(world: World, report: Report, incident: str, match: Match) -> None:
    """Note the report with the incident, once, and then on the desk."""
    received = report.received
    said = f"{match.reason.rule}: {match.reason.words}"
    mail = received.mail
    sender = (mail.original_sender or mail.sender).email
    case = Case(world.ledger, incident)
    await case.refresh()
    if received.report not in case.incident.reports:
        why = {"rule": match.reason.rule, "reason": match.reason.words}
        joined = e.ReportJoined(report=received.report, sender=sender, subject=mail.subject, **why)
        more = (*_resumption(world, case.incident, received), *escalation(world, case, received))
        await case.record(joined, *more, actor=world.user)
    raised = escalated(case, received.report)
    routed = e.ReportRouted(report=received.report, incident=incident, joined=True, raised=raised, reason=said)
    await world.append_desk(routed)


def _resumption(world: World, incident: Incident, received: e.ReportReceived) -> Sequence[e.IncidentEvent]:
    """A client who writes is no longer waited for."""
    if received.mail.automatic:
        return ()
    contract = world.config.site(incident.client).contract
    asker = Asker(by=world.user, now=world.clock(), postpone=postponement(incident, contract))
    return resumption(incident, asker, why=received.report)


async def _leave(world: World, split: e.ReportSplit) -> None:
    """Note with the incident that a report was taken out of it, once."""
    case = Case(world.ledger, split.incident)
    await case.refresh()
    if split.report in case.incident.reports:
        await case.record(e.ReportLeft(report=split.report, by=split.by), actor=world.user)


async def _open(world: World, report: Report) -> str:
    received = report.received
    site = world.config.site(received.reading.client)
    day = _reported_at(report).astimezone(ZoneInfo(site.time_zone)).date()
    return await world.ledger.open_incident(
        received.report, day, lambda incident: _opening(world, report, incident), actor=world.user
    )


def _reported_at(report: Report) -> datetime:
    """When the client wrote; never after the mail arrived."""
    sent = report.received.mail.sent_at
    return min(sent, report.at) if sent else report.at


def _opening(world: World, report: Report, incident: str) -> Sequence[e.IncidentEvent]:
    """The first events: the incident, and the triage steps that ran at intake."""
    received, reading = report.received, report.received.reading
    site = world.config.site(reading.client)
    reported = _reported_at(report)
    deadline, granted = due(reading.priority, site.contract, site.time_zone, reported, reading.onset_at)
    opened = e.IncidentOpened(
        incident=incident,
        report=received.report,
        client=site.domain if world.config.configured(site) else reading.client or site.name,
        title=_title(received.mail, reading),
        priority=reading.priority,
        request=reading.type,
        impact=reading.impact,
        language=reading.language,
        time_zone=site.time_zone,
        mail=received.mail,
        reading=reading,
        reported_at=reported,
        onset_at=reading.onset_at,
        deadline=deadline,
        sla_seconds=int(granted.total_seconds()),
        flow=DEFAULT_FLOW,
        environment=site.environment if world.config.configured(site) else "",
        cluster=site.context or "",
    )
    events: list[e.IncidentEvent] = [opened, e.PhaseEntered(phase="triage")]
    for step in received.steps:
        events += [e.SkillStarted(step=step.key), e.SkillFinished(step=step.key, outcome=step.outcome)]
    return events


def _title(mail: Mail, reading: Reading) -> str:
    return mail.subject.strip() or reading.broken or (mail.text.strip().splitlines() or ["?"])[0][:80]
