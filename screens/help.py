"""Help for what has the focus: its keys as they are really bound, then those of the screen."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from screens.base import ConsoleScreen
from screens.keymap import Group, bindings, group
from screens.line import EMPTY, Line, fill, join, run
from screens.look import Look
from screens.widgets.document import Document
from screens.widgets.footer import HintLine
from store.feed import Feed


class HelpScreen(ConsoleScreen[None]):
    """A page of keys by group."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("sheet")
    CSS_PATH = "help.tcss"

    def __init__(self, feed: Feed, look: Look, groups: Sequence[Group]) -> None:
        super().__init__(feed, look)
        self._groups = groups

    def compose(self) -> ComposeResult:
        """Lay out the page."""
        yield Document(self.look, "help", self.write)
        yield HintLine(self.look, id="hints")

    def on_mount(self) -> None:
        """Show the keys."""
        self.query_one(HintLine).actions = ("sheet_down", "sheet_up", "back")

    def write(self, width: int) -> Sequence[Line]:
        """Return the groups, a line a key."""
        lines: list[Line] = []
        for name in self._groups:
            lines += [run(self.look.words(f"group.{name}"), "accent")]
            for key in group(name):
                if keys := self.look.keys.labels(key.action):
                    text = self.look.words(f"keys.{key.action}")
                    lines.append(join(fill(run(f"  {keys}", "key"), min(18, width // 3)), run(text)))
            lines.append(EMPTY)
        return lines

    def action_scroll(self, lines: int) -> None:
        """Scroll the page."""
        self.query_one(Document).action_move(lines)

    def action_back(self) -> None:
        """Go back."""
        self.dismiss(None)

    def action_help(self) -> None:
        """Go back: the help key closes what it opened."""
        self.dismiss(None)
