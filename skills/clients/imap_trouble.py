"""What goes wrong with an IMAP server, told in one line: what, where, what to do. No secret stands in it.

Unavailable
└── Refused    the server answered, and said no to one command
"""

import errno
import imaplib
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from imap_tools.errors import ImapToolsError, MailboxFolderSelectError

from skills.contract import Unavailable

if TYPE_CHECKING:
    from skills.clients.imap_link import Account

_AGAIN = "tried again by itself"
_LONGEST = 120
_CODES = re.compile(
    r"\[(AUTHENTICATIONFAILED|AUTHORIZATIONFAILED|CONTACTADMIN|EXPIRED|INUSE|LIMIT|NOPERM|PRIVACYREQUIRED"
    r"|SERVERBUG|UNAVAILABLE)\b"
)
"""The codes of RFC 5530 that say more than no.

Only they are quoted of the answer to a login: the rest of it may repeat the secret.
"""


class Refused(Unavailable):
    """The server answered a command with no."""


def refused(place: str, command: str, said: object) -> Refused:
    """Return the trouble of a command that was answered with no."""
    return Refused(f"{place}: the server refused {command}", _plain(said), "check the account at its server")


def lost(place: str) -> Unavailable:
    """Return the trouble of a connection that ended."""
    return Unavailable(f"{place}: the connection was lost", "", _AGAIN)


@contextmanager
def login_told(account: "Account") -> Iterator[None]:
    """Tell of a login that was refused."""
    try:
        yield
    except imaplib.IMAP4.abort:
        raise
    except (imaplib.IMAP4.error, ImapToolsError) as error:
        hint = "check the account's user and its secret"
        raise Unavailable(f"{account.place}: login refused", _code(error), hint) from None


@contextmanager
def tls_told(account: "Account") -> Iterator[None]:
    """Tell of an encryption that did not come about."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        hint = "name its authority in mailbox.imap.ca_file"
        raise Unavailable(f"{account.place}: the certificate is not trusted", error.verify_message, hint) from error
    except ssl.SSLError as error:
        hint = "check mailbox.imap.port and mailbox.imap.security"
        raise Unavailable(f"{account.place}: no TLS on port {account.port}", error.reason or "", hint) from error


@contextmanager
def told(account: "Account") -> Iterator[None]:
    """Tell of everything else."""
    place = account.place
    try:
        yield
    except MailboxFolderSelectError as error:
        what = (
            f"the folder {account.folder} can't be opened" if _code(error) else f"there is no folder {account.folder}"
        )
        raise Unavailable(f"{place}: {what}", _code(error), "check mailbox.imap.folder") from error
    except imaplib.IMAP4.readonly as error:
        hint = "let the account set flags there"
        raise Unavailable(f"{place}: the folder {account.folder} is read-only", "", hint) from error
    except imaplib.IMAP4.abort as error:
        raise lost(place) from error
    except (imaplib.IMAP4.error, ImapToolsError) as error:
        raise refused(place, "a command", error) from error
    except (OSError, UnicodeError) as error:
        raise _network(account, error) from error


def _network(account: "Account", error: OSError | UnicodeError) -> Unavailable:
    place = account.place
    if isinstance(error, socket.gaierror | UnicodeError):
        return Unavailable(f"{place}: the name is not known", "", "check mailbox.imap.host")
    if isinstance(error, ConnectionRefusedError):
        return Unavailable(f"{place}: nothing listens on port {account.port}", "", "check mailbox.imap.port")
    if isinstance(error, TimeoutError):
        return Unavailable(f"{place}: no answer in {account.timeout:g} s", "", _AGAIN)
    if error.errno in {errno.ENETUNREACH, errno.EHOSTUNREACH}:
        return Unavailable(f"{place}: no way to the host", "", "check the network and mailbox.imap.host")
    return lost(place)


def _code(said: object) -> str:
    found = _CODES.search(str(said))
    return found[1] if found else ""


def _plain(said: object) -> str:
    """Return what a server said as one line that does nothing to a terminal."""
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())[:_LONGEST]
