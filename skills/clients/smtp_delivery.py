"""One SMTP dialogue, spoken step by step so that it is known how far it got when the link breaks.

Until the server has asked for the text (354) nothing can have left. From there to its answer nobody
can tell, and saying so is all that is right (RFC 5321, 4.5.3.2.6 and 6.1).
"""

import re
import smtplib
import ssl
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.policy import Policy
from email.utils import getaddresses
from typing import TYPE_CHECKING, Any

from skills.clients.outbox import NotSent
from store.safe_text import plain, redact

if TYPE_CHECKING:
    from skills.clients.outbox import SmtpSettings

_LINE_DOT = re.compile(rb"(?m)^\.")
_LOGIN_HINT = "check smtp.user and smtp.password_command"


def deliver(settings: "SmtpSettings", message: EmailMessage, seconds: float) -> str:
    """Deliver a mail and return the server's answer.

    Raises:
        NotSent: it was refused or the server could not be reached; `unknown` where that can't be told.
    """
    where = f"{settings.host}:{settings.port}"
    password = _password(settings.password_command, seconds) if settings.user else ""
    with _explained(where):
        link = smtplib.SMTP(settings.host, settings.port, timeout=seconds)
    try:
        with _explained(where):
            _open(link, settings, password)
            policy = _envelope(link, message)
        return _hand_over(link, message.as_bytes(policy=policy), where)
    finally:
        _part(link)


@contextmanager
def _explained(where: str) -> Iterator[None]:
    """Turn what smtplib raises before the text was asked for into what an engineer can act on."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        raise NotSent(f"The mail server {where} refuses our login", _said(error), _LOGIN_HINT) from error
    except smtplib.SMTPResponseException as error:
        raise refusal(where, error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPNotSupportedError as error:
        raise NotSent(f"The mail server {where} lacks what is asked of it", str(error), "check [smtp]") from error
    except ssl.SSLError as error:
        hint = "check the server's certificate, or smtp.host: it must be the name that stands in it"
        raise NotSent(f"No encrypted link to the mail server {where}", error.reason or str(error), hint) from error
    except (OSError, smtplib.SMTPException) as error:
        hint = "check smtp.host, smtp.port and the network, then send again"
        raise NotSent(f"The mail server {where} can't be reached", plain(str(error)), hint) from error


def _said(error: smtplib.SMTPResponseException) -> str:
    return f"{error.smtp_code} {_text(error.smtp_error)}"


def _text(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return plain(redact(" ".join(text.split())))


def refusal(where: str, code: int, answer: bytes | str) -> NotSent:
    """Return what a 4xx or 5xx answer means: later, or never like this."""
    said = f"{code} {_text(answer)}"
    if 400 <= code < 500:
        return NotSent(f"The mail server {where} does not take the mail now", said, "send again later")
    return NotSent(f"The mail server {where} refuses the mail", said, "correct what it names, then send again")


def _password(command: Sequence[str], seconds: float) -> str:
    if not command:
        raise NotSent("There is no password for the mail server", "smtp.user is set", _LOGIN_HINT)
    try:
        done = subprocess.run(list(command), capture_output=True, timeout=seconds, check=True, text=True)
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError) as error:
        # What the command printed may hold the password: only its name and kind of failure are told.
        raise NotSent(f"smtp.password_command failed: {command[0]}", type(error).__name__, _LOGIN_HINT) from None
    return done.stdout.rstrip("\r\n")


def _open(link: smtplib.SMTP, settings: "SmtpSettings", password: str) -> None:
    link.ehlo_or_helo_if_needed()
    if settings.starttls:
        link.starttls(context=ssl.create_default_context())
        link.ehlo()
    if settings.user:
        link.login(settings.user, password)


def _addresses(message: EmailMessage, *names: str) -> list[str]:
    headers = [str(value) for name in names for value in message.get_all(name, [])]
    return list(dict.fromkeys(address for _, address in getaddresses(headers) if address))


def _envelope(link: smtplib.SMTP, message: EmailMessage) -> "Policy[Any]":
    """Name sender and recipients, and return how the mail is to be spelled; one refused recipient stops it for all."""
    sender, *_ = _addresses(message, "From")
    recipients = _addresses(message, "To", "Cc")
    options = ["smtputf8", "body=8bitmime"] if not "".join([sender, *recipients]).isascii() else []
    if options and not link.has_extn("smtputf8"):
        raise smtplib.SMTPNotSupportedError("SMTPUTF8, for an address with accents")
    _expect(link.mail(sender, options))
    for recipient in recipients:
        _expect(link.rcpt(recipient))
    return WIRE.clone(utf8=True) if options else WIRE


def _expect(answer: tuple[int, bytes], *codes: int) -> None:
    if answer[0] not in (codes or (250, 251)):
        raise smtplib.SMTPResponseException(*answer)


def _hand_over(link: smtplib.SMTP, content: bytes, where: str) -> str:
    text = _LINE_DOT.sub(b"..", content)
    with _explained(where):
        _expect(link.docmd("DATA"), 354)
    try:
        link.send(text + (b"" if text.endswith(b"\r\n") else b"\r\n") + b".\r\n")
        code, answer = link.getreply()
    except (OSError, smtplib.SMTPException) as error:
        title = f"The link to the mail server {where} broke before it answered"
        raise NotSent(title, plain(str(error)), "look whether the client has the mail", unknown=True) from error
    if code != 250:
        raise refusal(where, code, answer)
    return f"{code} {_text(answer)}"


def _part(link: smtplib.SMTP) -> None:
    """Say goodbye; a server that has taken the mail may answer what it likes."""
    try:
        link.quit()
    except (OSError, smtplib.SMTPException):
        link.close()
