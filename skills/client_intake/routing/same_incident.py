"""Whether a mail belongs to an incident that is already reported, and the reason that is shown for the merge."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from skills.client_intake.folding import fold
from skills.client_intake.knowledge import table
from skills.client_intake.qualification.features import Focus, features
from skills.client_intake.qualification.focus import bare_subject, focus_of
from store.values import Impact, Mail, Priority, Reading, Reason, RequestType

_DEFECTS = {RequestType.HOTFIX, RequestType.BUG, RequestType.SECURITY}
_LEVELS = tuple(Priority)
_DEAF = {"auto-reply", "bounce", "list"}
"""Mail of these kinds never joins an incident, though it may answer one."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A mail that came before. `report` names it, `root` the first report of its incident (itself for a first one)."""

    report: str
    root: str
    mail: Mail
    reading: Reading


@dataclass(frozen=True, slots=True)
class Match:
    """The incident that a mail joins, by its first report, and why."""

    root: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class _Profile:
    """What a mail is about, for comparing."""

    topics: frozenset[str]
    defect: bool
    resolved: bool
    reminder: bool
    second: bool
    """Whether it says that somebody reported this before."""
    another: bool
    stems: frozenset[str]


def duplicate_of(mail: Mail, reading: Reading, earlier: Sequence[Earlier]) -> Match | None:
    """The incident that `mail` reports again, None where it opens its own. `earlier` in order of arrival."""
    if mail.automatic in _DEAF:
        return None
    profile = _profile(_whole(mail))
    candidates = [
        item for item in earlier if item.reading.client == reading.client and item.mail.automatic not in _DEAF
    ]
    return _by_thread(mail, reading, profile, candidates) or _by_content(mail, reading, profile, candidates)


def _by_thread(mail: Mail, reading: Reading, profile: _Profile, candidates: list[Earlier]) -> Match | None:
    ids = {mail.in_reply_to, *mail.references} - {""}
    subject = fold(bare_subject(mail.subject))
    answers = subject != fold(mail.subject.strip()) or bool(mail.in_reply_to)
    for item in reversed(candidates):
        linked = item.mail.message_id in ids or bool(ids & set(item.mail.references))
        titled = answers and len(subject) > 3 and subject == fold(bare_subject(item.mail.subject))
        if not (linked or titled) or _hours(mail, item.mail) > table("reading")["same_incident"]["thread_hours"]:
            continue
        root = next((first for first in candidates if first.report == item.root), item)
        if _asks_afterwards(mail, reading, item) or _is_new_in_thread(mail, reading, profile, root, candidates):
            return None
        words = item.mail.message_id if linked else bare_subject(mail.subject)
        rule = "thread.reply" if linked else "thread.subject"
        return Match(item.root, Reason(decides="duplicate", words=words, rule=rule, argues=item.root))
    return None


def _asks_afterwards(mail: Mail, reading: Reading, item: Earlier) -> bool:
    """An answer that wants something else of us: a credit, a change, an account of it the days after."""
    if reading.type in (RequestType.BILLING, RequestType.CHANGE_REQUEST):
        return True
    late = _hours(mail, item.mail) > table("reading")["same_incident"]["question_hours"]
    return reading.type is RequestType.QUESTION and late


def _is_new_in_thread(
    mail: Mail, reading: Reading, profile: _Profile, root: Earlier, candidates: list[Earlier]
) -> bool:
    """A defect of its own: said to be another one, about something else, or after the first was declared mended."""
    if reading.type not in _DEFECTS and not profile.defect:
        return False
    if reading.type in _DEFECTS and root.reading.type not in _DEFECTS:
        return True
    if reading.priority is Priority.P4:
        return False
    if profile.another:
        return True
    if _mended(root, candidates) and not profile.resolved:
        return True
    before = _profile(_whole(root.mail))
    apart = bool(profile.topics) and not profile.topics & before.topics
    return apart and not profile.reminder and (_hours(mail, root.mail) > 12 or len(profile.stems) > 15)


