"""`read_mail`: what a mail says, as decisions, each with the mail's own words that carried it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from skills.client_intake.qualification.client import client_of, known_client
from skills.client_intake.qualification.decision import decide, decision_reasons, impact_reasons, impacts
from skills.client_intake.qualification.features import features
from skills.client_intake.qualification.focus import focus_of, written_at
from skills.client_intake.qualification.language import language_of
from skills.client_intake.qualification.model import Weights, model
from skills.client_intake.qualification.onset import Onset, onset_of, sender_zone
from skills.client_intake.qualification.quoted_error import quoted_error
from skills.client_intake.qualification.scope import Scoped
from skills.client_intake.qualification.tokens import Tokens
from store.values import Mail, Priority, Reading, Reason

if TYPE_CHECKING:
    from skills.contract import KnownClient

_DEFECTS = ("outage.", "data.", "security.", "degraded.")


def read_mail(mail: Mail, clients: Sequence["KnownClient"] = (), weights: Weights | None = None) -> Reading:
    """Read a parsed mail; offline, deterministic, milliseconds.

    `clients` are the configured ones; `weights` is the shipped model where none is given.
    """
    weights = weights or model()
    focus = focus_of(mail)
    found, tokens, concepts = features(focus)
    found.values = weights.weighed(found.values)
    client, client_words = client_of(mail, clients)
    known = known_client(client, clients)
    language = language_of(f"{focus.subject} {focus.text}", known.language if known else None, client)
    priority, kind, urgency = decide(found, focus, weights)
    impact = impacts(found, priority, kind, weights)
    onset: Onset | None = None
    at = written_at(mail)
    if at is not None and priority is not Priority.P4:
        zone = sender_zone(at, language, client, known.time_zone if known else "")
        onset = onset_of(f"{focus.text}\n{focus.subject}", at, zone)
    broken = _broken(tokens, concepts) if priority is not Priority.P4 else ""
    error = quoted_error(f"{focus.text}\n{focus.subject}")
    reasons = [
        *decision_reasons(found, priority, kind, weights),
        *impact_reasons(found, impact, weights),
    ]
    reasons.append(Reason(decides="client", words=client_words, rule="client.sender", argues=client))
    if onset is not None:
        reasons.append(Reason(decides="onset", words=onset.words, rule="onset", argues=onset.at.isoformat()))
    return Reading(
        priority=priority,
        type=kind,
        urgency=urgency,
        impact=impact,
        language=language,
        client=client,
        onset_at=onset.at if onset else None,
        broken=broken,
        error=error,
        reasons=tuple(reasons),
    )


def _broken(tokens: Tokens, concepts: list[Scoped]) -> str:
    """The thing named in or next before the first defect, in the mail's own words."""
    defects = [item.found for item in concepts if item.found.concept.startswith(_DEFECTS) and not item.world]
    topics = [item.found for item in concepts if item.found.concept.startswith("topic.")]
    for defect in defects:
        near = [topic for topic in topics if tokens.sentences[topic.first] == tokens.sentences[defect.first]]
        if near:
            closest = min(near, key=lambda topic: abs(topic.first - defect.first))
            return tokens.span(closest.first, closest.last)
    return tokens.span(topics[0].first, topics[0].last) if topics else ""
