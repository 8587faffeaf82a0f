"""Building blocks of the right-hand pane: labelled paragraphs."""

from dataclasses import dataclass

from screens.line import EMPTY, Line, Role, fill, join, run, said, wrap
from screens.look import Look


@dataclass(frozen=True, slots=True)
class Page:
    """Where and how a section is written: `width` cells, with a column for labels on the left."""

    look: Look
    width: int
    time_zone: str = ""

    @property
    def column(self) -> int:
        """The width of the column of labels."""
        return 12 if self.width >= 60 else 11

    def labelled(self, label: str, text: str, role: Role = "") -> list[Line]:
        """Return a paragraph of foreign text with its label."""
        first = fill(run(label, "dim"), self.column)
        return wrap(said(text), self.width, role, first=first, indent=self.column)

    def cells(self, label: str, line: Line) -> list[Line]:
        """Return a line that is made already, with its label."""
        return [join(fill(run(label, "dim"), self.column), line)]

    def more(self, text: str, role: Role = "dim") -> list[Line]:
        """Return a further paragraph under the last label."""
        return self.labelled("", text, role)

    def heading(self, text: str) -> list[Line]:
        """Return a heading with space above it."""
        return [EMPTY, run(text, "strong")]
