"""When an incident is due: by contract, priority, onset and the country's working days."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from skills.site import Contract
from store.incident import Incident
from store.values import Priority

THRESHOLDS = (50, 75, 90, 100)
"""The shares of the SLA's time, in percent, at which the team is told."""
_HOURS = {Priority.P1: 4, Priority.P2: 8}
_WORKING_DAYS = {Priority.P3: 3, Priority.P4: 5}


def due(
    priority: Priority, contract: Contract, zone: str, reported_at: datetime, onset_at: datetime | None
) -> tuple[datetime, timedelta]:
    """Return the deadline, in the client's zone, and the time that the contract grants.

    The clock starts at the onset where the client names one and the contract counts it, else at the
    report; an onset so old that the incident would open breached counts from the report. P3 and P4
    count working days, public holidays left out, and fall due at the time of day they started.
    """
    start = _start(priority, contract, zone, reported_at, onset_at)
    end = _end(priority, contract, zone, start)
    return end, _elapsed(start, end)


def postponed(priority: Priority, contract: Contract, zone: str, deadline: datetime, stood: timedelta) -> datetime:
    """Return the deadline, later by the time that the clock stood still.

    Where working days are counted, one that would fall on a day of rest falls on the working day after it.
    """
    later = _later(deadline, stood, zone)
    if priority in contract.sla or priority in _HOURS:
        return later
    import holidays

    calendar = holidays.country_holidays(contract.country)
    if calendar.is_working_day(later.date()):
        return later
    return datetime.combine(calendar.get_nth_working_day(later.date(), 1), later.timetz())


def postponement(incident: Incident, contract: Contract) -> Callable[[datetime, timedelta], datetime]:
    """Return how an incident's deadline moves with the time that its clock stood still."""
    return partial(postponed, incident.priority, contract, incident.time_zone)


def thresholds_reached(left: timedelta, sla_seconds: int) -> tuple[int, ...]:
    """Return which of 50, 75, 90 and 100 percent of the SLA's time are used up."""
    used = 100 * (1 - left.total_seconds() / max(1, sla_seconds))
    return tuple(percent for percent in THRESHOLDS if used >= percent)


def _start(
    priority: Priority, contract: Contract, zone: str, reported_at: datetime, onset_at: datetime | None
) -> datetime:
    if onset_at is None or onset_at > reported_at or not contract.onset_counts:
        return reported_at
    return onset_at if _end(priority, contract, zone, onset_at) > reported_at else reported_at


def _end(priority: Priority, contract: Contract, zone: str, start: datetime) -> datetime:
    local = start.astimezone(ZoneInfo(zone))
    if granted := contract.sla.get(priority):
        return _later(start, granted, zone)
    if hours := _HOURS.get(priority):
        return _later(start, timedelta(hours=hours), zone)
    import holidays

    calendar = holidays.country_holidays(contract.country)
    day = calendar.get_nth_working_day(local.date(), _WORKING_DAYS[priority])
    return datetime.combine(day, local.timetz())


def _later(start: datetime, granted: timedelta, zone: str) -> datetime:
    """Add elapsed time, not wall-clock time: an hour is an hour in the night of the clock change too."""
    return (start.astimezone(UTC) + granted).astimezone(ZoneInfo(zone))


def _elapsed(start: datetime, end: datetime) -> timedelta:
    return timedelta(seconds=end.timestamp() - start.timestamp())
