"""`parse_mail`: whatever a mail server delivers becomes a `Mail`. Total, linear, under a second for any input."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from skills.client_intake.reception.addresses import addresses, first_address
from skills.client_intake.reception.automatic import automatic_kind
from skills.client_intake.reception.decoding import attachment_of, header_text, payload, text_of
from skills.client_intake.reception.forms import folded_line, forms, labelled
from skills.client_intake.reception.html_text import html_to_text
from skills.client_intake.reception.parts import Part, entity, leaves
from skills.client_intake.reception.thread import FORWARD_RULE, take_apart
from store.values import Address, Attachment, Mail

SUBJECT_CHARS = 500
TEXT_CHARS = 60_000
_CONVERSATION = "thread-index.invalid"
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,300}>")


@dataclass(slots=True)
class _Content:
    """What the leaves of a mail hold."""

    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    enclosed: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)

    def text(self) -> str:
        """The plain text, or the HTML's where there is none worth reading."""
        plain = "\n\n".join(part for part in self.plain if part.strip())
        rendered = "\n\n".join(part for part in self.html if part.strip())
        stub = len(plain) < 80 and len(rendered) > 3 * len(plain)
        return rendered if stub else plain


def parse_mail(raw: bytes) -> Mail:
    """Read a mail's raw bytes; any bytes give a `Mail`, what was broken is named in its `defects`."""
    root = entity(raw)
    headers = root.headers
    parts, defects = leaves(root)
    bounced = "report" in root.media_type
    content = _content(parts, bounced=bounced, depth=0)
    subject = header_text(headers.get("subject", ""))[:SUBJECT_CHARS].strip()
    forwarded = bool(forms().forward_subject.search(folded_line(subject))) or bool(content.enclosed)
    source = content.text()
    if content.enclosed and not bounced:
        source = "\n\n".join([source, *content.enclosed])
    body = take_apart(source[:TEXT_CHARS], forwarded=forwarded)
    sender = next(iter(addresses(headers.get("from", "") or headers.get("sender", ""))), None)
    sender = sender or next(iter(addresses(headers.get("return-path", ""))), Address(email=""))
    to = addresses(headers.get("to", ""))
    return Mail(
        message_id=_message_id(headers.get("message-id", "")),
        sender=sender,
        to=to + tuple(a for a in addresses(headers.get("delivered-to", "")) if a.email not in {t.email for t in to}),
        cc=addresses(headers.get("cc", "")),
        subject=subject,
        sent_at=_sent_at(headers),
        text=body.text,
        quoted=body.quoted,
        signature=body.signature,
        in_reply_to=_message_id(headers.get("in-reply-to", "")),
        references=_references(headers),
        original_sender=_original_sender(body.text, sender),
        automatic=automatic_kind(headers, sender.email, subject, body.text),
        attachments=tuple(content.attachments),
        defects=tuple(dict.fromkeys(defects + content.defects)),
        sha256=hashlib.sha256(raw).hexdigest(),
    )


def _content(parts: list[Part], *, bounced: bool, depth: int) -> _Content:
    content = _Content()
    for part in parts:
        disposition = part.headers.get("content-disposition", "").split(";")[0].strip().lower()
        if part.media_type == "message/rfc822" and depth < 4:
            content.enclosed.append(_enclosed(payload(part, len(part.body)), depth))
        elif bounced and part.media_type != "text/plain":
            continue
        elif disposition != "attachment" and part.media_type in {"text/plain", "text/html"}:
            _read_text(part, content)
        else:
            content.attachments.append(attachment_of(part))
    return content


def _read_text(part: Part, content: _Content) -> None:
    text, defect = text_of(part)
    if defect:
        content.defects.append(defect)
    if part.media_type == "text/html":
        content.html.append(html_to_text(text))
    else:
        content.plain.append(text)


def _enclosed(raw: bytes, depth: int) -> str:
    """An attached mail, written as a forward inline is: rule, header block, text."""
    inner = entity(raw)
    parts, _ = leaves(inner)
    content = _content(parts, bounced=False, depth=depth + 1)
    names = (("From", "from"), ("Date", "date"), ("Subject", "subject"), ("To", "to"))
    block = [f"{label}: {header_text(inner.headers.get(name, ''))[:SUBJECT_CHARS]}" for label, name in names]
    return "\n".join([FORWARD_RULE, *block, "", content.text()[:TEXT_CHARS], *content.enclosed])


def _original_sender(text: str, sender: Address) -> Address | None:
    """The sender of the innermost forwarded message; None where nothing is forwarded."""
    found: Address | None = None
    for block in text.split(FORWARD_RULE)[1:]:
        for line in block.strip().split("\n")[:6]:
            label = labelled(line)
            if label and label[0] == "from":
                found = first_address(label[1]) or found
                break
    return found if found and found.email != sender.email else None


def _message_id(value: str) -> str:
    match = _MESSAGE_ID.search(value)
    return match.group() if match else value.strip()[:300]


def _references(headers: dict[str, str]) -> tuple[str, ...]:
    """References, and the Outlook conversation's root as one more, in the form of a message id."""
    found = _MESSAGE_ID.findall(headers.get("references", ""))[:100]
    index = headers.get("thread-index", "").replace(" ", "")[:400]
    try:
        root = base64.b64decode(index, validate=False)[:22]
    except (binascii.Error, ValueError):
        root = b""
    if len(root) == 22:
        found.append(f"<{root.hex()}@{_CONVERSATION}>")
    return tuple(dict.fromkeys(found))


def is_conversation(reference: str) -> bool:
    """Whether a reference names an Outlook conversation, and no message: it is of use to us alone."""
    return reference.endswith(f"@{_CONVERSATION}>")


def _sent_at(headers: dict[str, str]) -> datetime | None:
    """The Date header, else the newest Received line's; a missing zone is UTC."""
    for value in (headers.get("date", ""), headers.get("received", "").rpartition(";")[2]):
        try:
            at = parsedate_to_datetime(value[:200])
            return (at if at.tzinfo else at.replace(tzinfo=UTC)) if at.year > 1980 else None
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None
