"""An IMAP mailbox: new mails by IDLE, each offered until it is marked."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from typing import TYPE_CHECKING

from pydantic import SecretStr

from skills.clients.mailbox import Incoming
from skills.contract import Unavailable

if TYPE_CHECKING:
    from skills.clients.imap_link import Account, Link

_IDLE_SECONDS = 120.0
"""After so long IDLE is begun anew: a connection that died in silence is noticed no later."""
_POLL_SECONDS = 20.0
"""Between two looks at a server that knows no IDLE."""


class ImapMailbox:
    """One folder of an IMAP account, over one connection.

    `secret` is asked for at each connection, for tokens expire; `since` limits what is offered to the mails
    that came from that day on. `on_connected` is called, from any thread, after each look at the folder.
    """

    def __init__(
        self,
        account: "Account",
        secret: Callable[[], Awaitable[SecretStr]],
        *,
        since: Callable[[], date] | None = None,
        on_connected: Callable[[], None] = lambda: None,
        idle_seconds: float = _IDLE_SECONDS,
        poll_seconds: float = _POLL_SECONDS,
    ) -> None:
        self._account = account
        self._secret = secret
        self._since = since
        self._on_connected = on_connected
        self._idle_seconds = idle_seconds
        self._poll_seconds = poll_seconds
        self._link: Link | None = None

    async def arrivals(self) -> AsyncIterator[Incoming]:
        """Yield the mails not yet marked, oldest first, then new ones as they come.

        Raises:
            Unavailable: no connection, or it was lost.
            SkillError: the secret can't be had.
        """
        from skills.clients.imap_link import Link

        secret = (await self._secret()).get_secret_value()
        link = await asyncio.to_thread(Link, self._account, secret)
        self._link = link
        offered: set[int] = set()
        try:
            while True:
                for uid in await asyncio.to_thread(link.unmarked, self._since() if self._since else None):
                    if uid not in offered and (raw := await asyncio.to_thread(link.fetch, uid)) is not None:
                        offered.add(uid)
                        yield Incoming(f"{link.validity}.{uid}", raw, self._account.place)
                self._on_connected()
                await asyncio.to_thread(link.wait, self._idle_seconds if link.idles else self._poll_seconds)
        finally:
            self._link = None
            link.cut()

    async def mark(self, uid: str) -> None:
        """Mark a mail as taken. To be called between two mails of `arrivals`, whose connection it uses.

        Raises:
            Unavailable: the connection was lost, or the folder was made anew: the mail is offered again.
        """
        link = self._link
        validity, _, number = uid.partition(".")
        if link is None or str(link.validity) != validity:
            raise Unavailable(f"{self._account.place}: the mail can't be marked", "", "it is offered again")
        await asyncio.to_thread(link.mark, int(number))
