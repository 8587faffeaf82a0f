"""The way out for mails: SMTP."""

from email.message import EmailMessage
from typing import Protocol

from skills.contract import Failure


class NotSent(Failure):
    """The server did not take the mail; `unknown` where the link broke after the text was handed over."""

    def __init__(self, title: str, detail: str = "", hint: str = "", *, unknown: bool = False) -> None:
        super().__init__(title, detail, hint)
        self.unknown = unknown


class Outbox(Protocol):
    """Sends mails."""

    async def send(self, message: EmailMessage) -> str:
        """Hand a mail to the server and return its answer.

        Raises:
            NotSent: with what the server said.
        """
