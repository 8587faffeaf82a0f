"""A single line made on demand: a caption, a notice, a status."""

from collections.abc import Callable

from screens.line import Line, clip
from screens.look import Look
from screens.widgets.lines import Lines


class TextLine(Lines):
    """Writes its line anew whenever it is redrawn."""

    def __init__(self, look: Look, write: Callable[[int], Line], *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(look, id=id, classes="line")
        self._write = write

    def frame(self, width: int, height: int) -> list[Line]:
        """Return the line."""
        del height
        return [clip(self._write(width), width, self.look.glyphs.ellipsis)]
