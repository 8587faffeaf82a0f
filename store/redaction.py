"""Secrets become a marked short form, such as `sk_live_…‹a1b2›`, where text is captured.

Each rule is one linear pass over the text; the wider ones come first. A mark is a fingerprint under a
key of this installation: equal secrets are seen to be equal, and none can be guessed from its mark.
"""

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path

from store.files import make_directory, unwritable

Match = re.Match[str]

_key = secrets.token_bytes(32)


def use_key(key: bytes) -> None:
    """Fingerprint secrets under this key from now on, so that equal ones stay equal over restarts."""
    global _key  # noqa: PLW0603 one key a process
    _key = key


def load_key(path: Path) -> bytes:
    """Return the key in the file, made at the first use with mode 0600; it lies outside the store.

    Raises:
        Unwritable: it can be neither read nor made.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        pass
    except OSError as error:
        raise unwritable(path, error) from error
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        make_directory(path.parent)
        fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(fd, "wb") as stream:
            stream.write(secrets.token_bytes(32))
            stream.flush()
            os.fsync(fd)
        _link(temporary, path)
        return path.read_bytes()
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def _link(temporary: Path, path: Path) -> None:
    """Give the file its name, unless another process was first: then its key is the key."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        return


def _mark(secret: str) -> str:
    return f"…‹{hmac.digest(_key, secret.encode(errors='replace'), hashlib.sha256).hex()[:4]}›"


def redact(text: str) -> str:
    """Return the text with every secret in its short form. Linear and idempotent.

    A key that its own service has masked (`sk_live_****abcd`) is left alone, but for the length of its
    mask. Card numbers are those that start as an issuer's do: an instant in milliseconds is none.
    """
    while (marked := _marked(text)) != text:  # a secret may come to light when its neighbour is marked
        text = marked
    return text


def _marked(text: str) -> str:
    folded = text.lower()
    for needles, pattern, short in _RULES:
        if any(needle in folded for needle in needles):
            text = pattern.sub(short, text)
    return _MASKED.sub("****", _without_cards(text))


_MARKED = re.compile(r"\\?[\"']?[\w-]{0,16}…‹[0-9a-f]{4}›")
_VARIABLE = re.compile(r"\$\{?\w+\}?")
_NOTHING = frozenset(("null", "none", "true", "false", "undefined", "required", "missing", "expired", "invalid"))
_MASKED = re.compile(r"\*{5,}")

_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
    r"(?:(?!-----END)[\s\S]){0,20000}(?:-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?"
)
_URL_PASSWORD = re.compile(r"(?<=://)([^\s/@:'\"<>‹›]{0,200}:)([^\s/@'\"<>‹›]{1,400})(?=@)")
_PREFIXED = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"(?P<stripe>(?:[srpe]k(?:_org)?_(?:live|test)|whsec)_)[A-Za-z0-9_]{8,}"
    r"|(?P<intent>(?:pi|seti|cs|src)_[A-Za-z0-9]{3,64}_secret_)[A-Za-z0-9]{8,}"
    r"|(?P<aws>AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])"
    r"|(?P<github>gh[pousr]_|github_pat_|npm_)[A-Za-z0-9_]{20,}"
    r"|(?P<other>glpat-|xox[abeprs]-|AIza|SG\.)[A-Za-z0-9._-]{16,}"
    r"|(?P<jwt>eyJ)[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{6,}"
    r")"
)
_SCHEME = re.compile(r"(?i:\b(?:bearer|basic)[ \t]{1,4})(?=[^\s\"']{0,200}[0-9=])([A-Za-z0-9._~+/=-]{8,})")
_VALUE = (
    r"(?P<value>\\[\"'](?:[^\"'\\\n]|\\[^\"'\n])+|\"(?:[^\"\\\n]|\\.)+|'(?:[^'\\\n]|\\.)+|[^\s\"',;&<>(){}\[\]\\]{4,})"
)
_HEADER = re.compile(
    r"(?i:(?:proxy-)?authorization)\\?[\"']?\s{0,3}[:=]\s{0,3}(?:(?i:bearer|basic|token|apikey|digest)[ \t]{1,4})?"
    + _VALUE
)
_NAMED = re.compile(
    r"(?i:pass(?:word|wd|phrase|code)?|pwd|secret(?:[-_ ]?(?:access[-_ ]?)?key)?"
    r"|(?:api|access|private|signing)[-_ ]?key|token|credentials?)\\?[\"']?\s{0,3}[=:]\s{0,3}" + _VALUE
)
_CARD = re.compile(
    r"(?<!\d)(?<!\d\.)(?:\d{13,19}|\d{4}([ \u00a0-])\d{4}\1\d{4}\1\d{1,7}|\d{4}([ \u00a0-])\d{6}\2\d{4,5})(?!\.?\d)"
)
_ISSUER = re.compile(r"4|5[1-5]|2[2-7]|3[47]|6|3[0568]")


def _prefixed(match: Match) -> str:
    prefix = match.group(match.lastgroup or 0)
    return prefix + _mark(match.group(0))


def _valued(match: Match) -> str:
    """Keep the name, the sign and the quote; an empty, masked or marked value is none."""
    value = match.group("value")
    quote = value[: len(value) - len(value.lstrip("\\\"'"))]
    bare = value[len(quote) :]
    if _MARKED.match(value) or _VARIABLE.fullmatch(bare) or "***" in bare or bare.lower().rstrip(".!:?") in _NOTHING:
        return match.group(0)
    if not bare:
        return match.group(0)
    return match.group(0)[: -len(value)] + quote + _mark(bare)


# What a rule looks for is first looked for in its simplest form: most lines hold no secret.
_RULES: tuple[tuple[tuple[str, ...], re.Pattern[str], Callable[[Match], str]], ...] = (
    (("-----begin",), _PRIVATE_KEY, lambda match: f"-----PRIVATE KEY{_mark(match.group(0))}-----"),
    (("://",), _URL_PASSWORD, lambda match: match.group(1) + _mark(match.group(2))),
    (
        ("_live_", "_test_", "whsec_", "_secret_", "akia", "asia", "gh", "npm_", "glpat-", "xox", "aiza", "sg.", "eyj"),
        _PREFIXED,
        _prefixed,
    ),
    (("authorization",), _HEADER, _valued),
    (("bearer", "basic"), _SCHEME, lambda match: match.group(0)[: -len(match.group(1))] + _mark(match.group(1))),
    (("pass", "pwd", "secret", "key", "token", "credential"), _NAMED, _valued),
)


def _without_cards(text: str) -> str:
    """Mark card numbers; where one is none, the next group of digits may begin one."""
    kept, end = [], 0
    found = _CARD.search(text)
    while found:
        digits = re.sub(r"\D", "", found.group(0))
        if _is_card(digits):
            kept += [text[end : found.start()], "card", _mark(digits)]
            end = found.end()
        found = _CARD.search(text, max(end, found.start() + 1))
    return "".join((*kept, text[end:]))


def _is_card(digits: str) -> bool:
    if not 13 <= len(digits) <= 19 or len(set(digits)) == 1 or not _ISSUER.match(digits):
        return False
    doubled = (int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0
