"""A pane of rows with a cursor; a row may take several lines."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.message import Message

from screens.line import Line, text_of
from screens.look import Look
from screens.widgets.pane import Pane

Row = tuple[str, list[Line]]


class ListPane(Pane):
    """Rows by key; the cursor stays on its key while the rows change around it."""

    @dataclass
    class Opened(Message):
        """A row was opened by its key."""

        pane: "ListPane"
        key: str

        @property
        def control(self) -> "ListPane":
            """The pane, for `@on` selectors."""
            return self.pane

    def __init__(self, look: Look, number: int, name: str) -> None:
        super().__init__(look, number, name)
        self.cursor = ""
        self._rows: list[Row] = []
        self._lines: list[tuple[str, Line]] = []

    def rows(self, width: int) -> list[Row]:
        """Return the rows, `width` cells wide."""
        raise NotImplementedError

    def body(self, width: int) -> Sequence[Line]:
        """Return the rows' lines."""
        self._rows = self.rows(width)
        if self._rows and self.cursor not in (key for key, _ in self._rows):
            self.cursor = self._rows[0][0]
        self._lines = [(key, line) for key, lines in self._rows for line in lines]
        return [line for _, line in self._lines]

    def marked(self, y: int) -> bool:
        """Whether the cursor's row has that line."""
        return self._lines[y][0] == self.cursor

    def copied(self) -> str:
        """Return the cursor's row."""
        return "\n".join(text_of(line).strip() for key, line in self._lines if key == self.cursor)

    def action_move(self, lines: int) -> None:
        """Move the cursor by rows."""
        keys = [key for key, _ in self._rows]
        if not keys:
            return
        here = keys.index(self.cursor) if self.cursor in keys else 0
        self.place(keys[min(max(here + lines, 0), len(keys) - 1)])

    def place(self, key: str) -> None:
        """Put the cursor on a row, and the row into view."""
        self.cursor = key
        spots = [y for y, (owner, _) in enumerate(self._lines) if owner == key]
        if spots:
            room = max(self.size.height - 1, 1)
            lowest, highest = spots[-1] - room + 1, spots[0]
            self.set_reactive(Pane.top, min(max(self.top, lowest), highest))
        self.redraw()

    def action_open(self) -> None:
        """Say that the cursor's row was opened."""
        if self.cursor:
            self.post_message(self.Opened(self, self.cursor))
