"""Patterns of log lines: how often, when first and last, and what is new since the onset."""

from screens import cells
from screens.line import Line, clip, join, run, said
from screens.look import Look
from store.feed import LogPattern


def pattern_line(pattern: LogPattern, look: Look, width: int, time_zone: str) -> Line:
    """Return a pattern's line: `NEW   412 × ERR  10:00:03→11:42:09  POST /pay <number> …`."""
    word = look.words("logs.new") if pattern.new else ""
    first, last = (
        look.clock(at, time_zone, seconds=True) if at else "--:--:--" for at in (pattern.first, pattern.last)
    )
    return clip(
        join(
            run(f"{word:<4} ", "warn"),
            run(f"{pattern.count:>6} {look.glyphs.times} ", "strong" if pattern.new else ""),
            cells.level(pattern.level),
            run(f" {first}{look.glyphs.arrow}{last} ", "dim"),
            run(said(pattern.template), "" if pattern.new or pattern.level in ("error", "warning") else "dim"),
        ),
        width,
        look.glyphs.ellipsis,
    )
