"""The status line: what burns, how long is left, where we stand. What matters least goes first as it narrows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from screens import cells
from screens.line import EMPTY, Line, join, run, said, spread, width_of
from screens.look import Look
from screens.snapshot import Snapshot
from store.feed import Feed
from store.incident import Incident

_PHASE_STEP = 10
"""Seconds in which the phase's clock moves: the SLA's alone ticks each second, and bytes are money."""


@dataclass(frozen=True, slots=True)
class Field:
    """A part of the status line; the one of the highest `rank` is dropped first, rank 0 never."""

    line: Line
    rank: int
    right: bool = False


def status(snapshot: Snapshot, look: Look, width: int, *, lofi: bool = False) -> Line:
    """Return the status line, exactly `width` cells of it."""
    fields = [field for field in _fields(snapshot, look, lofi=lofi) if field.line]
    while len(fields) > 1 and _width(fields) > width and (least := max(f.rank for f in fields)):
        fields.remove(next(field for field in reversed(fields) if field.rank == least))
    return spread(_side(fields, right=False), _side(fields, right=True), width)


def incident_status(incident: Incident, feed: Feed, look: Look, width: int) -> Line:
    """Return the status line of a screen that covers the main one."""
    return status(Snapshot(feed.now(), (), incident.id, incident, feed.link()), look, width)


def _width(fields: list[Field]) -> int:
    return sum(width_of(field.line) + 2 for field in fields) + 1


def _side(fields: list[Field], *, right: bool) -> Line:
    parts = [field.line for field in fields if field.right is right]
    gap = run("  ")
    spaced = join(*(join(gap, part) for part in parts))
    return join(spaced[1:], run(" ")) if right else join(run(" "), spaced[1:])


def _fields(snapshot: Snapshot, look: Look, *, lofi: bool) -> Iterator[Field]:
    incident = snapshot.incident
    if incident is None:
        yield Field(run(look.words("status.calm"), "dim"), 0)
    else:
        yield from _of_incident(incident, snapshot.now, look)
    if lofi:
        yield Field(run("LO-FI", "warn"), 2, right=True)
    if snapshot.link.trouble:
        yield Field(run(said(snapshot.link.trouble), "bad"), 1, right=True)
    for source in snapshot.link.sources:
        if source.state == "down":
            yield Field(run(f"{said(source.name)}: {said(source.detail)}", "warn"), 2, right=True)
    if incident and snapshot.position is None:
        yield Field(cells.round_trip(snapshot.link, look), 4, right=True)
    yield Field(_read_only(snapshot, look), 1, right=True)


def _of_incident(incident: Incident, now: datetime, look: Look) -> Iterator[Field]:
    yield Field(sla(incident, now, look), 0)  # leftmost: Textual sends a line from its left edge
    yield Field(cells.priority(incident.priority, look, word=False), 0)
    yield Field(_phase(incident, now, look), 3)
    yield Field(run(look.words(f"priority.{incident.priority.value}"), "dim"), 7)
    yield Field(run(said(incident.client), "strong"), 6)
    yield Field(run(incident.id, "dim"), 8)
    place = said(incident.environment)
    yield Field(cells.environment(place) if place else EMPTY, 0, right=True)
    yield Field(run(said(incident.cluster), "dim"), 4, right=True)


def _phase(incident: Incident, now: datetime, look: Look) -> Line:
    view = incident.phase
    if incident.state == "closed" or view is None:
        return run(look.words(f"state.{incident.state}"), "good" if incident.state != "open" else "dim")
    seconds, limit = view.seconds(now), view.phase.budget_seconds
    name = look.words.among(f"phase.{view.phase.name}", view.phase.name)
    return join(
        run(f"{name} ", "dim"),
        run(cells.timer(seconds - seconds % _PHASE_STEP), cells.overrun(seconds, limit)),
        run(f"/{cells.timer(limit)}", "dim"),
    )


def sla(incident: Incident, now: datetime, look: Look) -> Line:
    """Return the SLA's clock, its word where it presses, and the deadline."""
    left = incident.left(now)
    word = look.words("sla.paused") if incident.paused_at else cells.sla_word(left, incident.sla_seconds, look)
    if incident.state != "open":
        word = look.words("sla.kept" if left.total_seconds() >= 0 else "sla.missed")
    role = cells.sla_role(left, incident.sla_seconds)
    deadline = look.clock(incident.deadline, incident.time_zone)
    return join(
        run(cells.timer(left.total_seconds()), "good" if incident.state != "open" and role != "bad" else role),
        run(f" SLA {look.glyphs.arrow} {deadline}", "dim"),
        run(f" {word}" if word else "", role),
    )


def _read_only(snapshot: Snapshot, look: Look) -> Line:
    if snapshot.position:
        return run(look.words("status.replay"), "accent")
    if not snapshot.link.read_only:
        return EMPTY
    return run(look.words("status.read_only"), "warn")
