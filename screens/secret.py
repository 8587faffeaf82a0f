"""The prompt for a new key. What is typed is never shown, never kept, and leaves in one command."""

from collections.abc import Iterator, Sequence

from textual import events, on
from textual.widget import Widget

from screens.line import EMPTY, Line, run, said, wrap
from screens.look import Look
from screens.render.sections import Page
from screens.sheet import Sheet
from screens.widgets.choices import Choice, Choices
from screens.widgets.secret_field import SecretField
from store.commands import OfferSecret
from store.feed import Feed
from store.incident import Incident, SecretView


class SecretScreen(Sheet):
    """Paste or type the key and press enter; or have the configured command print it."""

    name_of_document = "secret"
    guarded = False

    def __init__(self, feed: Feed, look: Look, incident: Incident, secret: SecretView) -> None:
        super().__init__(feed, look, incident)
        self._secret = secret

    def write(self, width: int) -> Sequence[Line]:
        """Return what is asked for and why, and what was wrong with the last one."""
        words, secret = self.look.words, self._secret
        page = Page(self.look, width, self.shown.time_zone)
        lines = [*page.labelled(words("secret.wanted"), secret.name, "strong")]
        if secret.detail:
            lines += page.more(words.among(f"secret_detail.{secret.detail}", said(secret.detail)))
        if secret.refused:
            reason = words.among(f"secret_refused.{secret.refused}", secret.refused)
            lines += [EMPTY, *page.labelled(words("secret.refused"), f"{self.look.glyphs.failed} {reason}", "bad")]
            lines += page.more(said(secret.refusal_detail)) if secret.refusal_detail else []
        return [*lines, EMPTY, *wrap(words("secret.promise"), width, "dim")]

    def between(self) -> Iterator[Widget]:
        """Return the field."""
        yield SecretField(self.look)

    def notice(self) -> Line:
        """Say what enter does."""
        return run(f" {self.look.words('secret.how')}", "dim")

    def choices(self) -> tuple[Choice, ...]:
        """Return cancel, and the command where one is configured."""
        words = self.look.words
        return (
            Choice("cancel", words("choice.cancel")),
            Choice("command", words("choice.command"), "accent", open=self._secret.command),
        )

    def on_mount(self) -> None:
        """Give the focus to the field at once: a key pasted as soon as the prompt shows must not be lost."""
        self.set_focus(self.query_one(SecretField))

    def painted(self) -> None:
        """Leave the focus where it is."""

    def on_paste(self, event: events.Paste) -> None:
        """Take a paste wherever the focus is: there is but one place for it, and enter is next."""
        field = self.query_one(SecretField)
        field.take(event.text)
        self.set_focus(field)

    @on(SecretField.Offered)
    def _offered(self, event: SecretField.Offered) -> None:
        self.dismiss(OfferSecret(incident=self.shown.id, name=self._secret.name, value=event.value))

    @on(Choices.Taken)
    def _taken(self, event: Choices.Taken) -> None:
        chosen = event.name == "command"
        self.dismiss(OfferSecret(incident=self.shown.id, name=self._secret.name) if chosen else None)
