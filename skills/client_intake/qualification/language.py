"""French or English, by the little words that carry no subject; the client's configured language breaks a tie."""

import re

from skills.client_intake.folding import fold
from store.values import Language

_WORD = re.compile(r"[a-z]+")
_FRENCH = frozenset(
    "le la les un une des du de et est sont a au aux pour pas plus nous vous je il elle on que qui dans sur avec ce cette ces "
    "mon notre nos votre vos ne se sa son ses mais ou donc par en y depuis bonjour merci ca c d l j n s qu ont avons etre fait "
    "tout tous toutes toute bien si tres aussi encore deja rien quand comme leur leurs meme sans chez ici hier matin soir "
    "cordialement bonsoir salut svp jour pouvez peut etait".split()
)
_ENGLISH = frozenset(
    "the a an and is are was were of to in on for not we you i he she it they that this these those with from by at be been has "
    "have had do does did can could would will our your my their there here but or so if as no any all some what when where who "
    "how since hello hi thanks thank please regards up out just than then them its it's don't can't doesn't morning yesterday "
    "today me us about only one get got".split()
)
_SHARED = _FRENCH & _ENGLISH


def language_of(text: str, usual: Language | None = None, domain: str = "") -> Language:
    """The language of a text; where it has too few words, the client's usual one, then the domain's country."""
    words = _WORD.findall(fold(text[:6000]))
    french = sum(word in _FRENCH and word not in _SHARED for word in words)
    english = sum(word in _ENGLISH and word not in _SHARED for word in words)
    french += 2 * len(re.findall("[éèàçùêîôâë]", text[:6000])) // 3
    if abs(french - english) >= 2 or (french != english and not usual):
        return "fr" if french > english else "en"
    if usual:
        return usual
    return "fr" if domain.endswith((".fr", ".bzh", ".corsica", ".paris")) else "en"
