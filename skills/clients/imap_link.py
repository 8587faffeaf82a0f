"""One connection to an IMAP folder: blocking, for a thread. `skills.clients.imap_mailbox` drives it."""

import contextlib
import imaplib
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import imap_tools
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError

from skills.contract import Unavailable

KEYWORD = "$Astreinte"
_LARGEST_BYTES = 60 * 1024 * 1024
"""Of a larger mail the first part is taken."""
_NUDGE_SECONDS = 0.5


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

    @property
    def place(self) -> str:
        """How messages name it."""
        return f"imap {self.user}@{self.host}"


class Link:
    """A selected folder. A mail is marked by a keyword where the server keeps one, and as seen in any case."""

    def __init__(self, account: Account, secret: str) -> None:
        """Connect, log in, select.

        Raises:
            Unavailable: with which of them failed.
        """
        self._account = account
        self._cut = False
        self._asked = threading.Lock()
        with _told(account):
            self._box = _connect(account)
            try:
                self._enter(secret)
            except BaseException:
                self._box.client.shutdown()
                raise

    def _enter(self, secret: str) -> None:
        account, box = self._account, self._box
        if account.oauth2:
            box.xoauth2(account.user, secret, initial_folder=None)
        elif secret.isascii():
            box.login(account.user, secret, initial_folder=None)
        else:
            box.login_utf8(account.user, secret, initial_folder=None)
        box.folder.set(account.folder)
        client = box.client
        self.validity = _number(client.response("UIDVALIDITY")[1])
        flags = b" ".join(part for part in client.response("PERMANENTFLAGS")[1] if part).decode(errors="replace")
        self._keywords = "\\*" in flags or KEYWORD.lower() in flags.lower()
        _, offered = client.capability()
        self.idles = b"IDLE" in offered[0].upper().split()

    def unmarked(self, since: date | None) -> list[int]:
        """Return the UIDs of the mails that are not marked, oldest first; those that came since a day, where given."""
        criteria = [f"UNKEYWORD {KEYWORD}" if self._keywords else "UNSEEN"]
        if since is not None:
            criteria.append(f"SINCE {since.day:02}-{_MONTHS[since.month - 1]}-{since.year}")
        with self._asking():
            _, data = self._box.client.uid("SEARCH", *criteria)
        return sorted(int(number) for part in data if part for number in part.split())

    def fetch(self, uid: int) -> bytes | None:
        """Return a mail's bytes, marking nothing; None where it is gone."""
        with self._asking():
            _, data = self._box.client.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{_LARGEST_BYTES}>)")
        return next((part[1] for part in data if isinstance(part, tuple)), None)

    def mark(self, uid: int) -> None:
        """Mark a mail. A keyword that the server said it keeps, and did not, is not relied on again."""
        wanted = f"(\\Seen {KEYWORD})" if self._keywords else "(\\Seen)"
        with self._asking():
            _, data = self._box.client.uid("STORE", str(uid), "+FLAGS", wanted)
            answered = b" ".join(part for part in data if isinstance(part, bytes)).decode(errors="replace")
        if "FLAGS" in answered and KEYWORD.lower() not in answered.lower():
            self._keywords = False

    def wait(self, seconds: float) -> None:
        """Wait until the server says that something changed, at most `seconds`; the last answer proves it lives."""
        with self._asking():
            if not self.idles:
                _wait_until(lambda: self._cut, seconds)
                self._box.client.noop()
                return
            self._box.idle.start()  # type: ignore[no-untyped-call]  # the library leaves it so
            if not self._buffered():
                self._until_readable(seconds)
            if not self._cut:
                self._box.idle.stop()  # type: ignore[no-untyped-call]  # the library leaves it so

    def _until_readable(self, seconds: float) -> None:
        """Wait for the server to say something. What it says is read with the answer to DONE, in whole lines."""
        poller = select.poll()
        poller.register(self._box.client.sock, select.POLLIN)
        poller.poll(seconds * 1000)

    def _buffered(self) -> bool:
        """Whether a change was read along with the answer to IDLE: the socket would not tell of it."""
        client: Any = self._box.client
        client.sock.settimeout(0)
        try:
            return bool(client.file.peek(1))
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        finally:
            client.sock.settimeout(self._account.timeout)

    def cut(self) -> None:
        """Close the connection, from any thread; whoever waits in it returns."""
        self._cut = True
        with contextlib.suppress(OSError):
            self._box.client.sock.shutdown(socket.SHUT_RDWR)
        self._close()

    @contextmanager
    def _asking(self) -> Iterator[None]:
        try:
            with self._asked, _told(self._account):
                yield
        finally:
            if self._cut:
                self._close()

    def _close(self) -> None:
        """Give the socket back, unless somebody is still in an answer: they do it when they leave."""
        if self._asked.acquire(blocking=False):
            try:
                with contextlib.suppress(OSError):
                    self._box.client.shutdown()
            finally:
                self._asked.release()


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""As IMAP spells them, whatever the locale."""


def _wait_until(over: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not over() and (left := end - time.monotonic()) > 0:
        time.sleep(min(_NUDGE_SECONDS, left))


def _number(data: list[bytes | None]) -> int:
    return next((int(part) for part in data if part), 0)


def _connect(account: Account) -> imap_tools.BaseMailBox:
    if account.security == "none":
        return imap_tools.MailBoxUnencrypted(account.host, account.port, timeout=account.timeout)
    context = ssl.create_default_context()
    if account.ca_file is not None:
        context.load_verify_locations(account.ca_file)
    kind = imap_tools.MailBox if account.security == "tls" else imap_tools.MailBoxStartTls
    return kind(account.host, account.port, timeout=account.timeout, ssl_context=context)


@contextmanager
def _told(account: Account) -> Iterator[None]:
    """Tell what went wrong in one line: what, where, what to do. No secret stands in it."""
    place = account.place
    try:
        yield
    except MailboxLoginError as error:
        raise Unavailable(f"{place}: login refused", "", "check the account's user and its secret") from error
    except MailboxFolderSelectError as error:
        raise Unavailable(f"{place}: there is no folder {account.folder}", "", "check mailbox.imap.folder") from error
    except ssl.SSLCertVerificationError as error:
        hint = "name its authority in mailbox.imap.ca_file"
        raise Unavailable(f"{place}: the certificate is not trusted", error.verify_message, hint) from error
    except socket.gaierror as error:
        raise Unavailable(f"{place}: the name is not known", "", "check mailbox.imap.host") from error
    except ConnectionRefusedError as error:
        raise Unavailable(f"{place}: nothing listens on port {account.port}", "", "check mailbox.imap.port") from error
    except TimeoutError as error:
        raise Unavailable(f"{place}: no answer in {account.timeout:g} s", "", "tried again by itself") from error
    except imaplib.IMAP4.abort as error:
        raise Unavailable(f"{place}: the connection was lost", "", "tried again by itself") from error
    except (imaplib.IMAP4.error, ImapToolsError) as error:
        said = " ".join(str(error).split())[:120] if "AUTH" not in str(error).upper() else "login refused"
        raise Unavailable(f"{place}: {said}", "", "check the account at its server") from error
    except (OSError, ValueError) as error:
        raise Unavailable(f"{place}: the connection was lost", "", "tried again by itself") from error
