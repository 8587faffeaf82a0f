"""The way out for mails: SMTP."""

import asyncio
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path
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

    async def has_sent(self, message_id: str) -> bool | None:
        """Return whether a mail of that id has left, as the server's filed copies tell; None where none are kept."""


class SmtpSettings(Protocol):
    """The configuration's part about the mail server. `password_command` prints the password."""

    @property
    def host(self) -> str:
        """Its name or address."""

    @property
    def port(self) -> int:
        """Its port."""

    @property
    def starttls(self) -> bool:
        """Whether the link must be encrypted before anything is said."""

    @property
    def user(self) -> str:
        """The account, empty where none is needed."""

    @property
    def password_command(self) -> Sequence[str]:
        """Prints that account's password."""

    @property
    def sent_maildir(self) -> Path | None:
        """Where the server files a copy of what it took."""


_SECONDS = 20.0
_FILING_SECONDS = 2.0


class SmtpOutbox:
    """Sends over SMTP, in a thread; every step on the wire has at most `seconds`.

    The server files its copies a moment after it took a mail: for `filing_seconds` a copy that is
    not there yet is waited for.
    """

    def __init__(
        self, settings: SmtpSettings, *, seconds: float = _SECONDS, filing_seconds: float = _FILING_SECONDS
    ) -> None:
        self._settings = settings
        self._seconds = seconds
        self._filing_seconds = filing_seconds

    async def send(self, message: EmailMessage) -> str:
        """Hand a mail to the server, to all of its recipients or to none, and return the server's answer.

        Raises:
            NotSent: with what the server said.
        """
        from skills.clients.smtp_delivery import deliver

        return await asyncio.to_thread(deliver, self._settings, message, self._seconds)

    async def has_sent(self, message_id: str) -> bool | None:
        """Return whether a filed copy of that mail exists; None where the server files none."""
        folder = self._settings.sent_maildir
        if folder is None or not await asyncio.to_thread(folder.is_dir):
            return None
        from skills.clients.maildir import holds

        deadline = asyncio.get_running_loop().time() + self._filing_seconds
        while not (found := await asyncio.to_thread(holds, folder, message_id)):
            if asyncio.get_running_loop().time() >= deadline:
                break
            await asyncio.sleep(0.2)
        return found
