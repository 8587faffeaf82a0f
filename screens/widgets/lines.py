"""Lines painted on a widget; a repaint sends only the cells that differ from what stands there."""

from collections.abc import Sequence

from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from screens.line import Line, Role, fill
from screens.look import Look
from screens.palette import styles_of


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
        before, self._frame = self._frame, [fill(line, width) for line in self.frame(width, height)][:height]
        regions = list(changed(before, self._frame, width))
        if regions:
            self.refresh(*regions)

    def on_resize(self, _event: events.Resize) -> None:
        """Draw anew: every line has another width."""
        self._frame = []
        self.redraw()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return a line as Textual wants it."""
        base = self.rich_style
        if y >= len(self._frame):
            return Strip.blank(self.size.width, base)
        styles = styles_of(self.app.theme)
        return Strip([Segment(text, base + styles[role]) for text, role in self._frame[y]])


def changed(before: Sequence[Line], after: Sequence[Line], width: int) -> list[Region]:
    """Return the regions in which two frames differ: one span of cells a line."""
    regions = []
    for y in range(max(len(before), len(after))):
        old, new = before[y] if y < len(before) else (), after[y] if y < len(after) else ()
        if old != new:
            start, end = _span(old, new, width)
            regions.append(Region(start, y, end - start, 1))
    return regions


def _span(old: Line, new: Line, width: int) -> tuple[int, int]:
    a, b = _characters(old), _characters(new)
    if len(a) != width or len(b) != width:  # wide characters: cells and characters don't match
        return 0, width
    start = next(i for i in range(width) if a[i] != b[i])
    end = next(i for i in range(width, 0, -1) if a[i - 1] != b[i - 1])
    return start, end


def _characters(line: Line) -> list[tuple[str, Role]]:
    return [(character, role) for text, role in line for character in text]
