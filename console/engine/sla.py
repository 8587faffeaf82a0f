"""When an incident is due: by contract, priority, onset and the country's working days."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from skills.site import Contract
from store.values import Priority

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
