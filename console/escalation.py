"""A further report that tells worse makes its incident more urgent: nobody may wait because the first one was mild."""

from console.engine.case import Case
from console.engine.sla import due
from console.wiring import World
from skills.client_intake.routing.standing import tells_worse
from store import events as e


def escalation(world: World, case: Case, received: e.ReportReceived) -> tuple[e.PriorityCorrected, ...]:
    """Return the event that makes the incident as urgent as the report reads; none where it is so already.

    The clock starts anew with the report: what it tells was not so before. Where a person has set the priority,
    no reading overrules them.
    """
    incident, reading, mail = case.incident, received.reading, received.mail
    standing = incident.reading.model_copy(update={"priority": incident.priority})
    if incident.state != "open" or not tells_worse(reading, standing) or _settled(case):
        return ()
    site = world.config.site(incident.client)
    now = world.clock()
    reported = min(mail.sent_at, now) if mail.sent_at else now
    deadline, granted = due(reading.priority, site.contract, site.time_zone, reported, reading.onset_at)
    why = next((reason.words for reason in reading.reasons if reason.decides == "priority"), "")
    event = e.PriorityCorrected(
        priority=reading.priority,
        request=reading.type,
        deadline=deadline,
        sla_seconds=int(granted.total_seconds()),
        why=why,
        by=(mail.original_sender or mail.sender).email,
        report=received.report,
    )
    return (event,)


def _settled(case: Case) -> bool:
    """Whether a person has set the priority."""
    return any(isinstance(r.event, e.PriorityCorrected) and not r.event.report for r in case.records)


def escalated(case: Case, report: str) -> bool:
    """Whether a report has made its incident more urgent."""
    return any(isinstance(r.event, e.PriorityCorrected) and r.event.report == report for r in case.records)
