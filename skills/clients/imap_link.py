"""One connection to an IMAP server: blocking, for threads."""

import imaplib
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import imap_tools
from pydantic import SecretStr

from skills.clients.imap_thread import Turns
from skills.clients.imap_trouble import login_told, lost, refused, tls_told, told
from skills.contract import Unavailable


@dataclass(frozen=True, slots=True)
class Account:
    """Where a mailbox is and how it is reached; no secret stands in it."""

    host: str
    user: str
    port: int = 993
    folder: str = "INBOX"
    security: Literal["tls", "starttls", "none"] = "tls"
    ca_file: Path | None = None
    oauth2: bool = False
    timeout: float = 20.0
    """Seconds that any single answer may take."""
    keyword: str = "$Astreinte"
    """What a mail is marked with, where the server keeps keywords."""
    largest: int = 60 * 1024 * 1024
    """Bytes: of a larger mail the first part is taken."""

    @property
    def place(self) -> str:
        """How messages name it."""
        return f"imap {self.user}@{self.host}"


class Link:
    """A connection with its folder selected. A command waits for its turn; one that only waits for news gives way."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.idles = False
        self._box: imap_tools.BaseMailBox | None = None
        self._cut = False
        self._turns = Turns()

    def open(self, secret: SecretStr) -> None:
        """Connect, log in, select.

        Raises:
            Unavailable: with which of them failed.
        """
        with self.asking():
            with tls_told(self.account):
                self._connect()
            self._log_in(secret.get_secret_value())
            self._opened.folder.set(self.account.folder)

    def _connect(self) -> None:
        account = self.account
        context = None if account.security == "none" else _context(account)
        if account.security == "tls":
            self._box = imap_tools.MailBox(account.host, account.port, timeout=account.timeout, ssl_context=context)
        else:
            self._box = imap_tools.MailBoxUnencrypted(account.host, account.port, timeout=account.timeout)
        self._check_cut()
        if account.security == "starttls":
            if "STARTTLS" not in self._client.capabilities:
                hint = "check mailbox.imap.port and mailbox.imap.security"
                raise Unavailable(f"{account.place}: the server offers no STARTTLS", "", hint)
            self._client.starttls(context)

    def _log_in(self, secret: str) -> None:
        user, box = self.account.user, self._opened
        with login_told(self.account):
            if self.account.oauth2:
                box.xoauth2(user, secret, initial_folder=None)
            elif f"{user}{secret}".isascii() and f"{user}{secret}".isprintable():
                box.login(user, secret, initial_folder=None)
            else:
                box.login_utf8(user, secret, initial_folder=None)
            _, abilities = self._client.capability()
        self.idles = b"IDLE" in (abilities[0] or b"").upper().split()

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Have one's turn with the server.

        Raises:
            Unavailable: whatever went wrong meanwhile, in one line.
        """
        self._turns.begin()
        try:
            self._check_cut()
            with told(self.account):
                yield
        finally:
            self._turns.end()
            if self._cut:
                self._close()

    def ask(self, command: str, *words: str) -> Sequence[Any]:
        """In one's turn: send a command about UIDs, return what was answered in the pieces of `imaplib`.

        Raises:
            Refused: the server said no.
        """
        try:
            status, data = self._client.uid(command, *words)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            raise refused(self.account.place, command, error) from error
        if status != "OK":
            raise refused(self.account.place, command, next(iter(data), ""))
        return data

    def selected(self, code: str) -> bytes:
        """Return what the server said of the folder under a response code, such as `UIDVALIDITY`."""
        return b" ".join(part for part in self._client.response(code)[1] if part)

    def wait(self, seconds: float) -> None:
        """Wait until the server says that something changed, at most `seconds`; the last answer proves it lives."""
        with self.asking():
            if not self.idles:
                self._turns.listen(seconds)
                self._check_cut()
                self._client.noop()
                return
            self._opened.idle.start()  # type: ignore[no-untyped-call]  # the library leaves it so
            if not self._buffered():
                # What the server says is read with the answer to DONE, in whole lines.
                self._turns.listen(seconds, self._client.sock)
            self._check_cut()
            self._opened.idle.stop()  # type: ignore[no-untyped-call]  # the library leaves it so

    def _buffered(self) -> bool:
        """Whether a change was read along with the answer to IDLE: the socket would not tell of it."""
        client: Any = self._client
        client.sock.settimeout(0)
        try:
            return bool(client.file.peek(1))
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        finally:
            client.sock.settimeout(self.account.timeout)

    def cut(self) -> None:
        """Close the connection, from any thread; whoever asks or waits in it returns."""
        self._cut = True
        if self._box is not None:
            with suppress(OSError):  # not TLS's own shutdown: what is being sent would go out in the clear
                socket.socket.shutdown(self._client.sock, socket.SHUT_RDWR)
        self._turns.rouse()
        self._close()

    def _close(self) -> None:
        """Give the sockets back, unless somebody has a turn: they do it when it ends."""
        if self._turns.begin_at_once():
            try:
                self._turns.close()
                if self._box is not None:
                    with suppress(OSError):
                        self._client.shutdown()
            finally:
                self._turns.end()

    @property
    def _opened(self) -> imap_tools.BaseMailBox:
        if self._box is None:
            raise lost(self.account.place)
        return self._box

    @property
    def _client(self) -> imaplib.IMAP4:
        return self._opened.client

    def _check_cut(self) -> None:
        if self._cut:
            raise lost(self.account.place)


def _context(account: Account) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if account.ca_file is not None:
        try:
            context.load_verify_locations(account.ca_file)
        except OSError as error:  # that it holds no certificate is one as well
            title = f"{account.place}: no certificate can be read from {account.ca_file}"
            raise Unavailable(title, error.strerror or "", "check mailbox.imap.ca_file") from error
    return context
