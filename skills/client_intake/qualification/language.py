"""French or English, by the little words that carry no subject; the client's configured language breaks a tie."""

import re
from functools import cache

from skills.client_intake.folding import fold
from skills.client_intake.knowledge import table
from store.values import Language

_WORD = re.compile(r"[a-z]+")


def language_of(text: str, usual: Language | None = None, domain: str = "") -> Language:
    """The language of a text; where it has too few words, the client's usual one, then the domain's country."""
    words = _WORD.findall(fold(text[:6000]))
    french_words, english_words = _little_words()
    french = sum(word in french_words for word in words)
    english = sum(word in english_words for word in words)
    french += 2 * len(re.findall("[éèàçùêîôâë]", text[:6000])) // 3
    if abs(french - english) >= 2 or (french != english and not usual):
        return "fr" if french > english else "en"
    if usual:
        return usual
    return "fr" if domain.endswith((".fr", ".bzh", ".corsica", ".paris")) else "en"


@cache
def _little_words() -> tuple[frozenset[str], frozenset[str]]:
    """The words that are only French, and those that are only English."""
    data = table("languages")
    french, english = frozenset(data["fr"].split()), frozenset(data["en"].split())
    return french - english, english - french
