"""A field that takes a secret and shows how long it is, nothing else. There is nothing to select or to copy."""

from pydantic import SecretStr
from textual import events
from textual.message import Message

from screens.line import Line, join, run
from screens.look import Look
from screens.widgets.lines import Lines


class SecretField(Lines, can_focus=True):
    """Typing and pasting add to it, ctrl+u empties it, enter hands it over and forgets it."""

    class Offered(Message):
        """A secret was handed over. The value is kept out of the message's repr."""

        def __init__(self, value: SecretStr) -> None:
            super().__init__()
            self.value = value

    def __init__(self, look: Look) -> None:
        super().__init__(look, id="secret-field")
        self._typed = ""

    def frame(self, width: int, height: int) -> list[Line]:
        """Return how many characters there are."""
        del width, height
        words = self.look.words
        shown = words.count("secret.length", len(self._typed)) if self._typed else words("secret.empty")
        return [join(run(f" {self.look.glyphs.cursor} ", "accent"), run(shown, "strong" if self._typed else "dim"))]

    def on_key(self, event: events.Key) -> None:
        """Take a character."""
        if event.key == "enter":
            self._hand_over()
        elif event.key == "backspace":
            self._typed = self._typed[:-1]
        elif event.key == "ctrl+u":
            self._typed = ""
        elif event.is_printable and event.character:
            self._typed += event.character
        else:
            return
        event.stop()
        event.prevent_default()
        self.redraw()

    def take(self, text: str) -> None:
        """Add what was pasted, without the white space round it."""
        self._typed += text.strip()
        self.redraw()

    def _hand_over(self) -> None:
        value, self._typed = self._typed.strip(), ""
        if value:
            self.post_message(self.Offered(SecretStr(value)))
