"""Choices side by side; the first has the focus until another is chosen, and enter takes it."""

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message

from screens.keymap import bindings
from screens.line import Line, Role, join, run, width_of
from screens.look import Look
from screens.widgets.lines import Lines


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice by its name; one that is not `open` can't be taken."""

    name: str
    text: str
    role: Role = ""
    open: bool = True
    short: str = ""
    """The text where there is little room."""


class Choices(Lines, can_focus=True):
    """A row of choices. What is not open is passed over."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("choice")

    class Moved(Message):
        """Another choice would now be taken."""

    @dataclass
    class Taken(Message):
        """A choice was taken by its name."""

        name: str

    def __init__(self, look: Look, *choices: Choice) -> None:
        super().__init__(look, id="choices")
        self.choices = choices
        self._at = 0

    @property
    def chosen(self) -> Choice:
        """The choice that enter would take."""
        return self.choices[self._at]

    def offer(self, *choices: Choice) -> None:
        """Change the choices; the focus stays on the name where it can."""
        name, self.choices = self.chosen.name, choices
        self._at = next((i for i, choice in enumerate(choices) if choice.name == name and choice.open), 0)
        self.redraw()

    def frame(self, width: int, height: int) -> list[Line]:
        """Return the row; the chosen one is in brackets as well as reversed."""
        del height
        row = self._row(short=False)
        return [row if width_of(row) <= width else self._row(short=True)]

    def _row(self, *, short: bool) -> Line:
        parts = []
        for number, choice in enumerate(self.choices):
            here, text = number == self._at, (choice.short if short else "") or choice.text
            role: Role = "dim" if not choice.open else "mark" if here and self.has_focus else choice.role
            space = "" if short else " "
            parts.append(run(f"{space}[{space}{text}{space}]" if here else f"{space} {space}{text}{space} ", role))
        return join(*parts)

    def action_choose(self, by: int) -> None:
        """Go to the next open choice; past the last one to a field beside the choices, where there is one."""
        ahead = range(self._at + by, len(self.choices) if by > 0 else -1, by)
        at = next((at for at in ahead if self.choices[at].open), None)
        if at is not None:
            self._at = at
        else:
            self._at = self._ends[by < 0]
            if any(widget is not self for widget in self.screen.focus_chain):
                self.screen.focus_next() if by > 0 else self.screen.focus_previous()
        self.redraw()
        self.post_message(self.Moved())

    @property
    def _ends(self) -> tuple[int, int]:
        still_open = [number for number, choice in enumerate(self.choices) if choice.open]
        return (still_open[0], still_open[-1]) if still_open else (0, 0)

    def action_take(self) -> None:
        """Take the chosen one."""
        self.post_message(self.Taken(self.chosen.name))

    def choose(self, name: str) -> None:
        """Go to a choice by its name, where it is open."""
        for number, choice in enumerate(self.choices):
            if choice.name == name and choice.open:
                self._at = number
        self.redraw()
        self.post_message(self.Moved())
