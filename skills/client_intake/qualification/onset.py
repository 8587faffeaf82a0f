"""When it began, as the mail says it: « depuis 10h ce matin », "since last night", « depuis 2 jours »."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from skills.client_intake.folding import fold
from skills.client_intake.knowledge import table
from store.values import Language

WINDOW = 64
OLDEST = timedelta(days=92)
_ZONES = {"utc": 0, "gmt": 0, "z": 0, "bst": 1, "cet": 1, "cest": 2}
_CLOCK = re.compile(
    r"(?<![\d.,/#-])(\d{1,2})(?: ?(h|heures?|:|\.) ?(\d{2})?(?!\d)(?::\d{2})?)?"
    r" ?(am|pm|a\.m|p\.m|ish|o'clock)?(?: ?(utc|gmt|cet|cest|bst|z)\b(?:([+-]\d{1,2}))?)?"
)
_CLAUSE_END = re.compile(r"[!?;()«\"]|\.(?!\d)|, (?!vers|around|about|at|a |soit|\d)| que | alors | because | quand ")
_BEFORE_BARE_HOUR = re.compile(r"\b(at|since|around|about|vers|from|past) $")
_EVENING = re.compile(r"last night|yesterday evening|this afternoon")


@dataclass(frozen=True, slots=True)
class _Words:
    """The compiled vocabulary of `onset.toml`."""

    duration: re.Pattern[str]
    strong: re.Pattern[str]
    weak: re.Pattern[str]
    date: re.Pattern[str]
    days: tuple[tuple[re.Pattern[str], int], ...]
    weekdays: tuple[re.Pattern[str], ...]
    months: tuple[tuple[str, ...], ...]
    parts: tuple[tuple[re.Pattern[str], int, bool], ...]


@cache
def _vocabulary() -> _Words:
    data = table("onset")
    count = rf"(\d{{1,3}}|{'|'.join(data['numbers'])})"
    unit = rf"((?:{'|'.join(data['units'])})[a-z]*)"
    openers, about = "|".join(data["duration_openers"]), "|".join(data["about"])
    months = tuple(tuple(names.split()) for names in data["months"])
    month = "|".join(sorted((name for names in months for name in names), key=len, reverse=True))
    return _Words(
        duration=re.compile(rf"(?:{openers})(?: (?:{about})){{0,2}} {count} {unit}\b|\b{count} {unit} ago\b"),
        strong=re.compile(rf"\b(?:{'|'.join(data['strong'])})\b"),
        weak=re.compile(rf"\b(?:{'|'.join(data['weak'])})\b"),
        date=re.compile(rf"\b(\d{{1,2}})(?:er|st|nd|rd|th)? ({month})[a-z]*|\b(\d{{1,2}})/(\d{{1,2}})\b(?!\s*%)"),
        days=tuple((re.compile(day["names"]), day["back"]) for day in data["days"]),
        weekdays=tuple(re.compile(rf"\b(?:{'|'.join(names.split())})\b") for names in data["weekdays"]),
        months=months,
        parts=tuple((re.compile(part["names"]), part["hour"], part.get("exact", False)) for part in data["parts"]),
    )


@dataclass(frozen=True, slots=True)
class Onset:
    """The instant, and the mail's words for it."""

    at: datetime
    words: str


def sender_zone(sent_at: datetime, language: Language, domain: str, configured: str = "") -> tzinfo:
    """The client's configured zone, else the Date header's offset; Exchange writes +0000, which tells no zone."""
    named = configured
    if not named and not sent_at.utcoffset():
        named = "Europe/London" if domain.endswith(".uk") else "Europe/Paris" if language == "fr" else ""
    if named:
        try:
            return ZoneInfo(named)
        except (ZoneInfoNotFoundError, ValueError):
            pass
    return sent_at.tzinfo or timezone(timedelta())


