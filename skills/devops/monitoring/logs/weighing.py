"""How much one log's hits weigh for each cause, and whether what they tell is over."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from skills.devops.monitoring.logs.causes import CauseSpec, causes
from skills.devops.monitoring.logs.contexts import contexts
from skills.devops.monitoring.logs.levels import level_of
from skills.devops.monitoring.logs.scanning import Hit, Scan

_SOFT_SHARE = 0.25
_INFO_SHARE = 0.25
_TELLING, _WHISPER = 0.5, 0.34
"""A debug line is no symptom, however often it comes; but it may whisper the root of what fails elsewhere."""
_SHORT, _SPAN = 400, 150
"""Lines of a log that is weighed as a whole, and lines in which a longer one's hits count together."""
_AFTERMATH, _RARE, _SOME = 8, 25, 3
"""Lines in which the last failure's own answer may follow; successes to a failed request, and to an error, that still
count as well."""
_FEW, _SERVED, _SERVED_EACH = 3, 8, 4
"""Hits, and errors, that are no outage where so many requests or payments succeed, in all and for each hit."""
_DOORS = 3
"""Names that somebody tries who has none of his own."""
_TAIL = 262_144
"""Bytes at a log's end that are read for what happened after the last hit."""


@dataclass(slots=True)
class Weighed:
    """What a cause's hits in one log come to. `weight` from 1 up says that the cause is there."""

    cause: CauseSpec
    log: Scan
    weight: float
    strongest: float
    hits: list[Hit]
    entries: set[int] = field(default_factory=set)
    over: str = ""
    """Why it is held to be over, else empty."""

    @property
    def first(self) -> int:
        """The first hit's line."""
        return self.hits[0].line

    @property
    def last(self) -> int:
        """The last hit's line."""
        return self.hits[-1].line


def weigh(log: Scan) -> list[Weighed]:
    """Return every cause that has a hit in the log, weighed."""
    by_cause: dict[str, list[Hit]] = {}
    guesses = _guesses(log.hits)
    for hit in log.hits:
        if (hit.sign.cause, hit.line) not in guesses and not _contradicted(hit, log):
            by_cause.setdefault(hit.sign.cause, []).append(hit)
    specific = {hit.entry for key, hits in by_cause.items() if not causes()[key].residual for hit in hits}
    weighed = [_weighed(causes()[key], log, hits, specific) for key, hits in by_cause.items()]
    return [each for each in weighed if each.weight > 0]


def _guesses(hits: Iterable[Hit]) -> set[tuple[str, int]]:
    """The causes and lines of somebody who tries one well-known name after another."""
    names: dict[str, dict[bytes, set[int]]] = {}
    for hit in hits:
        if hit.sign.guessed and (found := hit.sign.guessed.search(hit.text.lower())):
            names.setdefault(hit.sign.cause, {}).setdefault(found["name"], set()).add(hit.line)
    return {
        (cause, line)
        for cause, tried in names.items()
        if len(tried) >= _DOORS
        for lines in tried.values()
        for line in lines
    }


def _weighed(cause: CauseSpec, log: Scan, hits: list[Hit], specific: set[int]) -> Weighed:
    if cause.residual:
        hits = [hit for hit in hits if hit.entry not in specific]
    occurrences: dict[int, float] = {}
    whispered = 0.0
    for hit in hits:
        if hit.level == "debug":
            whispered = max(whispered, strength(hit, cause))
        else:
            occurrences[hit.entry] = max(occurrences.get(hit.entry, 0.0), strength(hit, cause))
    known = [hit for hit in hits if strength(hit, cause) > 0]
    strongest = max((strength(hit, cause) / hit.repeats for hit in known), default=0.0)
    weight = _densest(occurrences, log.lines) + whispered
    result = Weighed(cause, log, weight, strongest, known, {hit.entry for hit in known})
    if known:
        result.over = _over(result) or _harmless(result)
    return result


