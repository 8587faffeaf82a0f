"""Durations, instants, money and shares as each language writes them. Pure."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from store.values import Language

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_SYMBOLS = {"eur": "€", "usd": "$", "gbp": "£", "chf": "CHF ", "jpy": "¥", "cad": "CA$", "pln": "PLN "}
_NO_MINOR_UNIT = frozenset({"jpy", "krw", "vnd", "clp", "xof", "xaf", "xpf"})
"""Currencies whose amounts Stripe gives in whole units: https://docs.stripe.com/currencies#zero-decimal."""


def duration(seconds: float, language: Language) -> str:
    """Return `45 s`, `45 min`, `1h45` or `3 j 4h`; in English `1 h 45 min` and `3 d 4 h`."""
    rest = max(0, round(seconds))
    if rest < _MINUTE:
        return f"{rest} s"
    if rest < _HOUR - _MINUTE // 2:
        return f"{round(rest / _MINUTE)} min"
    if rest < 2 * _DAY:
        hours, minutes = divmod(round(rest / _MINUTE), 60)
        return _hours(hours, minutes, language)
    days, hours = divmod(round(rest / _HOUR), 24)
    unit = "j" if language == "fr" else "d"
    return f"{days} {unit} {_hours(hours, 0, language)}" if hours else f"{days} {unit}"


def _hours(hours: int, minutes: int, language: Language) -> str:
    if language == "fr":
        return f"{hours}h{minutes:02}" if minutes else f"{hours}h"
    return f"{hours} h {minutes:02} min" if minutes else f"{hours} h"


def clock(at: datetime, zone: str) -> str:
    """Return `14:00`, in the client's zone."""
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M}"


def due_time(at: datetime, zone: str, language: Language, today: datetime) -> str:
    """Return `14h00` (`14:00` in English), with the day before it where that is not today's."""
    local = at.astimezone(ZoneInfo(zone))
    time = f"{local:%Hh%M}" if language == "fr" else f"{local:%H:%M}"
    return time if local.date() == today.astimezone(ZoneInfo(zone)).date() else f"{day(at, zone)} {time}"


def day(at: datetime, zone: str) -> str:
    """Return `2025-01-09`, in the client's zone."""
    return at.astimezone(ZoneInfo(zone)).date().isoformat()


def zone_name(at: datetime, zone: str) -> str:
    """Return `Europe/Paris, UTC+01:00`: the zone with its offset at that instant."""
    return f"{zone}, UTC{at.astimezone(ZoneInfo(zone)).isoformat()[-6:]}"


def money(minor: float, currency: str, *, about: bool = False) -> str:
    """Return `€850` or `~€850`: whole units from 100 on, cents below. `minor` in Stripe's minor units."""
    code = currency.lower()
    value = minor if code in _NO_MINOR_UNIT else minor / 100
    shown = f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:,.2f}"
    symbol = _SYMBOLS.get(code, f"{code.upper()} ")
    return f"{'~' if about else ''}{symbol}{shown.replace(',', ' ')}"


def count(number: float, *, about: bool = False) -> str:
    """Return `12` or `~12`."""
    return f"{'~' if about else ''}{round(number)}"


def share(value: float | None) -> str:
    """Return `80%`, or a dash where nothing was measured."""
    return "-" if value is None else f"{round(value * 100)}%"


def joined(words: Iterable[str], separator: str = ", ") -> str:
    """Join what is not empty."""
    return separator.join(word for word in words if word)
