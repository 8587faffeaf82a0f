"""Which of a mail's words report something: the innermost forwarded message, else the new text, else the thread."""

import re
from datetime import datetime
from email.utils import parsedate_to_datetime

from skills.client_intake.folding import fold
from skills.client_intake.qualification.features import Focus
from skills.client_intake.qualification.lexicon import lexicon
from skills.client_intake.qualification.tokens import tokenise
from skills.client_intake.reception.addresses import company_domain, domains_in
from skills.client_intake.reception.automatic import has_recovered
from skills.client_intake.reception.forms import folded_line, forms, labelled
from skills.client_intake.reception.thread import FORWARD_RULE
from store.values import Mail

REMINDER_WORDS = 60
_CLOSING = {"context.thanks", "context.resolved"}

_TAG = re.compile(r"^\s*(?:\[[^\]]{0,40}#?\d+[^\]]{0,10}\]|\[ext(?:erne|ernal)?\])\s*", re.IGNORECASE)
_GREETING = re.compile(
    r"^(bonjour|bonsoir|salut|coucou|hello|hi|hey|dear|cher|chere|good (morning|afternoon|evening)|morning|afternoon"
    r"|madame|monsieur)\b[^.!?\n]{0,40}[,!.]?$"
)
_ROBOT = re.compile(r"^(no-?reply|ne-?pas-?repondre|notification|alert|newsletter|info-?news|news|marketing|promo)")


def focus_of(mail: Mail) -> Focus:
    """The words to weigh, and what the envelope says about who wrote them."""
    subject = bare_subject(mail.subject)
    pieces = mail.text.split(FORWARD_RULE)
    note, inner = (pieces[0], _below_block(pieces[-1])) if len(pieces) > 1 else ("", mail.text)
    text = _without_greeting(f"{inner}\n\n{note}" if note.strip() else inner)
    if not re.search(r"\w{3}", text):
        text = _without_greeting(re.sub(r"(?m)^[> ]+", "", mail.quoted[:4000]))
    again = bool(mail.quoted or mail.in_reply_to) and _only_asks_again(text)
    if again:
        text = f"{text}\n\n{_thread_text(mail.quoted)}"
    reply = bool(mail.in_reply_to) or bool(forms().reply_subject.search(folded_line(mail.subject)))
    # A reply's subject is the thread's, not this mail's: it would tell "thank you, all is well" as an outage.
    own = len(text) > 20 or bool(_concepts(text) & _CLOSING)
    weighed = "" if reply and own and not again else subject
    sender = company_domain(mail.sender.email.partition("@")[2] or "unknown")
    linked = {company_domain(domain) for domain in domains_in(text) if "http" in text}
    return Focus(
        subject=weighed,
        text=text,
        automatic=mail.automatic,
        reply=reply,
        recovered=mail.automatic == "monitoring" and has_recovered(fold(mail.subject)),
        robot=bool(_ROBOT.search(mail.sender.email)),
        foreign_link=bool(linked - {sender}) and bool(linked),
    )


def _only_asks_again(text: str) -> bool:
    """A short "still down, any news?": what it is about stands in the thread below."""
    tokens = tokenise(text)
    if len(tokens.words) > REMINDER_WORDS:
        return False
    names = _concepts(text)
    return "context.reminder" in names and "context.resolved" not in names


def _concepts(text: str) -> set[str]:
    return {found.concept for found in lexicon().find(tokenise(text))}


def _thread_text(quoted: str) -> str:
    """The quoted thread without marks and pasted header lines."""
    lines = [line.lstrip("> ") for line in quoted[:4000].split("\n")]
    return "\n".join(line for line in lines if not labelled(line))


def bare_subject(subject: str) -> str:
    """A subject without reply and forward prefixes and ticket numbers."""
    for _ in range(8):
        folded = folded_line(subject)
        if forms().reply_subject.search(folded) or forms().forward_subject.search(folded):
            subject = subject.partition(":")[2]
        stripped = _TAG.sub("", subject, count=1).strip()
        if stripped == subject.strip() and folded == folded_line(stripped):
            break
        subject = stripped
    return subject.strip()


def written_at(mail: Mail) -> datetime | None:
    """When the report itself was written: a forwarded mail's own date where it can be read, else the mail's."""
    if FORWARD_RULE in mail.text:
        for line in mail.text.split(FORWARD_RULE)[-1].strip().split("\n")[:6]:
            label = labelled(line)
            if label and label[0] == "date":
                return _date(label[1], mail.sent_at) or mail.sent_at
    return mail.sent_at


def _date(text: str, sent_at: datetime | None) -> datetime | None:
    """RFC 5322 dates, and spelt ones in French and English, in the forwarding mail's zone."""
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        at = None
    if at is not None and at.year > 1980 and at.tzinfo is not None:
        return at
    return spelt_date(text, sent_at)


_MONTHS = {
    "janv": 1, "jan": 1, "fev": 2, "feb": 2, "mars": 3, "mar": 3, "avr": 4, "apr": 4, "mai": 5, "may": 5, "juin": 6,
    "jun": 6, "juil": 7, "jul": 7, "aou": 8, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_SPELT = re.compile(
    r"(?:(\d{1,2})(?:er|st|nd|rd|th)?\s+([a-z]{3,9})\.?|([a-z]{3,9})\.?\s+(\d{1,2})),?\s+(\d{4}).{0,12}?(\d{1,2})[:h](\d{2})(?:[:\d]*)\s*(am|pm)?"
)
_NUMERIC = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}).{0,8}?(\d{1,2})[:h](\d{2})")


def spelt_date(text: str, sent_at: datetime | None) -> datetime | None:
    """Such as `vendredi 21 fevrier 2025 00:47` or `Fri, Feb 21, 2025 at 9:05 AM`; None where it is none."""
    if sent_at is None:
        return None
    folded = fold(text[:120])
    try:
        if match := _SPELT.search(folded):
            day, month_name = (match[1], match[2]) if match[1] else (match[4], match[3])
            month = next((number for name, number in _MONTHS.items() if month_name.startswith(name)), 0)
            hour = int(match[6]) % 12 + (12 if match[8] == "pm" else 0) if match[8] else int(match[6])
            return sent_at.replace(
                year=int(match[5]), month=month, day=int(day), hour=hour, minute=int(match[7]), second=0
            )
        if match := _NUMERIC.search(folded):
            day_number, month, year, hour, minute = (int(part) for part in match.groups())
            return sent_at.replace(year=year, month=month, day=day_number, hour=hour, minute=minute, second=0)
    except ValueError:
        return None
    return None


def _below_block(piece: str) -> str:
    lines = piece.strip("\n").split("\n")
    start = 0
    while start < len(lines) and lines[start].strip() and (labelled(lines[start]) or lines[start][:1] in {" ", "\t"}):
        start += 1
    return "\n".join(lines[start:]).strip()


def _without_greeting(text: str) -> str:
    lines = text.strip().split("\n")
    if lines and _GREETING.search(folded_line(lines[0])) and len(lines) > 1:
        lines = lines[1:]
    return "\n".join(lines).strip()