def _by_content(mail: Mail, reading: Reading, profile: _Profile, candidates: list[Earlier]) -> Match | None:
    limits = table("reading")["same_incident"]
    reported = reading.type in _DEFECTS
    closing = reading.type is RequestType.NOISE and (profile.resolved or mail.automatic == "monitoring")
    if not (reported or closing or profile.reminder) or profile.another:
        return None
    for item in reversed(candidates):
        if item.reading.type not in _DEFECTS or _mended(item, candidates):
            continue
        watched = "monitoring" in {mail.automatic, item.mail.automatic}
        hours = _hours(mail, item.mail)
        limit = limits["reminder_hours"] if profile.reminder or closing else limits["report_hours"]
        if hours > limit or (watched and hours > limits["alert_hours"]):
            continue
        reason = _likeness(mail, reading, profile, item, watched=watched, closing=closing)
        if reason is not None:
            return Match(item.root, reason)
    return None


def _likeness(
    mail: Mail, reading: Reading, profile: _Profile, item: Earlier, *, watched: bool, closing: bool
) -> Reason | None:
    """Why two mails report one incident: the first likeness that holds; None where none does."""
    before = item.reading
    if not closing and RequestType.SECURITY in {reading.type, before.type} and reading.type is not before.type:
        return None
    other = _profile(_whole(item.mail))
    common = profile.topics & other.topics
    limits = table("reading")["same_incident"]
    strong, whole = common - set(limits["weak"]), common & set(limits["whole"])
    alike = len(profile.stems & other.stems) / max(1, min(len(profile.stems), len(other.stems)))
    hours = _hours(mail, item.mail)
    down = Impact.PRODUCTION_DOWN in before.impact and (closing or Impact.PRODUCTION_DOWN in reading.impact)
    close = _onset_gap(reading, before) <= timedelta(minutes=90)
    alike_type = reading.type is before.type
    alike_reach = abs(_LEVELS.index(reading.priority) - _LEVELS.index(before.priority)) <= 1
    intrusion = alike_type and reading.type is RequestType.SECURITY and hours <= limits["intrusion_hours"]
    topics = ", ".join(sorted(common)) or reading.broken
    likenesses = (
        ("alert.same_client", watched and (down or closing), reading.client),
        ("same.error", len(reading.error) > 5 and fold(reading.error) == fold(before.error), reading.error),
        ("same.outage", down and bool(whole or close) and hours <= limits["outage_hours"], topics),
        ("same.onset", close and bool(common), topics),
        ("same.intrusion", intrusion, reading.client),
        (
            "same.matter",
            len(common) >= 2 and alike >= 0.2 and alike_type and alike_reach and hours <= limits["day_hours"],
            topics,
        ),
        ("told.before", profile.second and hours <= limits["told_hours"], reading.client),
        ("reminder", profile.reminder and bool(strong or (common and alike >= 0.25)), topics),
        ("mended", closing and bool(common) and hours <= limits["mended_hours"], topics),
        ("same.matter", bool(strong) and alike >= 0.3 and alike_reach and before.priority is not Priority.P4, topics),
    )
    found = next(((rule, words) for rule, holds, words in likenesses if holds), None)
    return Reason(decides="duplicate", rule=found[0], words=found[1], argues=item.root) if found else None


def _mended(root: Earlier, candidates: list[Earlier]) -> bool:
    """Whether a later mail of the incident already said that all is well."""
    return any(
        item.root == root.root and item.reading.type is RequestType.NOISE and _profile(_whole(item.mail)).resolved
        for item in candidates
    )


def _hours(mail: Mail, other: Mail) -> float:
    if mail.sent_at is None or other.sent_at is None:
        return 0.0
    return abs((mail.sent_at - other.sent_at).total_seconds()) / 3600


def _onset_gap(reading: Reading, other: Reading) -> timedelta:
    first: datetime | None = reading.onset_at
    second: datetime | None = other.onset_at
    return abs(first - second) if first and second else timedelta.max


def _whole(mail: Mail) -> Focus:
    """The focus with the subject even of a reply: here the thread's title says what the mail is about."""
    focus = focus_of(mail)
    return Focus(bare_subject(mail.subject), focus.text, focus.automatic)


@lru_cache(maxsize=4096)
def _profile(focus: Focus) -> _Profile:
    found, _, concepts = features(focus)
    names = {item.found.concept for item in concepts if not item.world}
    prefixes = ("outage.", "data.", "security.", "degraded.")
    return _Profile(
        topics=frozenset(name.removeprefix("topic.") for name in names if name.startswith("topic.")),
        defect=any(name.startswith(prefixes) for name in names),
        resolved="context.resolved" in names or "noise.monitor_up" in names,
        reminder="context.reminder" in names,
        second="context.told_before" in names,
        another="context.new_issue" in names,
        stems=frozenset(name for name in found.values if name.startswith("w:") and len(name) > 6),
    )
