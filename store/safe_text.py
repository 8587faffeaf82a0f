"""Foreign text made harmless: secrets become a marked short form, everything else becomes plain text.

Both are linear, total and idempotent. What stands in a journal, on a screen or in an export has been
through `redact`; what a terminal is given has been through `plain`.
"""

import hashlib
import hmac
import os
import re
import secrets
import unicodedata
from functools import lru_cache
from pathlib import Path

_SESSION_KEY = secrets.token_bytes(32)
_key = _SESSION_KEY

_PATTERNS = (
    r"(?P<stripe>\b(?:(?:sk|rk|pk)_(?:live|test)|whsec)_[A-Za-z0-9_]{8,})",
    r"(?P<aws>\b(?:AKIA|ASIA)[A-Z0-9]{16}\b)",
    r"(?P<github>\bgh[pousr]_[A-Za-z0-9]{20,}|\bglpat-[A-Za-z0-9_-]{16,}|\bxox[abprs]-[A-Za-z0-9-]{10,})",
    r"(?P<jwt>\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{6,})",
    r"(?P<pem>-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[A-Za-z0-9+/=\s\\]{0,20000}(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?)",
    r"(?P<url>(?<=://)[^\s/@:'\"<>]{0,200}:(?!‹)[^\s/@'\"<>]{1,400}(?=@))",
    r"(?P<auth>(?<=(?i:bearer) )[A-Za-z0-9._~+/=-]{12,}|(?<=(?i:basic) )[A-Za-z0-9+/=]{8,})",
    (
        r"(?P<named>(?i:(?:password|passwd|pwd|secret|api_?key|access_?key|auth_?token|token)[\"']?\s{0,3}[=:]\s{0,3}[\"']?)"
        r"(?P<value>(?!‹)[^\s\"',;&<>(){}\[\]]{6,400}))"
    ),
    r"(?P<pan>(?<![\d.])(?:\d[ -]?){12,18}\d(?![\d.]))",
)
_SECRET = re.compile("|".join(_PATTERNS))
_STRIPE_KIND = re.compile(r"(?:(?:sk|rk|pk)_(?:live|test)|whsec)_")
_MASKED = re.compile(r"\*{5,}")
_CARD = re.compile(r"4|5[1-5]|2[2-7]|3[47]|6|3[068]")


def use_key(key: bytes) -> None:
    """Fingerprint secrets under this key from now on, so that equal ones stay equal over restarts."""
    global _key  # noqa: PLW0603 one key a process
    _key = key
    _mark.cache_clear()


def load_key(path: Path) -> bytes:
    """Return the key in the file, made at the first use with mode 0600."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = secrets.token_bytes(32)
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "wb") as stream:
        stream.write(fresh)
        os.fsync(stream.fileno())
    try:
        os.link(temporary, path)
    except FileExistsError:
        return path.read_bytes()
    else:
        return fresh
    finally:
        temporary.unlink()


@lru_cache(maxsize=4096)
def _mark(secret: str) -> str:
    return f"…‹{hmac.new(_key, secret.encode(errors='replace'), hashlib.sha256).hexdigest()[:4]}›"


def redact(text: str) -> str:
    """Return the text with every secret in its short form, such as `sk_live_…‹a1b2›`.

    Equal secrets have equal fingerprints. A key that its own service has masked (`sk_live_****abcd`) is
    left alone, but for the length of its mask. Card numbers are those that start as an issuer's do: an
    instant in milliseconds is none.
    """
    return _MASKED.sub("****", _SECRET.sub(_short, text))


def _short(match: re.Match[str]) -> str:
    found = match.group(0)
    kind = match.lastgroup if match.lastgroup != "value" else "named"
    if kind == "stripe":
        prefix = _STRIPE_KIND.match(found)
        return (prefix.group(0) if prefix else "") + _mark(found)
    if kind == "pan":
        digits = re.sub(r"\D", "", found)
        return f"{digits[:6]}{_mark(digits)}" if _luhn(digits) else found
    if kind == "named":
        value = match.group("value")
        inner = _SECRET.sub(_short, value)
        shown = inner if inner != value or "****" in value or value.startswith(("$", "…")) else _mark(value)
        return found[: len(found) - len(value)] + shown
    if kind == "url":
        user, _, password = found.partition(":")
        return f"{user}:{_mark(password)}"
    if kind == "pem":
        return f"-----PRIVATE KEY{_mark(found)}-----"
    return found[:4] + _mark(found)


def _luhn(digits: str) -> bool:
    if not 13 <= len(digits) <= 19 or len(set(digits)) == 1 or not _CARD.match(digits):
        return False
    doubled = (int(d) * (2 if n % 2 else 1) for n, d in enumerate(reversed(digits)))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_MARKS = {"Mn", "Me"}
_MOST_MARKS = 3
_PLAIN = re.compile(r"[\x20-\x7e\u00a0-\u00ac\u00ae-\u024f\u2010-\u2027\u2030-\u205e\u20a0-\u20bf]*\Z")


def plain(text: str, *, lines: bool = False) -> str:
    """Return the text as a terminal may be given it: no control, escape, bidi or invisible character.

    What is hidden is shown: ESC as `␛`, others as `‹U+202E›`. Line breaks and tabs become spaces,
    unless `lines` keeps breaks. Combining marks beyond three on a character are dropped.
    """
    if _PLAIN.match(text):
        return text
    shown: list[str] = []
    marks = 0
    for char in text:
        kind = unicodedata.category(char)
        if kind in _MARKS:
            marks += 1
            if marks <= _MOST_MARKS:
                shown.append(char)
            continue
        marks = 0
        shown.append(_visible(char, lines=lines) if kind in _HIDDEN else char)
    return "".join(shown)


def _visible(char: str, *, lines: bool) -> str:
    if char == "\n" and lines:
        return char
    if char in "\n\t\r\x0b\x0c\u2028\u2029":
        return "" if char == "\r" else " "
    if ord(char) < 0x20:
        return chr(0x2400 + ord(char))
    if ord(char) == 0x7F:
        return "␡"
    return f"‹U+{ord(char):04X}›"
