"""The signs of the screens, with a fallback where the locale is not UTF-8. A word stands by each where it matters."""

from dataclasses import dataclass
from unicodedata import normalize

from rich.cells import cell_len


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One sign for each meaning; every one is a single cell."""

    done: str = "✔"
    failed: str = "✖"
    running: str = "▶"
    waiting: str = "○"
    skipped: str = "–"
    person: str = "▲"
    p1: str = "●"
    p2: str = "◐"
    p3: str = "○"
    p4: str = "·"
    opened: str = "▾"
    folded: str = "▸"
    cursor: str = "▌"
    rule: str = "─"
    gutter: str = "│"
    tee: str = "┬"
    up_tee: str = "┴"
    arrow: str = "→"
    dot: str = "·"
    ellipsis: str = "…"
    more: str = "↓"
    mark: str = "◆"
    gap: str = "┄"
    times: str = "×"


UNICODE = Glyphs()
ASCII = Glyphs(
    done="+",
    failed="x",
    running=">",
    waiting=".",
    skipped="-",
    person="!",
    p1="#",
    p2="=",
    p3="-",
    p4=".",
    opened="v",
    folded=">",
    cursor="|",
    rule="-",
    gutter="|",
    tee="+",
    up_tee="+",
    arrow=">",
    dot="-",
    ellipsis="~",
    more="v",
    mark="*",
    gap="-",
    times="x",
)


_SPELLED = str.maketrans(
    {
        "«": '"',
        "»": '"',
        "“": '"',
        "”": '"',
        "’": "'",
        "…": ".",
        "·": "-",
        "→": ">",
        "←": "<",
        "↑": "^",
        "↓": "v",
        "‹": "<",
        "›": ">",
        "œ": "o",
        "–": "-",
    }
)


def to_ascii(text: str) -> str:
    """Return a text in ASCII, cell for cell: accents dropped, what can't be spelled as `?`."""
    if text.isascii():
        return text
    bare = (normalize("NFKD", character)[0] for character in text.translate(_SPELLED))
    return "".join(c if c.isascii() else "?" * cell_len(c) for c in bare)


def glyphs_for(encoding: str) -> Glyphs:
    """Return the signs that an output encoding can carry."""
    try:
        "".join(getattr(UNICODE, name) for name in Glyphs.__dataclass_fields__).encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return ASCII
    return UNICODE
