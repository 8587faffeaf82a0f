"""Log lines: time, level in a word, pod, text; and notes on what befell the log itself."""

from screens import cells
from screens.line import Line, Role, clip, join, run, said, wrap
from screens.look import Look
from store.feed import LogEntry

_TEXT: dict[str, Role] = {"error": "", "warning": "", "info": "dim", "debug": "dim", "": "dim"}
_NOTES: dict[str, Role] = {"joined": "accent", "restarted": "warn", "ended": "dim"}


def log_lines(
    entry: LogEntry, look: Look, width: int, time_zone: str, *, wrapped: bool, timed: bool, marked: bool = False
) -> list[Line]:
    """Return a log entry's lines: one, or several where it is wrapped."""
    if entry.note:
        return [_note(entry, look, width, time_zone)]
    at = look.clock(entry.at, time_zone, seconds=True) if entry.at else "--:--:--"
    lead = join(
        run(f"{look.glyphs.mark} " if marked or entry.evidence else "  ", "accent"),
        run(f"{at} " if timed else "", "dim"),
        cells.level(entry.level),
        run(f" {said(entry.pod)[-9:]:<6} ", "dim"),
    )
    indent = sum(len(text) for text, _ in lead)
    role = _TEXT[entry.level]
    head, *more = entry.text.split("\n")
    if wrapped and width > indent + 10:
        lines = wrap(said(head), width, role, first=lead, indent=indent)
        return [*lines, *(line for part in more for line in wrap(said(part), width, "dim", indent=indent + 2))]
    folded = run(f"  +{len(more)}" if more else "", "dim")
    room = width - sum(len(text) for text, _ in folded)
    return [join(clip(join(lead, run(said(head), role)), room, look.glyphs.ellipsis), folded)]


def note_text(entry: LogEntry, look: Look, time_zone: str) -> str:
    """Return what a note says, such as `connection cut at 11:42:03, resumed at 11:42:07`."""
    at, since = (look.clock(each, time_zone, seconds=True) if each else "--:--:--" for each in (entry.at, entry.since))
    told = look.words(f"lognote.{entry.note}", at=at, since=since, detail=said(entry.text))
    return told.strip(" :")


def _note(entry: LogEntry, look: Look, width: int, time_zone: str) -> Line:
    pod = f"{said(entry.pod)} " if entry.pod else ""
    text = f"  {look.glyphs.gap * 3} {pod}{note_text(entry, look, time_zone)} {look.glyphs.gap * 3}"
    return clip(run(text, _NOTES.get(entry.note, "warn")), width, look.glyphs.ellipsis)