def _densest(occurrences: dict[int, float], lines: int) -> float:
    """What the occurrences weigh where they stand closest: in a long log, now and then is not an outage."""
    if lines <= _SHORT:
        return sum(occurrences.values())
    ordered = sorted(occurrences.items())
    best = weight = 0.0
    first = 0
    for entry, each in ordered:
        weight += each
        while entry - ordered[first][0] > _SPAN:
            weight -= ordered[first][1]
            first += 1
        best = max(best, weight)
    return best


def strength(hit: Hit, cause: CauseSpec) -> float:
    """What one hit weighs, given its level and its wording."""
    weight = hit.sign.weight * hit.repeats
    if hit.soft and (cause.transient or cause.residual):
        weight *= _SOFT_SHARE
    if hit.level == "info" and not hit.sign.info:
        weight *= _INFO_SHARE
    if hit.level == "debug":
        return _WHISPER if hit.sign.weight >= _TELLING else 0.0
    return weight


def _contradicted(hit: Hit, log: Scan) -> bool:
    sign = hit.sign
    groups: dict[str, str] = {}
    if sign.capture:
        captured = sign.capture.search(hit.text.lower())
        if captured is None:
            return False
        groups = {name: re.escape(value.decode(errors="replace")) for name, value in captured.groupdict().items()}
    if sign.contradicted and re.search(sign.contradicted.format(**groups).encode(), log.lowered):
        return True
    return bool(sign.recovered) and bool(
        re.compile(sign.recovered.format(**groups).encode()).search(log.lowered, hit.start + len(hit.text))
    )


def _over(weighed: Weighed) -> str:
    """Tell why the cause is over: its operation succeeds again and nothing fails any more."""
    log, last = weighed.log, weighed.hits[-1]
    after = log.lowered[last.start + len(last.text) :][-_TAIL:]
    left = log.lines - last.line
    lines = after.split(b"\n")[_AFTERMATH:]
    well, bad = outcomes(lines)
    if bad * _RARE > well or errors(lines) * _SOME > well:
        return ""
    entries = max(1, len(weighed.entries))
    gap = (last.line - weighed.first) / max(1, entries - 1) if entries > 1 else 10
    words = contexts()
    operation = words.succeeded.get(weighed.cause.operation)
    successes = len(operation.findall(after)) if operation else well
    if words.restored.search(after[:20_000]) and (successes or well) and left > 3:
        return "recovered"
    lasting = weighed.cause.transient or weighed.cause.residual
    wait = max(12.0, 4 * gap) if lasting else max(30.0, 6 * gap, log.lines * 0.3)
    return "succeeded" if left > wait and successes >= 3 else ""


def _harmless(weighed: Weighed) -> str:
    """Tell that the shop serves on as if nothing were: a few hits, no failed request, hardly an error of its own.

    Where the cause names its operation, only that operation's successes count: pages that are served say nothing of
    payments.
    """
    log, entries = weighed.log, len(weighed.entries)
    if entries > _FEW or weighed.cause.beside_service:
        return ""
    after = log.lowered[weighed.hits[0].start : weighed.hits[0].start + _TAIL]
    lines = after.split(b"\n")
    well, bad = outcomes(lines)
    if operation := contexts().succeeded.get(weighed.cause.operation):
        well = len(operation.findall(after))
    if bad or well < max(_SERVED, _SERVED_EACH * entries):
        return ""
    fatal = any(level_of(line) == "fatal" for line in lines)
    return "" if fatal or errors(lines) > _FEW else "harmless"


def outcomes(lines: Iterable[bytes]) -> tuple[int, int]:
    """Count the requests that were served and those that failed with 5xx, probes aside."""
    words = contexts()
    well = bad = 0
    for line in lines:
        found = words.status.search(line)
        if found and not words.probed.search(line):
            bad += found[1][:1] == b"5"
            well += found[1][:1] in b"23"
    return well, bad


def errors(lines: Iterable[bytes]) -> int:
    """Count the errors that are the shop's own, and no customer's card or lost visitor's."""
    visitors = contexts().visitors
    return sum(level_of(line) in ("error", "fatal") and not visitors.search(line.lower()) for line in lines)
