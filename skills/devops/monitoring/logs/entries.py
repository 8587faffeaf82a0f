"""One line of a log as what it says: level, time, message, status and pod, whatever wrote it."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from skills.devops.monitoring.logs.levels import Level, level_of, stripped

_POD = re.compile(r"^\[pod/([^/\]]+)(?:/([^\]]+))?\] ?")
_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_RUNTIME_TIME = re.compile(r"^(\d{4}-\d\d-\d\dT[\d:.]+Z) ")
_ISO = re.compile(
    r"(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?\s?(Z\b|UTC\b|[+-]\d\d:?\d\d)?"
)
_CLF = re.compile(r"(\d\d)/(\w{3})/(\d{4}):(\d\d):(\d\d):(\d\d) ?([+-]\d{4})?")
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS = {name: number for number, name in enumerate(_NAMES, 1)}
_LOGFMT = re.compile(r'(?:^|\s)([\w.@]+)=("(?:[^"\\]|\\.)*"|\S*)')
_STATUS = re.compile(
    r'(?:" |\bHTTP/[\d.]+"? |\bstatus(?:_?[cC]ode)?["\']?[:= ]+"?|\bresp=|Completed |response_code=|'
    r"\b(?:GET|POST|PUT|PATCH|DELETE|HEAD) /\S* (?:- )?)([1-5]\d\d)\b"
)
_LEVEL_HEAD = re.compile(
    r"^(?:\[?(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|CRITICAL|FATAL|SEVERE)\]?\b:?"
    r"|[DIWEF], \[[^\]]*\] +\w+ -- : ?)\s*"
)
_MESSAGES = ("msg", "message", "event", "log", "@m", "@mt", "short_message", "text")
_TIMES = ("time", "timestamp", "ts", "@timestamp", "@t", "datetime", "date", "t", "eventTime")
_STATUSES = ("status", "statusCode", "status_code", "response_code", "StatusCode", "resp", "httpStatus")


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a line says. `at` is None without a time of its own, naive where it names no zone; `status` is HTTP's."""

    text: str
    level: Level = ""
    at: datetime | None = None
    message: str = ""
    status: int | None = None
    pod: str = ""
    container: str = ""


def recognise(line: str) -> Recognised:
    """Read one line, without its line break. Never fails: what isn't understood is the message."""
    pod, container, rest = _pod(line)
    runtime = _RUNTIME_TIME.match(rest)
    bare = _COLOURS.sub("", rest[runtime.end() :] if runtime else rest)
    fields = _fields(bare)
    own = _field_time(fields) or _time(bare[:120])
    at = _time(runtime[1]) if runtime else None
    if own and (own.tzinfo or at is None):
        at = own
    return Recognised(
        text=bare,
        level=level_of(stripped(bare.encode(errors="replace"))),
        at=at,
        message=_message(fields, bare),
        status=_status(fields, bare),
        pod=pod,
        container=container,
    )


def _pod(line: str) -> tuple[str, str, str]:
    found = _POD.match(line)
    return (found[1], found[2] or "", line[found.end() :]) if found else ("", "", line)


def _fields(bare: str) -> dict[str, Any]:
    """The line's fields, where it is a JSON object or logfmt; `res.statusCode` of pino-http is lifted."""
    if bare.startswith("{") and bare.rstrip().endswith("}"):
        try:
            found = json.loads(bare)
        except ValueError:
            return {}
        inner = found.get("res")
        return {**inner, **found} if isinstance(inner, dict) else found
    if "=" not in bare or not re.match(r"[\w.@]+=", bare):
        return {}
    return {name: _unquoted(value) for name, value in _LOGFMT.findall(bare)}


def _unquoted(value: str) -> str:
    return value[1:-1].replace('\\"', '"').replace("\\n", "\n") if value.startswith('"') else value


def _message(fields: dict[str, Any], bare: str) -> str:
    for name in _MESSAGES:
        if isinstance(fields.get(name), str) and fields[name]:
            error = fields.get("err") or fields.get("error") or fields.get("exception")
            if isinstance(error, dict):
                error = error.get("message")
            return f"{fields[name]}: {error}" if isinstance(error, str) and error else str(fields[name])
    found = _ISO.search(bare[:60]) or _CLF.search(bare[:20])
    rest = bare[found.end() :].lstrip(" ]|-\t") if found and found.start() < 3 else bare
    return _LEVEL_HEAD.sub("", rest).strip() or bare.strip()


def _status(fields: dict[str, Any], bare: str) -> int | None:
    for name in _STATUSES:
        value = str(fields.get(name, ""))
        if value.isdigit() and 100 <= int(value) < 600:
            return int(value)
    found = _STATUS.search(bare) if not fields else None
    return int(found[1]) if found else None


def _field_time(fields: dict[str, Any]) -> datetime | None:
    for name in _TIMES:
        value = fields.get(name)
        if isinstance(value, str) and (found := _time(value)):
            return found
        if isinstance(value, int | float) and not isinstance(value, bool) and value > 10**8:
            return _epoch(value)
    return None


def _epoch(value: float) -> datetime | None:
    for unit in (1, 10**3, 10**6, 10**9):
        if value / unit < 10**10:
            return datetime.fromtimestamp(value / unit, UTC)
    return None


def _time(text: str) -> datetime | None:
    if found := _ISO.search(text):
        micro = int((found[7] or "0")[:6].ljust(6, "0"))
        return _made([int(each) for each in found.groups()[:6]], micro, found[8])
    if found := _CLF.search(text):
        date = [int(found[3]), _MONTHS.get(found[2], 0), int(found[1])]
        return _made([*date, *(int(found[group]) for group in (4, 5, 6))], 0, found[7])
    return None


def _made(parts: Sequence[int], micro: int, zone: str | None) -> datetime | None:
    year, month, day, hour, minute, second = parts
    try:
        return datetime(year, month, day, hour, minute, second, micro, tzinfo=_zone(zone))
    except ValueError:
        return None


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    if text in ("Z", "UTC"):
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))
