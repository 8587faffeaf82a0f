"""Whether a mail belongs to an incident that is already reported, and the reason that is shown for the merge."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from skills.client_intake.folding import fold
from skills.client_intake.knowledge import table
from skills.client_intake.qualification.focus import bare_subject
from skills.client_intake.routing.likeness import Compared, Earlier, compare, profile_of
from store.values import Mail, Reading, Reason, RequestType

__all__ = ["Earlier", "Match", "duplicate_of"]

_DEAF = {"auto-reply", "bounce", "list"}
"""Mail of these kinds never joins an incident, though it may answer one."""
_SAME_ONSET = timedelta(minutes=90)


@dataclass(frozen=True, slots=True)
class Match:
    """The incident that a mail joins, by its first report, and why."""

    root: str
    reason: Reason


def duplicate_of(mail: Mail, reading: Reading, earlier: Sequence[Earlier]) -> Match | None:
    """The incident that `mail` reports again, None where it opens its own. `earlier` in order of arrival."""
    if mail.automatic in _DEAF:
        return None
    incidents: dict[str, list[Earlier]] = {}
    for item in earlier:
        if item.reading.client == reading.client and item.mail.automatic not in _DEAF:
            incidents.setdefault(item.root, []).append(item)
    compared = [(compare(mail, reading, incident), root) for root, incident in incidents.items()]
    best = max(compared, key=lambda pair: pair[0].chance, default=None)
    if best is None or best[0].chance < table("same_incident")["join_from"]:
        return None
    found, root = best
    return Match(root, _reason(mail, reading, found, incidents[root]))


def _reason(mail: Mail, reading: Reading, found: Compared, incident: Sequence[Earlier]) -> Reason:
    """Tell the plainest likeness; where there is none but client and hour, that it is the same outage."""
    profile, first = profile_of(mail), incident[0].reading
    topics = ", ".join(found.topics)
    watched = mail.automatic == "monitoring" or incident[0].mail.automatic == "monitoring"
    both_secure = reading.type is first.type is RequestType.SECURITY
    likenesses = (
        ("thread.reply", bool(found.linked), found.linked),
        ("thread.subject", found.titled, bare_subject(mail.subject)),
        ("mended", bool(found.traits["closing"]), topics),
        ("same.error", len(reading.error) > 5 and fold(reading.error) == fold(first.error), reading.error),
        ("told.before", profile.second, reading.client),
        ("reminder", profile.reminder, topics),
        ("alert.same_client", watched, reading.client),
        ("same.intrusion", both_secure, reading.client),
        ("same.onset", _onset_gap(reading, first) <= _SAME_ONSET, topics),
        ("same.matter", bool(topics), topics),
    )
    rule, words = next(((rule, words) for rule, holds, words in likenesses if holds), ("same.outage", ""))
    return Reason(decides="duplicate", rule=rule, words=words or reading.client, argues=incident[0].report)


def _onset_gap(reading: Reading, other: Reading) -> timedelta:
    first, second = reading.onset_at, other.onset_at
    return abs(first - second) if first and second else timedelta.max
