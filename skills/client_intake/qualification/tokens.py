"""Text as words with their places, cut into sentences."""

import re
from dataclasses import dataclass

from skills.client_intake.folding import fold

MAX_TOKENS = 1500
"""A report says what it is about well before; the rest of a longer text is not weighed."""
WRAP_COLUMN = 50
"""A line shorter than this, followed by a capital, was ended on purpose."""

TOLD_WORDS = 3
"""A reason quotes this many words where its sentence has them."""

_TOKEN = re.compile(
    r"(?:jusqu|lorsqu|puisqu|quelqu|qu|[cdjlmnst])'(?=[a-z])|[a-z]+(?:[-'][a-z]+)*|\d+(?:[.:,]\d+)*|%|[€$£]|[.!?;:…|•]+|\n"
)
_BREAKS = frozenset(".!?;…|•")


@dataclass(frozen=True, slots=True)
class Tokens:
    """Parallel lists: folded words, their offsets in `text`, the number of the sentence that each stands in."""

    text: str
    words: list[str]
    starts: list[int]
    ends: list[int]
    sentences: list[int]
    questions: frozenset[int]
    """Sentences that end with a question mark."""

    def span(self, first: int, last: int) -> str:
        """The text's own words from one token to another, both included, on one line."""
        return " ".join(self.text[self.starts[first] : self.ends[last]].split())

    def told(self, first: int, last: int) -> str:
        """The span with as much of its sentence around it as makes it tell something: `erreur` alone does not."""
        sentence = self.sentences[first]

        def belongs(at: int) -> bool:
            return 0 <= at < len(self.words) and self.sentences[at] == sentence

        while last - first + 1 < TOLD_WORDS and (belongs(first - 1) or belongs(last + 1)):
            first, last = first - belongs(first - 1), last + belongs(last + 1)
        return self.span(first, last)


def tokenise(text: str) -> Tokens:
    """Words in order. A full stop, an empty line or a deliberately short line ends a sentence."""
    folded = fold(text)
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    sentences: list[int] = []
    questions: set[int] = set()
    sentence, line_start = 0, 0
    for match in _TOKEN.finditer(folded):
        word = match.group()
        if word == "\n":
            if _ends_sentence(text, line_start, match.start()):
                sentence += 1
            line_start = match.end()
            continue
        if word[0] in _BREAKS or word[0] == ":":
            if "?" in word:
                questions.add(sentence)
            if word[0] in _BREAKS and _is_break(folded, match.end()):
                sentence += 1
            continue
        words.append(word)
        starts.append(match.start())
        ends.append(match.end())
        sentences.append(sentence)
        if len(words) >= MAX_TOKENS:
            break
    return Tokens(text, words, starts, ends, sentences, frozenset(questions))


def _ends_sentence(text: str, line_start: int, newline: int) -> bool:
    following = text[newline + 1 : newline + 2]
    if not following or following == "\n" or following in "-*•>":
        return True
    return newline - line_start < WRAP_COLUMN and following.isupper()


def _is_break(folded: str, end: int) -> bool:
    return end >= len(folded) or folded[end] in ' \n\t")»'
