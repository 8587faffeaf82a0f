"""How the engine's messages leave: a client's mail over SMTP, the team's alert to its webhook."""

import asyncio
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING

from skills.contract import Alert, SkillError
from skills.prose.foreign import one_line
from store.values import Address, Draft

if TYPE_CHECKING:
    from skills.clients.outbox import Outbox
    from skills.clients.web import Web

_ATTEMPTS = 3
_PAUSE_SECONDS = 0.5


async def send_draft(outbox: "Outbox", draft: Draft, now: datetime) -> str:
    """Send an approved draft, dated `now`, and return the server's answer.

    Raises:
        SkillError: an address or header can't stand in a mail.
        NotSent: the server did not take it.
    """
    return await outbox.send(build_message(draft, now))


def build_message(draft: Draft, now: datetime) -> EmailMessage:
    """Return the draft as a mail in the report's thread.

    Raises:
        SkillError: an address or header can't stand in a mail.
    """
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = _address(draft.sender)
        message["To"] = tuple(_address(address) for address in draft.to)
        message["Subject"] = " ".join(draft.subject.split())
        message["Date"] = format_datetime(now)
        message["Message-ID"] = draft.message_id
        if draft.in_reply_to:
            message["In-Reply-To"] = draft.in_reply_to
        if draft.references:
            message["References"] = " ".join(draft.references)
    except (ValueError, MessageError) as error:
        raise SkillError(
            "This mail can't be sent as it stands", str(error), "correct the address or the subject"
        ) from error
    message.set_content(draft.body, charset="utf-8", cte="quoted-printable")
    return message


def _address(address: Address) -> HeaderAddress:
    name = one_line(address.name, 100)
    if address.email.isascii():
        return HeaderAddress(name, addr_spec=address.email)
    # The library parses ASCII addresses only; an accented one goes out under SMTPUTF8 (RFC 6531).
    local, _, domain = address.email.rpartition("@")
    return HeaderAddress(name, username=local, domain=domain)


async def send_alert(web: "Web", alert: Alert, *, pause_seconds: float = _PAUSE_SECONDS) -> str:
    """Post an alert to the team's webhook and return its answer; what refuses it for now is asked again.

    Every attempt carries the same Idempotency-Key. Where there was no answer at all it is not repeated:
    the team may have it.

    Raises:
        SkillError: the webhook refuses it.
        Unavailable: no answer.
    """
    status, body = 0, ""
    for attempt in range(_ATTEMPTS):
        if attempt:
            await asyncio.sleep(pause_seconds * attempt)
        headers = {"Idempotency-Key": alert.message_id}
        answer = await web.ask("POST", alert.url, json=alert.body or {"text": alert.text}, headers=headers)
        status, body = answer.status, one_line(answer.body, 200)
        if 200 <= status < 300:
            return f"{status} {body}".strip()
        if status != 429 and status < 500:
            break
    raise SkillError(f"The team's webhook answers {status}", body, "check alerts.webhook; the team was not told")
