"""Text as patterns see it: lower case, no accents, plain quotes; every character keeps its offset."""

import unicodedata
from functools import cache

_PLAIN = {
    "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "‑": "-",
    "‐": "-", "−": "-", "\t": " ", "œ": "o", "Œ": "o", "æ": "a", "Æ": "a", "ß": "s", "×": "x", "\u00a0": " ",
    "\u202f": " ", "\u2009": " ", "\u00ad": "\x00", "\u200b": "\x00", "\u200c": "\x00", "\u200d": "\x00",
}  # fmt: skip


@cache
def _fold_char(char: str) -> str:
    if char in _PLAIN:
        return _PLAIN[char]
    base = unicodedata.normalize("NFKD", char)[:1].lower()
    return base[:1] if len(base) >= 1 else char


class _Table(dict[int, str]):
    """A translation table that is filled as characters are met."""

    def __missing__(self, code: int) -> str:
        self[code] = _fold_char(chr(code))
        return self[code]


_TABLE = _Table()


def fold(text: str) -> str:
    """A string of the same length, so that offsets in it are offsets in `text`."""
    return text.lower().translate(_TABLE) if text.isascii() else text.translate(_TABLE)