def onset_of(text: str, sent_at: datetime, zone: tzinfo) -> Onset | None:
    """The first instant that the text gives for the beginning; None where it gives none, or one that is to come."""
    folded = fold(text[:6000]).replace("\n", " ")
    local = sent_at.astimezone(zone)
    words = _vocabulary()
    if match := words.duration.search(folded):
        count, unit = (match[1], match[2]) if match[1] else (match[3], match[4])
        data = table("onset")
        number = int(count) if count.isdigit() else data["numbers"][count]
        seconds = next(value for name, value in data["units"].items() if unit.startswith(name))
        found = Onset(local - timedelta(seconds=number * seconds), text[match.start() : match.end()])
        return found if local - found.at <= OLDEST else None
    for pattern, strong in ((words.strong, True), (words.weak, False)):
        for match in list(pattern.finditer(folded))[:20]:
            onset = _read(text, folded, match, local, strong=strong)
            if onset is not None:
                return onset
    return None


def _read(text: str, folded: str, match: re.Match[str], local: datetime, *, strong: bool) -> Onset | None:
    start = match.end() if strong else match.start()
    window = _CLAUSE_END.split(folded[start : start + WINDOW])[0]
    day, dated = _day(window, local)
    clock = _clock(_vocabulary().date.sub(" ", window) if dated else window)
    if clock is None and (day is None or not strong):
        return None
    if clock is None:
        at = _part(window, day or local)
    else:
        hour, minute, zone = clock
        base = (day or local).astimezone(zone) if zone else (day or local)
        at = base.replace(hour=hour, minute=minute, second=0, microsecond=0)
        if strong and day is None and at > local + timedelta(minutes=5):
            at -= timedelta(days=1)
    fits = local - OLDEST <= at <= local + timedelta(minutes=5)
    words = " ".join(text[match.start() : start + len(window)].split())
    return Onset(at.astimezone(local.tzinfo), words) if fits else None


def _day(window: str, local: datetime) -> tuple[datetime | None, bool]:
    """The day that the words name at midnight, None where they name none; and whether by a date."""
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    words = _vocabulary()
    for pattern, back in words.days:
        if pattern.search(window):
            return midnight - timedelta(days=back), False
    if re.search(r"week-?end", window):
        return midnight - timedelta(days=(local.weekday() - 5) % 7 or 7), False
    for number, pattern in enumerate(words.weekdays):
        if pattern.search(window):
            back = (local.weekday() - number) % 7 or (7 if re.search(r"dernier|last", window) else 0)
            return midnight - timedelta(days=back), False
    if match := words.date.search(window):
        return _dated(match, midnight), True
    return None, False


def _dated(match: re.Match[str], midnight: datetime) -> datetime | None:
    """The last such day before now."""
    if match[1]:
        months = _vocabulary().months
        day = int(match[1])
        month = next(number for number, names in enumerate(months, 1) if match[2] in names)
    else:
        day, month = int(match[3]), int(match[4])
    try:
        at = midnight.replace(month=month, day=day)
        return at if at <= midnight else at.replace(year=at.year - 1)
    except ValueError:
        return None


def _clock(window: str) -> tuple[int, int, tzinfo | None] | None:
    """An hour that is marked as one: `10h`, `09:58 UTC`, `8pm`, `around 8`; with its zone where one is named."""
    for match in _CLOCK.finditer(window):
        hour, minute, suffix = int(match[1]), int(match[3] or 0), match[4] or ""
        if not _is_hour(match, window) or hour > 24 or minute > 59:
            continue
        evening = suffix.startswith("p") or (not suffix and _EVENING.search(window))
        zone = timezone(timedelta(hours=_ZONES[match[5]] + int(match[6] or 0))) if match[5] else None
        return (hour + 12 if evening and hour < 12 else hour) % 24, minute, zone
    for pattern, hour, exact in _vocabulary().parts:
        if exact and pattern.search(window):
            return hour, 0, None
    return None


def _is_hour(match: re.Match[str], window: str) -> bool:
    """A bare number is an hour only after a word such as "at", or alone behind "since"."""
    if match[4] or (match[2] and match[2] != "."):
        return True
    follows = window[match.end() : match.end() + 3].strip(" ,")
    if not follows and _BEFORE_BARE_HOUR.search(window[: match.start()]):
        return True
    return match.start() <= 1 and (not follows or follows.startswith(("th", "ye", "to", "on")))


def _part(window: str, day: datetime) -> datetime:
    for pattern, hour, _ in _vocabulary().parts:
        if pattern.search(window):
            return day.replace(hour=hour, minute=0, second=0, microsecond=0)
    return day
