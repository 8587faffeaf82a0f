"""Value → cell: pure, and table-tested. A cell is a line; it says in a word what it shows in a colour."""

from datetime import timedelta

from screens.glyphs import Glyphs
from screens.line import Line, Role, join, run
from screens.look import Look
from store.feed import Level, Link
from store.incident import StepState
from store.values import Priority

_PRIORITY_ROLES: dict[Priority, Role] = {
    Priority.P1: "bad",
    Priority.P2: "warn",
    Priority.P3: "",
    Priority.P4: "dim",
}
_STEP_ROLES: dict[StepState, Role] = {
    "waiting": "dim",
    "running": "accent",
    "done": "good",
    "failed": "bad",
    "skipped": "dim",
}
_LEVELS: dict[Level, tuple[str, Role]] = {
    "error": ("ERR ", "bad"),
    "warning": ("WARN", "warn"),
    "info": ("info", "dim"),
    "debug": ("dbg ", "dim"),
    "": ("    ", "dim"),
}


def timer(seconds: float) -> str:
    """Return a running clock: `0:04`, `12:41`, `2:14:09`; negative ones with their sign."""
    whole = abs(int(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    shown = f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
    return f"-{shown}" if seconds <= -1 else shown


def budget(seconds: float, look: Look) -> str:
    """Return a span that was agreed on: `15 min`, `2 h`, `1 h 30`, `4 days`."""
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        return look.words("number.days", n=hours // 24)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {rest:02}" if rest else f"{hours} h"


def took(seconds: float, look: Look) -> str:
    """Return a duration that is over: `40 ms`, `2,4 s`, `3 min 05`, `1 h 02`."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s".replace(".", look.words("number.point"))
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest:02}" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02}"


def share(value: float, look: Look) -> str:
    """Return a share in percent, with the space that the language wants."""
    return look.words("number.percent", n=round(value * 100))


def priority(value: Priority, look: Look, *, word: bool = True) -> Line:
    """Return `● P1 critique`; without `word` only `● P1`."""
    name = f"{priority_glyph(value, look.glyphs)} {value.value}"
    return run(f"{name} {look.words(f'priority.{value.value}')}" if word else name, _PRIORITY_ROLES[value])


def priority_glyph(value: Priority, glyphs: Glyphs) -> str:
    """Return the sign of a priority."""
    return {Priority.P1: glyphs.p1, Priority.P2: glyphs.p2, Priority.P3: glyphs.p3, Priority.P4: glyphs.p4}[value]


def step_glyph(state: StepState, glyphs: Glyphs) -> Line:
    """Return the sign of a step's state."""
    return run(getattr(glyphs, state), _STEP_ROLES[state])


def step_word(state: StepState, look: Look) -> Line:
    """Return the word of a step's state."""
    return run(look.words(f"step.{state}"), _STEP_ROLES[state])


def sla_role(left: timedelta, sla_seconds: int) -> Role:
    """Return calm above half, `warn` in the last quarter, `bad` once it is breached."""
    if left <= timedelta(0):
        return "bad"
    return "warn" if left.total_seconds() < sla_seconds / 4 else "strong"


def sla_word(left: timedelta, sla_seconds: int, look: Look) -> str:
    """Return what the SLA's colour says in a word; empty while there is time."""
    role = sla_role(left, sla_seconds)
    return {"bad": look.words("sla.breached"), "warn": look.words("sla.soon")}.get(role, "")


def overrun(seconds: float, budget_seconds: float) -> Role:
    """Return the role of a clock against its budget."""
    return "warn" if seconds > budget_seconds else ""


def level(value: Level) -> Line:
    """Return a log line's level as a word of four cells."""
    return run(*_LEVELS[value])


def round_trip(link: Link, look: Look) -> Line:
    """Return the link's measured round trip, or that it does not answer."""
    if link.cluster_seconds is None:
        return run(look.words("link.down"), "dim")
    return run(f"{link.cluster_seconds * 1000:.0f} ms", "warn" if slow(link) else "dim")


def slow(link: Link) -> bool:
    """Whether the link is slow enough for fewer repaints."""
    return link.cluster_seconds is not None and link.cluster_seconds > 0.4


def confidence(value: float, look: Look) -> Line:
    """Return a confidence as a percentage and a word."""
    name = "sure" if value >= 0.8 else "likely" if value >= 0.5 else "unsure"
    role: Role = "good" if name == "sure" else "warn"
    return join(run(share(value, look) + " ", "dim"), run(look.words(f"confidence.{name}"), role))


def environment(name: str) -> Line:
    """Return an environment spelled out; production stands out."""
    return run(f" {name} ", "badge") if name.upper().startswith("PROD") else run(name, "dim")
