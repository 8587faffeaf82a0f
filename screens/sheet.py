"""A sheet: a screen that shows one thing in full and asks for one decision. The SLA stays in sight."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widget import Widget

from screens.base import ConsoleScreen
from screens.keymap import bindings
from screens.line import Line
from screens.look import Look
from screens.render.status import incident_status
from screens.widgets.choices import Choice, Choices
from screens.widgets.document import Document
from screens.widgets.footer import HintLine
from screens.widgets.text_line import TextLine
from store.commands import Command
from store.feed import Feed
from store.incident import Incident


class Sheet(ConsoleScreen[Command | None]):
    """Status, document, choices, keys. The first choice leaves everything as it is, and has the focus."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("sheet")
    CSS_PATH = "sheet.tcss"
    guarded = True
    name_of_document: ClassVar[str] = ""
    hints: ClassVar[tuple[str, ...]] = ("choice_next", "choice_take", "back", "sheet_down", "sheet_up", "sheet_help")

    def __init__(self, feed: Feed, look: Look, incident: Incident) -> None:
        super().__init__(feed, look)
        self.shown = incident

    def compose(self) -> ComposeResult:
        """Lay the sheet out from top to bottom."""
        yield TextLine(
            self.look, lambda width: incident_status(self.shown, self.feed, self.look, width), id="sheet-status"
        )
        yield Document(self.look, self.name_of_document, self.write, self.shown.title)
        yield from self.between()
        yield TextLine(self.look, lambda _width: self.notice(), id="notice")
        yield Choices(self.look, *self.choices())
        yield HintLine(self.look, id="hints")

    def on_mount(self) -> None:
        """Start the clock."""
        self.query_one(HintLine).actions = self.hints
        self.set_interval(1, self.tick)

    def painted(self) -> None:
        """Give the focus to the choices."""
        self.query_one(Choices).focus()

    def write(self, width: int) -> Sequence[Line]:
        """Return the document's lines."""
        raise NotImplementedError

    def choices(self) -> tuple[Choice, ...]:
        """Return the choices, the harmless one first."""
        raise NotImplementedError

    def notice(self) -> Line:
        """Return a line above the choices."""
        return ()

    def between(self) -> Iterator[Widget]:
        """Return what stands between document and choices."""
        return iter(())

    def tick(self) -> None:
        """Read the incident again: what is shown is what stands now."""
        self.shown = self.feed.incident(self.shown.id) or self.shown
        self.redraw()

    def redraw(self) -> None:
        """Bring everything up to date; only what differs is sent."""
        self.query_one(Choices).offer(*self.choices())
        for line in self.query(TextLine):
            line.redraw()
        self.query_one(Document).redraw()

    @property
    def chosen(self) -> str:
        """The name of the choice that enter would take."""
        return self.query_one(Choices).chosen.name

    @on(Choices.Moved)
    def _moved(self) -> None:
        self.query_one("#notice", TextLine).redraw()

    def action_scroll(self, lines: int) -> None:
        """Scroll the document."""
        self.query_one(Document).action_move(lines)

    def action_choose(self, name: str) -> None:
        """Put the focus on a choice; enter takes it."""
        self.query_one(Choices).choose(name)

    def action_back(self) -> None:
        """Leave everything as it is."""
        self.dismiss(None)

    def action_help(self) -> None:
        """Show the keys of this screen."""
        from screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self.feed, self.look, ("sheet", "choice", "edit")))
