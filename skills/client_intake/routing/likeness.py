"""How alike a mail is to an incident that its client reported: few traits, each with a weight in the knowledge.

The weights of `same_incident.toml` were fitted by `tests/bench/intake_pairs.py`; they may be set by hand.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from skills.client_intake.folding import fold
from skills.client_intake.knowledge import table
from skills.client_intake.qualification.focus import bare_subject, focus_of
from skills.client_intake.qualification.lexicon import lexicon
from skills.client_intake.qualification.scope import scoped
from skills.client_intake.qualification.tokens import tokenise
from store.values import Mail, Priority, Reading, RequestType

DEFECTS = {RequestType.HOTFIX, RequestType.BUG, RequestType.SECURITY}
_REQUESTS = {RequestType.BILLING, RequestType.CHANGE_REQUEST, RequestType.QUESTION}
_LEVELS = tuple(Priority)
_NEAR, _DAY, _LONG = 12, 30, 72
"""Hours since the incident's last mail."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A mail that came before. `report` names it, `root` the first report of its incident (itself for a first one)."""

    report: str
    root: str
    mail: Mail
    reading: Reading


@dataclass(frozen=True, slots=True)
class Profile:
    """What a mail is about, for comparing."""

    topics: frozenset[str]
    resolved: bool
    reminder: bool
    second: bool
    """Whether it says that somebody reported this before."""
    another: bool
    title: str
    """The folded subject without reply marks."""
    answers: bool
    """Whether it may answer by its subject alone, as some programs do."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A mail beside an incident: its traits, none where it can't report it again, and what the likeness is shown by."""

    traits: dict[str, float]
    linked: str
    """The id of the mail that it answers."""
    titled: bool
    topics: tuple[str, ...]

    @property
    def chance(self) -> float:
        """How likely it reports that incident, from 0 to 1."""
        if not self.traits:
            return 0.0
        weights = table("same_incident")["weights"]
        score = weights["bias"] + sum(weights.get(name, 0.0) * value for name, value in self.traits.items())
        return 1 / (1 + math.exp(-score))


def compare(mail: Mail, reading: Reading, incident: Sequence[Earlier]) -> Compared:
    """Compare a mail with an incident's mails, the first report first."""
    profile, first = profile_of(mail), incident[0].reading
    linked = _linked(mail, incident)
    titled = profile.answers and any(profile_of(item.mail).title == profile.title for item in incident)
    answers = bool(linked) or titled
    about = frozenset[str]().union(*(profile_of(item.mail).topics for item in incident))
    common = profile.topics & about
    closes = profile.resolved or (mail.automatic == "monitoring" and reading.type is RequestType.NOISE)
    closing = closes and reading.type is RequestType.NOISE
    recalls = profile.reminder or profile.second
    wish = first.type not in DEFECTS and reading.type in DEFECTS
    if wish or not (answers or _possible(reading, first, recalls=recalls, touches=bool(common), closing=closing)):
        return Compared({}, linked, titled, ())
    hours = hours_between(mail, incident[-1].mail)
    late = hours > _DAY
    traits = {
        "answers": answers,
        "near": hours <= _NEAR,
        "a_day": not late,
        "long_after": hours > _LONG,
        "late_and_apart": late and not answers,
        "topics": len(common) / max(1, min(len(profile.topics), len(about))),
        "both_defects": reading.type in DEFECTS and first.type in DEFECTS,
        "same_type": reading.type is first.type,
        "levels_apart": abs(_LEVELS.index(reading.priority) - _LEVELS.index(first.priority)),
        "harmless": reading.priority is Priority.P4,
        "another": profile.another,
        "closes": closes,
        "closing": closing,
        "closing_late": closing and late,
        "mended": any(_mends(item) for item in incident),
        "request": reading.type in _REQUESTS,
        "answers_with_request": answers and reading.type in {RequestType.BILLING, RequestType.CHANGE_REQUEST},
        "late_reminder": profile.reminder and late,
        "answers_with_noise": answers and reading.type is RequestType.NOISE and first.type is not RequestType.NOISE,
    }
    values = {name: float(value) for name, value in traits.items()}
    return Compared(values, linked, titled, tuple(sorted(common)))


def _possible(reading: Reading, first: Reading, *, recalls: bool, touches: bool, closing: bool) -> bool:
    """Whether a mail that answers nothing can report that incident again, whatever else is alike.

    It `recalls` where it says that this was written before, and `touches` where they have a topic in common.
    """
    if first.type not in DEFECTS or reading.type is RequestType.NOISE:
        return closing or recalls
    apart = abs(_LEVELS.index(reading.priority) - _LEVELS.index(first.priority)) > 1
    return recalls or touches or (reading.type in DEFECTS and not apart)


def _linked(mail: Mail, incident: Sequence[Earlier]) -> str:
    ids = {mail.in_reply_to, *mail.references} - {""}
    mails = (item.mail for item in incident)
    return next((each.message_id for each in mails if each.message_id in ids or ids & set(each.references)), "")


def _mends(item: Earlier) -> bool:
    return item.reading.type is RequestType.NOISE and profile_of(item.mail).resolved


def hours_between(mail: Mail, other: Mail) -> float:
    """Return how many hours lie between two mails; 0 where a date is missing."""
    if mail.sent_at is None or other.sent_at is None:
        return 0.0
    return abs((mail.sent_at - other.sent_at).total_seconds()) / 3600


@lru_cache(maxsize=4096)
def profile_of(mail: Mail) -> Profile:
    """Return what a mail is about; of a reply, its subject too: it is the thread's."""
    focus, subject = focus_of(mail), bare_subject(mail.subject)
    tokens = tokenise(f"{subject}\n\n{focus.text}")
    concepts = scoped(tokens, lexicon().find(tokens))
    title = fold(subject)
    names = {item.found.concept for item in concepts if not item.world}
    return Profile(
        topics=frozenset(name.removeprefix("topic.") for name in names if name.startswith("topic.")),
        resolved="context.resolved" in names or "noise.monitor_up" in names,
        reminder="context.reminder" in names,
        second="context.told_before" in names,
        another="context.new_issue" in names,
        title=title,
        answers=len(title) > 3 and (title != fold(mail.subject.strip()) or bool(mail.in_reply_to)),
    )
