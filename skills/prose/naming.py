"""What to call an incident, and the person who reported it."""

import re
from functools import cache

from skills.prose.foreign import one_line
from skills.prose.knowledge import table
from store.incident import Incident
from store.values import Address, Mail

_FILLING = " \t-–—:;,.!"
_PERSON = re.compile(r"^[^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*){1,3}$")
_TITLES = frozenset({"m", "mr", "mrs", "ms", "mme", "mlle", "dr", "me", "pr"})


@cache
def _noise() -> re.Pattern[str]:
    """Match a word that tells nothing, set off by a mark or by capitals: `URGENT - `, `[Urgent] `, `URGENT `."""
    known = sorted(table("words")["noise"], key=len, reverse=True)
    words = "|".join(re.escape(word) for word in known)
    capitals = "|".join(re.escape(word.upper()) for word in known)
    return re.compile(rf"[\W_]*(?:(?i:{words})\s*(?:[-–—:;!,.\])}}»\"*]+\s*|$)|(?:{capitals})\s+)")


def headline(incident: Incident) -> str:
    """Return what is broken, without the shouting: « Paiements bloqués » of « URGENT - Paiements bloqués !!! »."""
    title = one_line(incident.title)
    while noise := _noise().match(title):
        title = title[noise.end() :]
    return title.strip(_FILLING) or one_line(incident.reading.broken) or one_line(incident.title)


def reporter(mail: Mail) -> Address:
    """Return who wrote the report: of a forwarded mail, its original sender."""
    return mail.original_sender or mail.sender


def first_name(mail: Mail, contacts: tuple[Address, ...] = ()) -> str:
    """Return the reporter's first name, from the signature, the header or the contacts; empty where none tells it."""
    author = reporter(mail)
    known = [contact.name for contact in contacts if contact.email.lower() == author.email.lower()]
    for candidate in (*_signed(mail.signature), author.name, *known, *_signed(_closing(mail.text))):
        if name := _first(candidate):
            return name
    return ""


def _closing(text: str) -> str:
    """Return the last lines of a mail whose signature has no mark before it."""
    last = text.rstrip().rpartition("\n\n")[2]
    return last if len(last.splitlines()) <= 4 else ""


def _signed(signature: str) -> list[str]:
    return [line.strip(" -–—_,") for line in signature.splitlines() if line.strip()][:2]


def _first(name: str) -> str:
    """Return the first name within a full name: `Jean` of `MARTIN Jean`, nothing of `Mme Dupont` or `Support`."""
    name = one_line(name, 60)
    parts = name.split()
    if not _PERSON.match(name) or parts[0].rstrip(".").lower() in _TITLES:
        return ""
    capitalised = [part for part in parts if part[0].isupper()]
    if len(capitalised) != len(parts):
        return ""
    return next((part for part in parts if not part.isupper()), parts[0].title())
