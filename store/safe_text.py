"""Foreign text made harmless: secrets become a marked short form, everything else becomes plain text.

What stands in a journal, on a screen or in an export has been through `redact`; what a terminal is
given has been through `plain`. Both are linear, total and idempotent.
"""

import re
import unicodedata

from store.redaction import load_key, redact, use_key

__all__ = ["load_key", "plain", "redact", "use_key"]

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_INVISIBLE = frozenset(
    code
    for first, last in (
        (0x034F, 0x034F),
        (0x115F, 0x1160),
        (0x17B4, 0x17B5),
        (0x180B, 0x180F),
        (0x3164, 0x3164),
        (0xFE00, 0xFE0D),
        (0xFFA0, 0xFFA0),
        (0xE0100, 0xE01EF),
    )
    for code in range(first, last + 1)
)
"""Letters and marks that take no ink: fillers, and the selectors that can smuggle a text."""
_MOST_MARKS = 3
_FLOOD = re.compile(r"[^\x00-\u02ff]{4,}")
"""Where more than three marks in a row can be: combining marks begin at U+0300."""
_BREAKS = frozenset(map(ord, "\n\t\x0b\x0c\u2028\u2029\x85"))


class _Shown(dict[int, str]):
    """Each character as it is shown, found out when it is first met."""

    def __init__(self, kept: str) -> None:
        super().__init__({ord(char): char for char in kept})

    def __missing__(self, code: int) -> str:
        self[code] = _visible(code)
        return self[code]


def _visible(code: int) -> str:
    if code in _BREAKS:
        return " "
    if unicodedata.category(chr(code)) not in _HIDDEN and code not in _INVISIBLE:
        return chr(code)
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"‹U+{code:04X}›"


_ONE_LINE, _LINES = _Shown(""), _Shown("\n")


def plain(text: str, *, lines: bool = False) -> str:
    """Return the text as a terminal may be given it: no control, escape, bidi or invisible character.

    What is hidden is shown: ESC as `␛`, others as `‹U+202E›`. Line breaks and tabs become spaces,
    unless `lines` keeps breaks. Combining marks beyond three on a character are dropped.
    """
    if text.isascii() and text.isprintable():
        return text
    shown = text.replace("\r\n", "\n").translate(_LINES if lines else _ONE_LINE)
    return shown if shown.isascii() else _FLOOD.sub(_without_flood, shown)


def _without_flood(match: re.Match[str]) -> str:
    kept: list[str] = []
    marks = 0
    for char in match.group(0):
        marks = marks + 1 if unicodedata.category(char) in {"Mn", "Me"} else 0
        if marks <= _MOST_MARKS:
            kept.append(char)
    return "".join(kept)
