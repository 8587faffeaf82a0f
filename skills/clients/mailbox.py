"""Where mails come in."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol


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
