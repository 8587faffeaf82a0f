"""The error text that a mail quotes: between quotation marks, or a code that stands bare."""

import re

from skills.client_intake.folding import fold

MAX_CHARS = 200
_QUOTED = re.compile(r"«\s*([^«»\n]{3,200}?)\s*»|\"([^\"\n]{3,200})\"|“([^“”\n]{3,200})”")
_ERROR = re.compile(
    r"\b[45]\d\d\b|err(or|eur)|exception|fail|fatal|refus|denied|invalid|expir|timed? ?out|timeout|unable|cannot"
    r"|impossible|introuvable|not found|unavailable|inaccessible|indisponible|gateway|declin|went wrong|whoops|oops"
    r"|0 products|too many|connection|connexion|pas accepte|not supported|job failed|oom|crash|revoked|bloque|nxdomain"
)
_BARE = re.compile(
    r"(?:HTTP|[Ee]rreur|[Ee]rror|code) ?[45]\d\d\b(?: [A-Z][\w-]+){0,3}|\b50[0-4] [A-Z][a-z]+(?: [A-Z][a-z]+){0,2}"
    r"|\b[A-Z]{2,}_[A-Z_]{4,40}\b|\b[A-Z]\w{2,40}(?:Error|Exception)\b|\bCrashLoopBackOff\b|\bORA-\d{3,6}\b"
)
_INTRODUCED = re.compile(
    r"(message|erreur|error|affiche|says|saying|said|marque|indique|ecran|displays?|shows?|returns?|voit|sees?|get|gives|:)"
    r"\W{0,12}$"
)


def quoted_error(text: str) -> str:
    """The first quotation that reads as an error, else one that is introduced as a message, else a bare code."""
    introduced = ""
    for match in list(_QUOTED.finditer(text[:8000]))[:30]:
        words = next(group for group in match.groups() if group)
        if _ERROR.search(fold(words)):
            return words.strip()[:MAX_CHARS]
        if not introduced and _INTRODUCED.search(fold(text[max(0, match.start() - 40) : match.start()])):
            introduced = words.strip()
    bare = _BARE.search(text[:8000])
    return introduced[:MAX_CHARS] or (bare.group()[:MAX_CHARS] if bare else "")
