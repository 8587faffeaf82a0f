"""A text to read: lines made for the width, under a title."""

from collections.abc import Callable, Sequence

from screens.line import Line, run
from screens.look import Look
from screens.widgets.pane import Pane


class Document(Pane, can_focus=False):
    """Scrolled by the screen it stands on."""

    def __init__(self, look: Look, name: str, write: Callable[[int], Sequence[Line]]) -> None:
        super().__init__(look, 0, name)
        self._write = write

    def body(self, width: int) -> Sequence[Line]:
        """Return the text's lines, a cell away from the edge."""
        return [(*run(" "), *line) for line in self._write(width - 2)]

    def _tab(self, _tab: object) -> Line:
        return run(f" {self.title}", "strong")
