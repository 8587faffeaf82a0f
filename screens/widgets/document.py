"""A text to read: lines made for the width, under a title."""

from collections.abc import Callable, Sequence

from screens.line import Line, join, run, said
from screens.look import Look
from screens.widgets.pane import Pane


class Document(Pane, can_focus=False):
    """Scrolled by the screen it stands on."""

    def __init__(self, look: Look, name: str, write: Callable[[int], Sequence[Line]], about: str = "") -> None:
        super().__init__(look, 0, name)
        self._write = write
        self._about = about

    def body(self, width: int) -> Sequence[Line]:
        """Return the text's lines, a cell away from the edge."""
        return [(*run(" "), *line) for line in self._write(width - 2)]

    def _tab(self, _tab: object) -> Line:
        about = run(f" {self.look.glyphs.dot} {said(self._about)}", "dim") if self._about else ()
        return join(run(f" {self.title}", "strong"), about)
