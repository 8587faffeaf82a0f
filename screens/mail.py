"""The mail to the client: read, edited, sent by a choice and enter; what is sent is what was read."""

from collections.abc import Sequence

from textual import on

from screens.editing import EditingSheet
from screens.line import EMPTY, Line, run, said
from screens.render.markdown import markdown
from screens.render.sections import Page
from screens.widgets.choices import Choice, Choices
from store.commands import Command, EditMail, SendMail
from store.digests import draft_digest
from store.values import Draft


class MailScreen(EditingSheet):
    """Subject and body are edited as one text: the first line is the subject."""

    name_of_document = "mail"

    @property
    def draft(self) -> Draft | None:
        """The draft as it stands."""
        return self.shown.draft.draft if self.shown.draft else None

    @property
    def text(self) -> str:
        """The subject, an empty line, the body."""
        return f"{self.draft.subject}\n\n{self.draft.body}" if self.draft else ""

    @property
    def editable(self) -> bool:
        """Whether it has not been sent off."""
        return self.shown.draft is not None and not self.shown.draft.approved_by

    def edited(self, text: str) -> Command:
        """Return the edit: first line the subject, the rest the body."""
        subject, _, body = text.partition("\n")
        return EditMail(incident=self.shown.id, subject=subject.strip(), body=body.lstrip("\n"))

    def write(self, width: int) -> Sequence[Line]:
        """Return the mail as the client will read it."""
        draft, words = self.draft, self.look.words
        if draft is None:
            return []
        page = Page(self.look, width, self.shown.time_zone)
        to = ", ".join(said(address.email) for address in draft.to)
        head = [
            *page.labelled(words("mail.from"), draft.sender.email),
            *page.labelled(words("mail.to"), to, "strong"),
            *page.labelled(words("mail.subject"), draft.subject, "strong"),
            *page.labelled(words("plan.digest"), draft_digest(draft)[:12], "dim"),
        ]
        return [*head, EMPTY, *markdown(draft.body, width)]

    def notice(self) -> Line:
        """Say what enter would do, where it would send."""
        return run(f" {self.look.words('mail.enter')}", "warn") if self.chosen == "send" else super().notice()

    def choices(self) -> tuple[Choice, ...]:
        """Return close, and send."""
        words, draft = self.look.words, self.draft
        to = said(draft.to[0].email) if draft and draft.to else ""
        return (
            Choice("cancel", words("choice.close")),
            Choice("send", words("choice.send", to=to), "warn", open=self.editable),
        )

    @on(Choices.Taken)
    def _taken(self, event: Choices.Taken) -> None:
        sends = event.name == "send" and self.draft is not None
        self.dismiss(
            SendMail(incident=self.shown.id, digest=draft_digest(self.draft)) if sends and self.draft else None
        )
