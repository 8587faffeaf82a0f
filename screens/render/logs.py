"""Log lines: time, level in a word, pod, text."""

from screens import cells
from screens.line import Line, Role, clip, join, run, said, wrap
from screens.look import Look
from store.feed import LogEntry

_TEXT: dict[str, Role] = {"error": "", "warning": "", "info": "dim", "debug": "dim", "": "dim"}


def log_lines(entry: LogEntry, look: Look, width: int, time_zone: str, *, wrapped: bool, timed: bool) -> list[Line]:
    """Return a log entry's lines: one, or several where it is wrapped."""
    at = look.clock(entry.at, time_zone, seconds=True) if entry.at else "--:--:--"
    mark = run(f"{look.glyphs.mark} " if entry.evidence else "  ", "accent")
    lead = join(
        mark,
        run(f"{at} " if timed else "", "dim"),
        cells.level(entry.level),
        run(f" {said(entry.pod)[-9:]:<6} ", "dim"),
    )
    indent = sum(len(text) for text, _ in lead)
    role = _TEXT[entry.level]
    if wrapped and width > indent + 10:
        lines = wrap(said(entry.text), width, role, first=lead, indent=indent)
    else:
        lines = [clip(join(lead, run(said(entry.text), role)), width, look.glyphs.ellipsis)]
    if entry.gap:
        lines.insert(0, run(f"  {look.glyphs.gap * 3} {look.words('logs.gap')} {look.glyphs.gap * 3}", "warn"))
    return lines
