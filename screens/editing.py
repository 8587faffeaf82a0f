"""A sheet whose text can be edited before it goes out: read, edit, read again, then send what was read."""

from collections.abc import Iterator
from typing import ClassVar

from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import TextArea

from screens.keymap import bindings
from screens.line import Line, run
from screens.sheet import Sheet
from screens.widgets.choices import Choices
from screens.widgets.document import Document
from store.commands import Command


class EditingSheet(Sheet):
    """While its text is edited the preview gives way; leaving the editor keeps what was typed, as a command."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("edit")
    hints = ("edit", "choice_next", "choice_take", "back", "sheet_down", "sheet_help")
    editing = False

    @property
    def text(self) -> str:
        """The text as it stands in the log."""
        raise NotImplementedError

    @property
    def unsaved(self) -> bool:
        """Whether the editor is open."""
        return self.editing

    @property
    def editable(self) -> bool:
        """Whether it may still be changed."""
        raise NotImplementedError

    def edited(self, text: str) -> Command:
        """Return the command that keeps an edited text."""
        raise NotImplementedError

    def between(self) -> Iterator[Widget]:
        """Return the editor, out of sight until it is asked for."""
        yield TextArea(self.text, id="editor", classes="hidden", soft_wrap=True)

    def notice(self) -> Line:
        """Say what state the text is in."""
        keys, words = self.look.keys, self.look.words
        if self.editing:
            return run(f" {words('editing.how', done=keys.label('done'))}", "dim")
        sends = keys.label("choose_send" if self.name_of_document == "mail" else "choose_publish")
        return run(f" {words(f'{self.name_of_document}.how', edit=keys.label('edit'), sends=sends)}", "dim")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the keys of the sheet to the editor while it is open."""
        if action == "done":
            return self.editing
        if self.editing and action in ("back", "scroll", "choose", "edit", "help"):
            return False
        return super().check_action(action, parameters)

    def action_edit(self) -> None:
        """Open the editor."""
        if self.editable:
            self.query_one(TextArea).load_text(self.text)
            self._turn(editing=True)

    async def action_done(self) -> None:
        """Keep what was typed and go back to the preview."""
        typed = self.query_one(TextArea).text
        if typed == self.text or await self.submit(self.edited(typed)):
            self._turn(editing=False)
            self.tick()

    def _turn(self, *, editing: bool) -> None:
        self.editing = editing
        self.query_one(TextArea).set_class(not editing, "hidden")
        for widget in (self.query_one(Document), self.query_one(Choices)):
            widget.set_class(editing, "hidden")
        (self.query_one(TextArea) if editing else self.query_one(Choices)).focus()
        self.redraw()
