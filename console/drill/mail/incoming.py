"""The scenario's mails as they reach the agency."""

from email.message import EmailMessage
from email.utils import format_datetime

from console.drill.scenario import Mail


def as_message(mail: Mail) -> bytes:
    """The mail on the wire: UTF-8, quoted-printable, dated when it was written."""
    message = EmailMessage()
    message["From"] = mail.sender
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.at)
    message["Message-ID"] = mail.message_id
    message.set_content(mail.body.lstrip("\n"), charset="utf-8", cte="quoted-printable")
    return message.as_bytes()
