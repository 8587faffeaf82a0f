"""Where mails come in."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from skills.clients import maildir
from skills.contract import Unavailable

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A mail that lies in a mailbox. `uid` names it there."""

    uid: str
    raw: bytes
    source: str


class Mailbox(Protocol):
    """Offers each mail until it is marked."""

    def arrivals(self) -> AsyncIterator[Incoming]:
        """Yield the mails not yet marked, then new ones as they come; never ends by itself.

        Raises:
            Unavailable: the mailbox can't be reached.
        """

    async def mark(self, uid: str) -> None:
        """Mark a mail as taken: only once it is safely on disk."""


class MaildirMailbox:
    """A Maildir, looked at by two `stat` calls every `seconds`.

    A mail is offered until it is marked, by this process or by the next one: each call of `arrivals`
    begins with all that is unmarked, and offers each mail once. `on_connected` is called after each look.
    """

    def __init__(self, path: Path, *, seconds: float = 1.0, on_connected: Callable[[], None] = lambda: None) -> None:
        self._path = path
        self._seconds = seconds
        self._on_connected = on_connected

    async def arrivals(self) -> AsyncIterator[Incoming]:
        """Yield the mails not yet marked, oldest first, then new ones as they come.

        Raises:
            Unavailable: it is no Maildir, or can't be read.
        """
        offered: set[str] = set()
        seen: tuple[int, ...] = ()
        settled = False
        while True:
            changed = await self._ask(maildir.changed_at)
            self._on_connected()
            # A folder's time may stand still for a few milliseconds: what changed is listed once more.
            if changed != seen or not settled:
                settled, seen = changed == seen, changed
                for path in await self._ask(maildir.unseen):
                    name = maildir.unique_name(path)
                    if name not in offered and (raw := await asyncio.to_thread(_read, path)) is not None:
                        offered.add(name)
                        yield Incoming(name, raw, f"maildir:{self._path.name}")
            await asyncio.sleep(self._seconds)

    async def _ask(self, question: Callable[[Path], Found]) -> Found:
        try:
            return await asyncio.to_thread(question, self._path)
        except OSError as error:
            hint = "check mailbox.maildir: it needs the folders new and cur, readable and writable"
            raise Unavailable(
                f"{self._path}: the mailbox can't be read", os.strerror(error.errno or 0), hint
            ) from error

    async def mark(self, uid: str) -> None:
        """Mark a mail as taken, as any mail reader would: moved to `cur`, with the flag for seen.

        Raises:
            Unavailable: the Maildir can't be written.
        """
        await self._ask(lambda path: maildir.mark_seen(path, uid))


def _read(path: Path) -> bytes | None:
    """Return a mail's bytes, or None where another reader has just moved it: it is found again at the next look."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
