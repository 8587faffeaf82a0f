"""`read_mail`: what a mail says, as decisions, each with the mail's own words that carried it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from skills.client_intake.knowledge import table
from skills.client_intake.qualification.client import client_of, known_client
from skills.client_intake.qualification.features import Features, features
from skills.client_intake.qualification.focus import focus_of, written_at
from skills.client_intake.qualification.language import language_of
from skills.client_intake.qualification.model import models
from skills.client_intake.qualification.onset import Onset, onset_of, sender_zone
from skills.client_intake.qualification.quoted_error import quoted_error
from skills.client_intake.qualification.scope import Scoped
from skills.client_intake.qualification.tokens import Tokens
from store.values import Impact, Mail, Priority, Reading, Reason, RequestType

if TYPE_CHECKING:
    from skills.contract import KnownClient

GROUNDS = 4
"""Reasons that are kept for a decision."""
_DEFECTS = ("outage.", "data.", "security.", "degraded.")


def read_mail(mail: Mail, clients: Sequence["KnownClient"] = ()) -> Reading:
    """Read a parsed mail; offline, deterministic, milliseconds. `clients` are the configured ones."""
    focus = focus_of(mail)
    found, tokens, concepts = features(focus)
    client, client_words = client_of(mail, clients)
    known = known_client(client, clients)
    language = language_of(f"{focus.subject} {focus.text}", known.language if known else None, client)
    priority, kind = _decide(found)
    impact = _impact(found, priority, kind)
    onset: Onset | None = None
    at = written_at(mail)
    if at is not None and priority is not Priority.P4:
        zone = sender_zone(at, language, client, known.time_zone if known else "")
        onset = onset_of(f"{focus.text}\n{focus.subject}", at, zone)
    broken = _broken(tokens, concepts) if priority is not Priority.P4 else ""
    error = quoted_error(f"{focus.text}\n{focus.subject}")
    reasons = [*_decision_reasons(found, priority, kind), *_impact_reasons(found, impact)]
    reasons.append(Reason(decides="client", words=client_words, rule="client.sender", argues=client))
    if onset is not None:
        reasons.append(Reason(decides="onset", words=onset.words, rule="onset", argues=onset.at.isoformat()))
    return Reading(
        priority=priority,
        type=kind,
        impact=impact,
        language=language,
        client=client,
        onset_at=onset.at if onset else None,
        broken=broken,
        error=error,
        reasons=tuple(reasons),
    )


def _decide(found: Features) -> tuple[Priority, RequestType]:
    """The likeliest class; production down is taken on less evidence, for missing one costs more than a look."""
    if found.values.keys() & {"form.bounce", "form.auto-reply"}:
        return Priority.P4, RequestType.NOISE
    chances = models()["decision"].probabilities(found.values)
    best = max(chances, key=lambda name: chances[name])
    urgent = {name: chance for name, chance in chances.items() if name.startswith("P1")}
    if urgent and sum(urgent.values()) >= table("reading")["urgent_from"]:
        best = max(urgent, key=lambda name: urgent[name])
    priority, _, kind = best.partition(" ")
    return Priority(priority), RequestType(kind)


def _impact(found: Features, priority: Priority, kind: RequestType) -> tuple[Impact, ...]:
    """What suffers, as far as the decision allows: nothing does where there is nothing to mend."""
    if priority is Priority.P4 or kind in {RequestType.NOISE, RequestType.BILLING, RequestType.QUESTION}:
        return ()
    chosen = [impact for impact in Impact if models()[impact].probabilities(found.values)["yes"] >= 0.5]
    if kind is RequestType.SECURITY and Impact.SECURITY not in chosen:
        chosen.append(Impact.SECURITY)
    if kind is not RequestType.SECURITY and Impact.SECURITY in chosen:
        chosen.remove(Impact.SECURITY)
    if Impact.PRODUCTION_DOWN in chosen and priority is not Priority.P1:
        chosen.remove(Impact.PRODUCTION_DOWN)
    return tuple(chosen)


def _decision_reasons(found: Features, priority: Priority, kind: RequestType) -> list[Reason]:
    chosen = f"{priority} {kind}"
    model = models()["decision"]
    if found.values.keys() & {"form.bounce", "form.auto-reply"}:
        rule = next(name for name in ("form.bounce", "form.auto-reply") if name in found.values)
        words = found.words[rule]
        return [
            Reason(decides="priority", words=words, rule=rule, argues="P4"),
            Reason(decides="type", words=words, rule=rule, argues="noise"),
        ]
    grounds = _with_words(model.grounds(found.values, chosen), found)
    priority_reasons = [Reason(decides="priority", words=words, rule=rule, argues=priority) for rule, words in grounds]
    return priority_reasons + [
        Reason(decides="type", words=words, rule=rule, argues=kind) for rule, words in grounds[:2]
    ]


def _impact_reasons(found: Features, impact: tuple[Impact, ...]) -> list[Reason]:
    reasons: list[Reason] = []
    for one in impact:
        grounds = _with_words(models()[one].grounds(found.values, "yes"), found)
        reasons += [Reason(decides="impact", words=words, rule=rule, argues=one) for rule, words in grounds[:1]]
    return reasons


def _with_words(grounds: list[tuple[str, float]], found: Features) -> list[tuple[str, str]]:
    """The strongest grounds that the mail has words for, each wording once."""
    chosen: dict[str, str] = {}
    for rule, _ in grounds:
        words = found.words.get(rule, "")
        if words and words not in chosen.values():
            chosen[rule] = words
        if len(chosen) >= GROUNDS:
            break
    return list(chosen.items())


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
