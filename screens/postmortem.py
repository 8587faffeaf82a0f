"""The post-mortem: read, edited, published by a choice and enter."""

from collections.abc import Sequence

from textual import on

from screens.editing import EditingSheet
from screens.line import Line, run, said
from screens.render.markdown import markdown
from screens.widgets.choices import Choice, Choices
from store.commands import Command, EditPostmortem, PublishPostmortem
from store.digests import text_digest


class PostmortemScreen(EditingSheet):
    """The document as Markdown; nothing in it can be followed or run."""

    name_of_document = "postmortem"

    @property
    def text(self) -> str:
        """The document as it stands."""
        return self.shown.postmortem.text if self.shown.postmortem else ""

    @property
    def editable(self) -> bool:
        """Whether it is not published yet."""
        return self.shown.postmortem is not None and self.shown.postmortem.published_at is None

    def edited(self, text: str) -> Command:
        """Return the edit."""
        return EditPostmortem(incident=self.shown.id, text=text)

    def write(self, width: int) -> Sequence[Line]:
        """Return the document."""
        return markdown(self.text, width)

    def notice(self) -> Line:
        """Say what enter would do, where it would publish, and where the document went."""
        document, words = self.shown.postmortem, self.look.words
        if document and document.published_at:
            return run(f" {words('postmortem.published', path=said(document.path))}", "good")
        return run(f" {words('postmortem.enter')}", "warn") if self.chosen == "publish" else super().notice()

    def choices(self) -> tuple[Choice, ...]:
        """Return close, and publish."""
        words = self.look.words
        return (
            Choice("cancel", words("choice.close")),
            Choice("publish", words("choice.publish"), "warn", open=self.editable),
        )

    @on(Choices.Taken)
    def _taken(self, event: Choices.Taken) -> None:
        publishes = event.name == "publish"
        self.dismiss(PublishPostmortem(incident=self.shown.id, digest=text_digest(self.text)) if publishes else None)
