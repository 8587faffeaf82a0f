"""Small questions at the bottom of the screen: a line of text, a yes or no."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen
from textual.widgets import Input

from screens.keymap import bindings
from screens.line import run, said
from screens.look import Look
from screens.widgets.choices import Choice, Choices
from screens.widgets.text_line import TextLine


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: a choice, and the text where one was asked for."""

    choice: str
    text: str = ""


class Ask(ModalScreen[Answer | None]):
    """Asks one thing; escape answers nothing. With a text field, enter in it takes the first choice."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("ask")
    CSS_PATH = "ask.tcss"
    AUTO_FOCUS: ClassVar[str | None] = ""

    def __init__(self, look: Look, question: str, *, text: str | None = None, choices: Sequence[Choice] = ()) -> None:
        super().__init__()
        self.look = look
        self._question = question
        self._text = text
        self._choices = tuple(choices)

    def compose(self) -> ComposeResult:
        """Lay out the question, the field, the choices."""
        yield TextLine(self.look, lambda _width: run(f" {said(self._question)}", "strong"), id="question")
        if self._text is not None:
            yield Input(self._text, id="answer")
        if self._choices:
            yield Choices(self.look, *self._choices)

    def on_mount(self) -> None:
        """Give the focus to the field, else to the choices, once they can be seen."""
        self.call_after_refresh(self._settle)

    def _settle(self) -> None:
        (self.query_one(Input) if self._text is not None else self.query_one(Choices)).focus()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if self._choices:
            self.query_one(Choices).focus()
        else:
            self.dismiss(Answer("", event.value))

    @on(Choices.Taken)
    def _taken(self, event: Choices.Taken) -> None:
        typed = self.query_one(Input).value if self._text is not None else ""
        self.dismiss(None if event.name == "cancel" else Answer(event.name, typed))

    def action_back(self) -> None:
        """Answer nothing."""
        self.dismiss(None)
