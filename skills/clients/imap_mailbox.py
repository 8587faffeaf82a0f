"""An IMAP mailbox: new mails by IDLE, each offered until it is marked."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from pydantic import SecretStr

from skills.clients.imap_thread import in_thread
from skills.clients.mailbox import Incoming
from skills.contract import Unavailable

if TYPE_CHECKING:
    from skills.clients.imap_folder import Folder
    from skills.clients.imap_link import Account

_IDLE_SECONDS = 120.0
"""After so long IDLE is begun anew: a connection that died in silence is noticed no later."""
_POLL_SECONDS = 20.0
"""Between two looks at a server that knows no IDLE."""


class ImapMailbox:
    """One folder of an IMAP account, over one connection.

    `secret` is asked for at each connection, for tokens expire; `since` limits what is offered to the mails
    that came from that day on. `on_connected` is called after each look at the folder.
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
        self._folder: Folder | None = None

    async def arrivals(self) -> AsyncIterator[Incoming]:
        """Yield the mails not yet marked, oldest first, then new ones as they come.

        Raises:
            Unavailable: no connection, or it was lost; or a mail is not given, once the others are.
            SkillError: the secret can't be had.
        """
        from skills.clients.imap_folder import Folder
        from skills.clients.imap_link import Link

        secret = await self._secret()
        link = Link(self._account)
        offered: set[int] = set()
        try:
            await in_thread(partial(link.open, secret))
            self._folder = folder = Folder(link)
            while True:
                async for uid, raw in self._new(folder, offered):
                    offered.add(uid)
                    yield Incoming(f"{folder.validity}.{uid}", raw, self._account.place)
                self._on_connected()
                await in_thread(partial(link.wait, self._idle_seconds if link.idles else self._poll_seconds))
        finally:
            self._folder = None
            link.cut()

    async def _new(self, folder: "Folder", offered: set[int]) -> AsyncIterator[tuple[int, bytes]]:
        """Yield what is not offered yet; a mail that the server does not give holds up none, and is told last."""
        from skills.clients.imap_trouble import Refused

        trouble: Refused | None = None
        for uid in await in_thread(partial(folder.unmarked, self._since() if self._since else None)):
            try:
                raw = None if uid in offered else await in_thread(partial(folder.fetch, uid))
            except Refused as error:
                trouble = error
            else:
                if raw is not None:
                    yield uid, raw
        if trouble is not None:
            raise trouble

    async def mark(self, uid: str) -> None:
        """Mark a mail as taken: afterwards no session is offered it. Over the connection of `arrivals`, which runs.

        Raises:
            Unavailable: it could not be marked, or the folder was made anew: the mail is offered again.
        """
        folder = self._folder
        validity, _, number = uid.partition(".")
        if folder is None or str(folder.validity) != validity:
            raise Unavailable(f"{self._account.place}: the mail can't be marked", "", "it is offered again")
        await in_thread(partial(folder.mark, int(number)))
