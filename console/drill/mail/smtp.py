"""An SMTP server on loopback that accepts everything and keeps it, or refuses as it is told to."""

import asyncio
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from pydantic import BaseModel, ConfigDict, Field

from console.drill.mail import maildir
from console.drill.request_log import Clock, RequestLog
from console.drill.serving import LOOPBACK


class SmtpSwitches(BaseModel):
    """`refusal` is the reply to DATA instead of 250, such as `451 4.3.0 Try again later`; empty accepts."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    refusal: str = Field(default="", pattern=r"^([45]\d\d .+)?$")


@dataclass(frozen=True)
class Delivery:
    """An accepted mail, byte for byte."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


class Sink:
    """aiosmtpd's handler: decides on each mail and keeps the accepted ones."""

    def __init__(self, now: Clock, filed: Path | None = None) -> None:
        """`filed` is a Maildir that gets a copy of each mail before the server answers for it (`always_bcc`)."""
        self._filed = filed
        self.switches = SmtpSwitches()
        self.deliveries: list[Delivery] = []
        self.log = RequestLog(now)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 (theirs)
        """Called by aiosmtpd with a whole mail; returns the SMTP reply."""
        content = envelope.original_content or b""
        headers = message_from_bytes(content, policy=default)
        detail = {name: str(headers.get(name, "")) for name in ("From", "To", "Subject", "Message-ID")}
        recipients = tuple(str(each) for each in envelope.rcpt_tos)
        reply = self.switches.refusal or "250 2.0.0 Ok: queued"
        if not self.switches.refusal:
            self.deliveries.append(Delivery(envelope.mail_from or "", recipients, content))
            if self._filed is not None:
                maildir.deliver(self._filed, f"{len(self.deliveries)}", content, self.log.now())
        self.log.add("DATA", ",".join(recipients), int(reply[:3]), **detail)
        return reply


def _authenticate(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
    """Any user with a password; handled=False lets aiosmtpd answer 535, else a wrong password's client hangs."""
    accepted = isinstance(data, LoginPassword) and bool(data.password)
    return AuthResult(success=accepted, handled=False)


async def serve_smtp(sink: Sink, port: int = 0) -> tuple[asyncio.Server, int]:
    """Listen on 127.0.0.1 and return server and port."""
    loop = asyncio.get_running_loop()

    def session() -> SMTP:
        return SMTP(
            sink,
            hostname="drill.invalid",
            enable_SMTPUTF8=True,
            authenticator=_authenticate,
            auth_require_tls=False,
            loop=loop,
        )

    server = await loop.create_server(session, LOOPBACK, port)
    bound: tuple[str, int] = server.sockets[0].getsockname()
    return server, bound[1]
