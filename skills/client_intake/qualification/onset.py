"""When it began, as the mail says it: « depuis 10h ce matin », "since last night", « depuis 2 jours »."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from skills.client_intake.folding import fold
from store.values import Language

WINDOW = 64
OLDEST = timedelta(days=92)
_NUMBERS = {
    "un": 1, "une": 1, "an": 1, "a": 1, "one": 1, "deux": 2, "two": 2, "couple of": 2, "trois": 3, "three": 3, "quatre": 4,
    "four": 4, "cinq": 5, "five": 5, "six": 6, "sept": 7, "seven": 7, "huit": 8, "eight": 8, "neuf": 9, "nine": 9, "dix": 10,
    "ten": 10, "douze": 12, "twelve": 12, "quinze": 15, "vingt": 20, "twenty": 20, "trente": 30, "thirty": 30,
}  # fmt: skip
_UNITS = {
    "min": 60,
    "mn": 60,
    "heure": 3600,
    "hour": 3600,
    "h": 3600,
    "hr": 3600,
    "jour": 86400,
    "day": 86400,
    "semaine": 604800,
    "week": 604800,
}
_COUNT = rf"(\d{{1,3}}|{'|'.join(_NUMBERS)})"
_UNIT = r"(minutes?|mins?|mn|heures?|hours?|hrs?|jours?|days?|semaines?|weeks?)"
_DURATION = re.compile(
    rf"(?:depuis|il y a|for the (?:last|past)|(?:down|broken|out|like this|blocked|failing|offline|happening|going on|dead|stuck) for|since|ca fait|cela fait|voila)(?: (?:environ|pres de|plus de|bientot|deja|about|nearly|over|the (?:last|past)|at least|around|maintenant|more than|some)){{0,2}} {_COUNT} {_UNIT}\b"
    rf"|\b{_COUNT} {_UNIT} ago\b"
)
_STRONG = re.compile(r"\b(?:depuis|since|starting|started|commence|debute|debut|a partir de|from|began|beginning)\b")
_WEAK = re.compile(
    r"\b(?:vers|at|around|about|a|hier|yesterday|this morning|ce matin|last night|overnight|cette nuit|timestamped|derniere|last)\b"
)
_CLOCK = re.compile(
    r"(?<![\d.,/#-])(\d{1,2})(?: ?(h|heures?|:|\.) ?(\d{2})?(?!\d)(?::\d{2})?)? ?(am|pm|a\.m|p\.m|ish|o'clock)?(?: ?(utc|gmt|cet|cest|bst|z)\b(?:([+-]\d{1,2}))?)?"
)
_ZONES = {"utc": 0, "gmt": 0, "z": 0, "bst": 1, "cet": 1, "cest": 2}
_WEEKDAYS = {name: index // 2 for index, name in enumerate(
    "lundi monday mardi tuesday mercredi wednesday jeudi thursday vendredi friday samedi saturday dimanche sunday".split()
)}  # fmt: skip
_MONTHS = (
    "janv jan",
    "fev feb",
    "mars mar",
    "avr apr",
    "mai may",
    "juin jun",
    "juil jul",
    "aou aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
_DATE = re.compile(
    r"\b(\d{1,2})(?:er|st|nd|rd|th)? (janv|jan|fev|feb|mars?|avr|apr|mai|may|juin|jun|juil|jul|aou|aug|sep|oct|nov|dec)[a-z]*|\b(\d{1,2})/(\d{1,2})\b(?!\s*%)"
)
_PARTS = (
    (r"midi\b(?! pile)|midday|noon|lunch", 12), (r"minuit|midnight", 0), (r"ce soir|tonight|soir|evening|last night", 20),
    (r"nuit|overnight|night", 0), (r"apres-midi|afternoon|aprem", 14), (r"matin|morning|ouverture|opening|woke up|reveil", 8),
)  # fmt: skip


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
    if match := _DURATION.search(folded):
        count, unit = (match[1], match[2]) if match[1] else (match[3], match[4])
        number = int(count) if count.isdigit() else _NUMBERS[count]
        seconds = next(value for name, value in _UNITS.items() if unit.startswith(name))
        found = Onset(local - timedelta(seconds=number * seconds), text[match.start() : match.end()])
        return found if local - found.at <= OLDEST else None
    for pattern, strong in ((_STRONG, True), (_WEAK, False)):
        for match in list(pattern.finditer(folded))[:20]:
            onset = _read(text, folded, match, local, strong=strong)
            if onset is not None:
                return onset
    return None


def _read(text: str, folded: str, match: re.Match[str], local: datetime, *, strong: bool) -> Onset | None:
    start = match.start() if not strong else match.end()
    window = re.split(
        r"[!?;()«\"]|\.(?!\d)|, (?!vers|around|about|at|a |soit|\d)| que | alors | because | quand ",
        folded[start : start + WINDOW],
    )[0]
    day, dated = _day(window, local)
    clock = _clock(window if not dated else _DATE.sub(" ", window), local)
    if clock is None and day is None:
        return None
    if clock is None and not strong:
        return None
    if clock is not None:
        hour, minute, zone = clock
        base = (day or local).astimezone(zone) if zone else (day or local)
        at = base.replace(hour=hour, minute=minute, second=0, microsecond=0)
        if strong and day is None and at > local + timedelta(minutes=5):
            at -= timedelta(days=1)
    else:
        at = _part(window, day or local)
    fits = local - OLDEST <= at <= local + timedelta(minutes=5)
    words = " ".join(text[match.start() : start + len(window)].split())
    return Onset(at.astimezone(local.tzinfo), words) if fits else None


def _day(window: str, local: datetime) -> tuple[datetime | None, bool]:
    """The day that the words name at midnight, None where they name none; and whether by a date."""
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    back: int | None = None
    if re.search(r"avant-hier|avant hier|day before yesterday", window):
        back = 2
    elif re.search(r"\bhier\b|yesterday|last night|la veille", window):
        back = 1
    elif re.search(
        r"aujourd'hui|today|ce matin|this morning|cette nuit|overnight|this afternoon|cet apres-midi|ce midi|ce soir|tonight",
        window,
    ):
        back = 0
    elif re.search(r"week-?end", window):
        back = (local.weekday() - 5) % 7 or 7
    elif found := next((index for name, index in _WEEKDAYS.items() if re.search(rf"\b{name}\b", window)), None):
        back = (local.weekday() - found) % 7 or (7 if re.search(r"dernier|last", window) else 0)
    elif re.search(r"\b(lundi|monday)\b", window):
        back = local.weekday() or (7 if re.search(r"dernier|last", window) else 0)
    if back is not None:
        return midnight - timedelta(days=back), False
    if match := _DATE.search(window):
        return _dated(match, midnight), True
    return None, False


def _dated(match: re.Match[str], midnight: datetime) -> datetime | None:
    if match[1]:
        day, month = (
            int(match[1]),
            next(i for i, names in enumerate(_MONTHS, 1) if any(n in match[2] for n in names.split())),
        )
    else:
        day, month = int(match[3]), int(match[4])
    try:
        at = midnight.replace(month=month, day=day)
        return at if at <= midnight else at.replace(year=at.year - 1)
    except ValueError:
        return None


def _clock(window: str, local: datetime) -> tuple[int, int, tzinfo | None] | None:
    """An hour that is marked as one: `10h`, `09:58 UTC`, `8pm`, `around 8`."""
    for match in _CLOCK.finditer(window):
        hour, minute = int(match[1]), int(match[3] or 0)
        marked = bool(match[2] and (match[2] != "." or match[4])) or bool(match[4])
        follows = window[match.end() : match.end() + 3].strip(" ,")
        bare = (
            not marked
            and not follows
            and re.search(r"(at|since|around|about|vers|from|past) $", " " + window[: match.start()].lstrip())
        )
        at_edge = not marked and match.start() <= 1 and (not follows or follows.startswith(("th", "ye", "to", "on")))
        if not (marked or bare or at_edge) or hour > 24 or minute > 59:
            continue
        suffix = match[4] or ""
        if suffix.startswith("p") and hour < 12:
            hour += 12
        if (
            not suffix
            and hour <= 12
            and re.search(r"last night|yesterday evening|this afternoon", window)
            and hour < 12
        ):
            hour += 12
        zone = timezone(timedelta(hours=_ZONES[match[5]] + int(match[6] or 0))) if match[5] else None
        return hour % 24, minute, zone
    for pattern, hour in _PARTS[:2]:
        if re.search(pattern, window):
            return hour, 0, None
    return None


def _part(window: str, day: datetime) -> datetime:
    for pattern, hour in _PARTS:
        if re.search(pattern, window):
            return day.replace(hour=hour, minute=0, second=0, microsecond=0)
    return day
