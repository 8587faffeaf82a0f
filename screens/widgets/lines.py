"""Lines painted on a widget; a repaint sends only the cells that differ from what stands there."""

from collections.abc import Iterator, Sequence
from typing import Final, Self

from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from screens.glyphs import ASCII, to_ascii
from screens.line import Line, Role, Run, fill
from screens.look import Look
from screens.palette import styles_of

_FILLED: Final = frozenset[Role]({"badge", "mark"})
"""Roles whose space shows."""


class Lines(Widget):
    """A widget that is a stack of lines. A subclass says in `frame` what stands on it; `redraw` brings it there."""

    def __init__(self, look: Look, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self.look = look
        self._frame: list[Line] = []

    def frame(self, width: int, height: int) -> Sequence[Line]:
        """Return what stands on the widget: at most `height` lines."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Bring what `frame` says on the screen."""
        width, height = self.size
        if not width or not height:
            return
        before, self._frame = self._frame, self._made(width, height)
        if regions := list(changed(before, self._frame, width)):
            super().refresh(*regions)

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Repaint. Textual asks for all of a widget when its state changes, as with the focus; we send what differs."""
        if regions or layout or recompose or not repaint:
            return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        self.redraw()
        return self

    def _made(self, width: int, height: int) -> list[Line]:
        return [merged(fill(line, width)) for line in self.frame(width, height)][:height]

    def on_resize(self, _event: events.Resize) -> None:
        """Draw anew: every line may have another width."""
        self.redraw()

    def render_line(self, y: int) -> Strip:
        """Return a line as Textual wants it."""
        base = self.rich_style
        if not self._frame:
            self._frame = self._made(*self.size)
        if y >= len(self._frame):
            return Strip.blank(self.size.width, base)
        styles = styles_of(self.app.theme)
        spelled = to_ascii if self.look.glyphs is ASCII else str
        return Strip([Segment(spelled(text), base + styles[role]) for text, role in self._frame[y]])


def merged(line: Line) -> Line:
    """Return the line with as few runs as it can have: space takes on the look of what stands before or after it."""
    runs: list[Run] = []
    for text, role in line:
        before = runs[-1] if runs else None
        if before and (before[1] == role or (text.isspace() and not {role, before[1]} & _FILLED)):
            runs[-1] = (before[0] + text, before[1])
        elif before and before[0].isspace() and not {role, before[1]} & _FILLED:
            runs[-1] = (before[0] + text, role)
        elif text:
            runs.append((text, role))
    return tuple(runs)


def changed(before: Sequence[Line], after: Sequence[Line], width: int) -> Iterator[Region]:
    """Yield the regions in which two frames differ: a span of cells for each line.

    Textual sends a line from its widget's left edge up to the span's end, so what changes often stands left.
    """
    for y in range(max(len(before), len(after))):
        old, new = before[y] if y < len(before) else (), after[y] if y < len(after) else ()
        if old != new:
            start, end = _span(_characters(old), _characters(new), width)
            yield Region(start, y, end - start, 1)


def _span(old: Sequence[Run], new: Sequence[Run], width: int) -> tuple[int, int]:
    if len(old) != width or len(new) != width:  # wide characters: cells and characters don't match
        return 0, width
    differing = [x for x in range(width) if old[x] != new[x]]
    return (differing[0], differing[-1] + 1) if differing else (0, 0)


def _characters(line: Line) -> list[Run]:
    return [(character, role) for text, role in line for character in text]
