"""Where an entry begins, how severe it says it is, and how often an event says that it happened."""

import re
from typing import Literal

Level = Literal["debug", "info", "warn", "error", "fatal", ""]

_PREFIX = re.compile(rb"^(\[pod/[^\]]+\] ?)?(\d{4}-\d\d-\d\d[Tt][\d:.]+[Zz] (?=[\s\d{\[A-Za-z#}]))?")
_CONTINUED = re.compile(
    rb"^(?:\s|$|[}\])]|at [\w$.<]|#\d+ |Caused by|Suppressed:|Traceback|During handling|The above exception"
    rb"|goroutine \d|\(Background|\[stacktrace\]|\[previous|LINE \d|DETAIL:|HINT:|CONTEXT:|\^|\.\.\. \d+ more"
    rb"|created by |net/http\.|main\.|runtime\.|panic\(|--- End|\w+(?:[.\\:]+\w+)*(?:Error|Exception)\b[: ]|note: )"
)
_TABLE_ROW = re.compile(rb"^\s+(?:Warning|Normal) {2,}")
_ANSI = re.compile(rb"\x1b?\[[0-9;]*m")

_NAMED: dict[bytes, Level] = {
    b"trace": "debug", b"debug": "debug", b"dbug": "debug", b"dbg": "debug", b"trce": "debug", b"verbose": "debug",
    b"info": "info", b"inf": "info", b"information": "info", b"notice": "info", b"http": "info", b"log": "info",
    b"warn": "warn", b"warning": "warn", b"wrn": "warn",
    b"error": "error", b"err": "error", b"fail": "error", b"severe": "error",
    b"fatal": "fatal", b"ftl": "fatal", b"critical": "fatal", b"crit": "fatal", b"alert": "fatal", b"emerg": "fatal",
    b"panic": "fatal", b"emergency": "fatal", b"dpanic": "fatal",
}  # fmt: skip
_LONGEST_FIRST: list[bytes] = sorted(_NAMED, key=len, reverse=True)
_NAMES = b"|".join(_LONGEST_FIRST)
_FIELD = re.compile(
    rb'["\']?(?:log\.?)?(?:level|severity|lvl|levelname|level_name|@l|loglevel|priority)["\']?\s*[:=]\s*["\']?(\w+)',
    re.IGNORECASE,
)
_WORD = re.compile(
    rb"(?:^|[\s\[|(.<*])(" + _NAMES.upper() + rb"|Warning|Error|Information|Debug)(?=[\s\]|:).,>*])"
    rb"|\[(" + _NAMES + rb")\]|(?:^|\] ?|\t)(" + _NAMES + rb")(?=:)"
)
_LETTER = re.compile(rb"^([DIWEF])(?:\d{4} |, \[)")
_LETTERS: dict[bytes, Level] = {b"D": "debug", b"I": "info", b"W": "warn", b"E": "error", b"F": "fatal"}
_NUMBERS: dict[bytes, Level] = {
    b"10": "debug", b"20": "debug", b"30": "info", b"40": "warn", b"50": "error", b"60": "fatal",
    b"100": "debug", b"200": "info", b"250": "info", b"300": "warn", b"400": "error", b"500": "fatal",
    b"550": "fatal", b"600": "fatal",
}  # fmt: skip
_PHP = re.compile(rb"PHP message: PHP (Fatal|Parse|Recoverable|Warning|Notice|Deprecated)")
"""What the process manager calls a notice is PHP's own fatal error."""
_PHP_LEVELS: dict[bytes, Level] = {
    b"Fatal": "fatal", b"Parse": "fatal", b"Recoverable": "error", b"Warning": "warn", b"Notice": "info",
    b"Deprecated": "info",
}  # fmt: skip
_TIMES = re.compile(rb"\(x(\d+) over|\bcount[\"']?[:=] ?(\d+)\b|^\S+ \(x(\d+)")


def stripped(line: bytes) -> bytes:
    """The line without its pod prefix, container runtime's time and colours."""
    bare = line[_PREFIX.match(line).end() :]  # type: ignore[union-attr] # every part of it is optional
    return _ANSI.sub(b"", bare) if b"[" in bare[:160] and b"m" in bare[:160] else bare


def continues(line: bytes) -> bool:
    """Whether the line belongs to the entry above it: a stack frame, a cause, a wrapped message."""
    bare = line[_PREFIX.match(line).end() :]  # type: ignore[union-attr] # every part of it is optional
    return bool(_CONTINUED.match(bare)) and not _TABLE_ROW.match(bare)


def level_of(line: bytes) -> Level:
    """How severe the entry says it is; empty where it doesn't."""
    bare = stripped(line)
    if php := _PHP.search(bare):
        return _PHP_LEVELS[php[1]]
    if letter := _LETTER.match(bare):
        return _LETTERS[letter[1]]
    if (bare.startswith(b"{") or b"level=" in bare or b"lvl=" in bare) and (field := _FIELD.search(bare)):
        return _NUMBERS.get(field[1]) or _NAMED.get(field[1].lower(), "")
    if word := _WORD.search(bare[:140]):
        return _NAMED[(word[1] or word[2] or word[3]).lower()]
    return ""


def times(line: bytes) -> int:
    """How often an event of Kubernetes says that it happened, at least 1."""
    found = _TIMES.search(line)
    return max(1, int(next(group for group in found.groups() if group))) if found else 1
