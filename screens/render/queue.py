"""The queue: an incident in three lines, a report that opened none in one."""

from screens import cells
from screens.line import Line, Role, clip, join, run, said, wrap
from screens.look import Look
from screens.snapshot import Snapshot
from store.feed import QueueRow, SourceState


def queue(snapshot: Snapshot, look: Look, width: int) -> list[tuple[str, list[Line]]]:
    """Return each row's key and its lines; the key is the incident, else the report. Sources stand below."""
    rows = [(row.incident or row.report, _row(row, snapshot, look, width)) for row in snapshot.rows]
    if not rows:
        rows = [("", [run(look.words("queue.empty"), "dim")])]
    return rows + [
        (f"source {source.name}", _source(source, snapshot, look, width)) for source in snapshot.link.sources
    ]


def _source(source: SourceState, snapshot: Snapshot, look: Look, width: int) -> list[Line]:
    """A source's sign, when it last answered, its name; and what is wrong with it."""
    glyphs = look.glyphs
    sign: dict[str, tuple[str, Role]] = {
        "connected": (glyphs.done, "good"),
        "connecting": (glyphs.waiting, "dim"),
        "down": (glyphs.failed, "bad"),
    }
    at = f" {look.clock(source.at, _zone(snapshot))}" if source.at else ""
    text = f"{at} {said(source.name)}"
    if source.state == "connecting":
        text += f" {glyphs.dot} {look.words('source.connecting')}"
    lead = clip(join(run(*sign[source.state]), run(text, "dim")), width, glyphs.ellipsis)
    return (
        [lead, *wrap(said(source.detail), width, "warn", first=run("  "), indent=2)[:3]]
        if source.state == "down"
        else [lead]
    )


def _row(row: QueueRow, snapshot: Snapshot, look: Look, width: int) -> list[Line]:
    if row.incident is None:
        lead = run(f"{look.glyphs.dot}  ", "dim")
        quiet = run(f"{said(row.title)} {look.glyphs.dot} {look.words('queue.no_incident')}", "dim")
        return [clip(join(lead, quiet), width, look.glyphs.ellipsis)]
    role: Role = "strong" if row.incident == snapshot.selected else ""
    lines = [
        join(cells.priority(row.priority, look, word=False), run(f" {said(row.title)}", role)),
        join(run("     "), run(said(row.client), "dim"), _reports(row, look)),
        join(run("     "), _left(row, snapshot, look)),
    ]
    if row.holder:
        lines.append(join(run("     "), run(look.words("queue.holder", who=said(row.holder)), "warn")))
    return [clip(line, width, look.glyphs.ellipsis) for line in lines]


def _reports(row: QueueRow, look: Look) -> Line:
    return run(f" {look.glyphs.dot} {look.words.count('queue.reports', row.reports)}" if row.reports > 1 else "", "dim")


def _left(row: QueueRow, snapshot: Snapshot, look: Look) -> Line:
    if row.resolved_at or row.deadline is None or row.state != "open":
        return run(look.words.among(f"state.{row.state}", row.state), "good" if row.resolved_at else "dim")
    left = row.deadline - (row.paused_at or snapshot.now)
    seconds = left.total_seconds()
    limit = (row.deadline - row.received_at).total_seconds()
    if row.paused_at:
        return run(look.words("queue.paused", span=cells.budget(abs(seconds), look)), "dim")
    role = cells.sla_role(left, int(limit))
    spoken = look.words("queue.left" if seconds > 0 else "queue.late", span=cells.budget(abs(seconds), look))
    return join(
        run(f"{look.clock(row.deadline, _zone(snapshot))} {look.glyphs.dot} ", "dim"),
        run(spoken, "" if role == "strong" else role),
    )


def _zone(snapshot: Snapshot) -> str:
    """The zone in which all clocks of the screen are read."""
    return snapshot.incident.time_zone if snapshot.incident else ""
