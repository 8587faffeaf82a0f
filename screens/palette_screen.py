"""The palette: every action by its words, with its key."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen
from textual.widgets import Input

from screens.keymap import Key, bindings
from screens.line import Line, fill, join, run, spread
from screens.look import Look
from screens.widgets.lines import Lines
from screens.widgets.text_line import TextLine


class CommandList(Lines):
    """The commands that match, the chosen one marked."""

    def __init__(self, look: Look, commands: Sequence[Key]) -> None:
        super().__init__(look)
        self._commands = commands
        self._wanted = ""
        self.at = 0

    @property
    def matching(self) -> list[Key]:
        """The commands whose words hold everything that was typed."""
        return [key for key in self._commands if all(part in self._text(key) for part in self._wanted.split())]

    def _text(self, key: Key) -> str:
        return f"{self.look.words(f'keys.{key.action}')} {key.action}".casefold()

    def sift(self, text: str) -> None:
        """Show what matches."""
        self._wanted, self.at = text.casefold(), 0
        self.redraw()

    def step(self, by: int) -> None:
        """Choose another one."""
        self.at = min(max(self.at + by, 0), max(len(self.matching) - 1, 0))
        self.redraw()

    def frame(self, width: int, height: int) -> list[Line]:
        """Return the commands round the chosen one."""
        matching = self.matching
        top = min(max(self.at - height // 2, 0), max(len(matching) - height, 0))
        lines = [self._command(key, width, here=n == self.at) for n, key in enumerate(matching)]
        return [fill(line, width) for line in lines[top : top + height]] + [()] * max(height - len(lines), 0)

    def _command(self, key: Key, width: int, *, here: bool) -> Line:
        cursor = run(f"{self.look.glyphs.cursor if here else ' '} ", "accent")
        text = run(self.look.words(f"keys.{key.action}"), "strong" if here else "")
        return spread(join(cursor, text), run(f"{self.look.keys.labels(key.action)} ", "key"), width)


class PaletteScreen(ModalScreen[Key | None]):
    """Type to narrow down, arrows to choose, enter to do."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("ask")
    CSS_PATH = "ask.tcss"
    AUTO_FOCUS: ClassVar[str | None] = "Input"

    def __init__(self, look: Look, commands: Sequence[Key]) -> None:
        super().__init__()
        self.look = look
        self._commands = commands

    def compose(self) -> ComposeResult:
        """Lay out the field and the list."""
        yield TextLine(self.look, lambda _width: run(f" {self.look.words('palette.title')}", "strong"))
        yield Input(id="wanted")
        yield CommandList(self.look, self._commands)

    def on_key(self, event: events.Key) -> None:
        """Choose by the arrows, from within the field."""
        steps = {"up": -1, "down": 1, "ctrl+p": -1, "ctrl+n": 1}
        if event.key in steps:
            event.stop()
            self.query_one(CommandList).step(steps[event.key])

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self.query_one(CommandList).sift(event.value)

    @on(Input.Submitted)
    def _take(self) -> None:
        commands = self.query_one(CommandList)
        matching = commands.matching
        self.dismiss(matching[commands.at] if matching else None)

    def action_back(self) -> None:
        """Do nothing."""
        self.dismiss(None)
