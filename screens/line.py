"""A line on the screen: runs of text, each with a role. There is no markup, so none can be smuggled in.

Roles name meanings, never colours; `screens.palette` gives them their looks.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

from rich.cells import cell_len, set_cell_size

from store.safe_text import plain

Role = Literal["", "dim", "strong", "accent", "good", "warn", "bad", "rule", "key", "badge", "added", "removed", "mark"]
Run = tuple[str, Role]
Line = tuple[Run, ...]

EMPTY: Line = ()


def said(text: str) -> str:
    """Return foreign text as one harmless line."""
    return " ".join(plain(text).split())


def run(text: str, role: Role = "") -> Line:
    """Return a line of a single run."""
    return ((text, role),)


def join(*parts: Line) -> Line:
    """Return one line of several."""
    return tuple(piece for part in parts for piece in part if piece[0])


def text_of(line: Line) -> str:
    """Return a line's text alone."""
    return "".join(text for text, _ in line)


def width_of(line: Line) -> int:
    """Return how many cells a line takes."""
    return sum(cell_len(text) for text, _ in line)


def clip(line: Line, width: int, ellipsis: str = "…") -> Line:
    """Return the line cut to `width` cells, its end marked where something is missing."""
    if width_of(line) <= width:
        return line
    room = max(width - cell_len(ellipsis), 0)
    kept: list[Run] = []
    for text, role in line:
        size = cell_len(text)
        if size > room:
            kept.append((set_cell_size(text, room) + ellipsis[:width], role))
            break
        kept.append((text, role))
        room -= size
    return tuple(kept)


def fill(line: Line, width: int) -> Line:
    """Return the line cut or padded to exactly `width` cells."""
    short = width - width_of(line)
    return (*line, (" " * short, "")) if short > 0 else clip(line, width)


def spread(left: Line, right: Line, width: int) -> Line:
    """Return a line with one part at each end; the left part gives way."""
    room = max(width - width_of(right) - 1, 0)
    left = clip(left, room)
    return join(left, run(" " * max(width - width_of(left) - width_of(right), 0)), right)


def wrap(text: str, width: int, role: Role = "", *, first: Line = EMPTY, indent: int = 0) -> list[Line]:
    """Break text at spaces into lines of `width` cells; `first` leads the first, `indent` the others."""
    lines: list[Line] = []
    lead, current = first or run(" " * indent), ""
    room = max(width - indent, 1)
    for word in _pieces(text.split(" "), room):
        longer = f"{current} {word}" if current else word
        if cell_len(longer) > room and current:
            lines.append(join(lead, run(current, role)))
            lead, longer = run(" " * indent), word
        current = longer
    lines.append(join(lead, run(current, role)))
    return lines


def _pieces(words: Sequence[str], room: int) -> Iterable[str]:
    """Yield words, those that are wider than a line in pieces."""
    for word in words:
        rest = word
        while cell_len(rest) > room:
            piece = set_cell_size(rest, room).rstrip() or rest[:1]
            yield piece
            rest = rest[len(piece) :]
        yield rest
