"""In which world a concept holds: as a fact now, or denied, supposed, retold, in staging, asked about."""

from dataclasses import dataclass

from skills.client_intake.qualification.lexicon import Found
from skills.client_intake.qualification.tokens import Tokens

NEGATORS = frozenset(
    {"not", "no", "n'", "pas", "sans", "without", "aucun", "aucune", "never", "jamais", "nor", "neither", "ni", "isn't"}
    | {"wasn't", "don't", "doesn't", "didn't", "rien", "nothing"}
)
NEGATION_REACH = 4
_CONDITIONS = frozenset({"if", "si", "should", "unless"})
CONDITION_REACH = 10
_POLITE = frozenset({"vous", "tu", "you", "possible", "besoin", "necessary", "convenient"})
_WORLDS = {"context.staging": "staging", "context.hypothetical": "supposed", "context.past": "past"}
_DENIABLE = ("outage.", "data.", "security.", "degraded.", "context.loss", "context.caps_alarm", "context.workaround")


@dataclass(frozen=True, slots=True)
class Scoped:
    """A concept with the world that it is said in: empty for here and now."""

    found: Found
    world: str

    @property
    def name(self) -> str:
        """Such as `outage.site_down`, or `staging:outage.site_down`."""
        return f"{self.world}:{self.found.concept}" if self.world else self.found.concept


def scoped(tokens: Tokens, found: list[Found]) -> list[Scoped]:
    """Give each concept its world. A frame counts for its sentence; a negation for the few words after it."""
    frames: dict[int, str] = {}
    for item in found:
        world = _WORLDS.get(item.concept)
        if world:
            frames.setdefault(tokens.sentences[item.first], world)
    return [Scoped(item, _world(tokens, item, frames)) for item in found]


def _world(tokens: Tokens, item: Found, frames: dict[int, str]) -> str:
    if not item.concept.startswith(_DENIABLE):
        return ""
    sentence = tokens.sentences[item.first]
    if sentence in frames:
        return frames[sentence]
    if _conditional(tokens, item, sentence):
        return "supposed"
    start = max(0, item.first - NEGATION_REACH)
    before = [
        word for word, at in zip(tokens.words[start : item.first], tokens.sentences[start : item.first], strict=True)
        if at == sentence
    ]  # fmt: skip
    return "denied" if NEGATORS.intersection(before) else ""


def _conditional(tokens: Tokens, item: Found, sentence: int) -> bool:
    """Whether a condition stands before it: `if the site fell` supposes, `if you could look` is only polite."""
    for at in range(max(0, item.first - CONDITION_REACH), item.first):
        if tokens.sentences[at] == sentence and tokens.words[at] in _CONDITIONS:
            following = tokens.words[at + 1] if at + 1 < len(tokens.words) else ""
            return following not in _POLITE
    return False
