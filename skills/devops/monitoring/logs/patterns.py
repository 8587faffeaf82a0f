"""Thousands of lines as few templates: what varies is masked, equal rests are counted."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from skills.devops.monitoring.logs.entries import Recognised
from skills.devops.monitoring.logs.levels import Level

_MASK = re.compile(
    r"(?P<id>\b(?:req|pi|pm|ch|cus|evt|acct|sub|in|price|cs|seti)_[A-Za-z0-9]{6,}\b)"
    r"|(?P<uuid>\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b)"
    r"|(?P<time>\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)"
    r"|(?P<ip>\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?\b)"
    r"|(?P<text>\"[^\"]{40,}\")"
    r"|(?P<hex>\b(?:0x[0-9a-fA-F]+|(?=[0-9a-f]*\d)[0-9a-f]{7,})\b)"
    r"|(?P<number>(?<![A-Za-z_])\d+(?:[.,]\d+)*)"
)
_WIDEST = 400


@dataclass(frozen=True, slots=True)
class Pattern:
    """A template with how often and when it was seen. `sample` is the first line; `new` means since the onset."""

    template: str
    level: Level
    count: int
    first: datetime | None
    last: datetime | None
    sample: str
    new: bool = False


def template_of(message: str) -> str:
    """The message with what varies replaced by its kind, such as `<number>`."""
    return _MASK.sub(lambda found: f"<{found.lastgroup}>", message[:_WIDEST])


def pattern_view(lines: Iterable[Recognised], onset: datetime | None = None) -> list[Pattern]:
    """Group the lines by template: new since the onset on top, then by severity and count.

    `onset` is aware; a line's time without a zone is read in the onset's.
    """
    found: dict[tuple[Level, str], Pattern] = {}
    for line in lines:
        key = line.level, template_of(line.message)
        known = found.get(key)
        at = _aware(line.at, onset)
        if known is None:
            found[key] = Pattern(key[1], key[0], 1, at, at, line.text)
        else:
            found[key] = replace(known, count=known.count + 1, first=known.first or at, last=at or known.last)
    marked = (replace(each, new=_is_new(each, onset)) for each in found.values())
    return sorted(marked, key=_order)


def _aware(at: datetime | None, onset: datetime | None) -> datetime | None:
    return at.replace(tzinfo=onset.tzinfo) if at and onset and at.tzinfo is None else at


def _is_new(pattern: Pattern, onset: datetime | None) -> bool:
    return onset is not None and pattern.first is not None and pattern.first >= onset


def _order(pattern: Pattern) -> tuple[bool, int, int]:
    severity = ("fatal", "error", "warn", "", "info", "debug").index(pattern.level)
    return not pattern.new, severity, -pattern.count
