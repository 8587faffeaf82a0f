"""Priority, type and impacts of a mail, and the words that carried them."""

from functools import lru_cache
from typing import NamedTuple

from skills.client_intake.folding import fold
from skills.client_intake.knowledge import table
from skills.client_intake.qualification.features import Features, Focus
from skills.client_intake.qualification.model import Weights
from store.values import Impact, Priority, Reason, RequestType

GROUNDS = 4
"""Reasons that are kept for a decision."""
_DEFECTS = ("outage.", "data.", "security.", "degraded.", "context.reminder", "context.told_before", "context.loss")
_SEVERE = (
    *("outage.pay_down", "outage.no_orders", "outage.login_all", "outage.site_down", "outage.business_stop"),
    *("data.", "security.", "outage.", "context.loss", "degraded."),
)
_BOUNDED = ("degraded.", "data.", "security.", "scope.", "context.", "group.", "outage.")
_HARMLESS = ("noise.", "billing.", "request.", "context.", "form.")
_FACTS = {Priority.P1: _SEVERE, Priority.P2: _BOUNDED, Priority.P3: _BOUNDED, Priority.P4: _HARMLESS}
"""What is shown first: of an outage who can't do what, of a lesser fault its bounds, of the rest what is asked."""
_SILENT = {"form.bounce", "form.auto-reply"}


class Decision(NamedTuple):
    """What a mail is taken as. `urgency` is the chance that it tells of a P1, from 0 to 1."""

    priority: Priority
    type: RequestType
    urgency: float = 0.0


def decide(found: Features, focus: Focus, weights: Weights) -> Decision:
    """The likeliest class; production down is taken on less evidence, for missing one costs more than a look."""
    if found.values.keys() & _SILENT:
        return Decision(Priority.P4, RequestType.NOISE)
    if focus.automatic == "monitoring":
        return _watched(found, focus)
    chances = weights.chances(found.values)
    best = max(chances, key=lambda name: chances[name])
    advertises = focus.automatic == "list" and "noise.marketing" in found.values
    limits = table("reading")["limits"]
    urgent = {name: chance for name, chance in chances.items() if name.startswith("P1")}
    if not _tells_a_defect(found):
        chances = {name: chance for name, chance in chances.items() if name not in urgent}
        best, urgent = max(chances, key=lambda name: chances[name]), {}
    urgency = sum(urgent.values())
    if urgent and urgency >= limits["list_urgent_from" if advertises else "urgent_from"]:
        best = max(urgent, key=lambda name: urgent[name])
    elif advertises:
        best = "P4 noise"
    priority, _, kind = best.partition(" ")
    return Decision(Priority(priority), RequestType(kind), urgency)


def _tells_a_defect(found: Features) -> bool:
    """Whether anything is said to be wrong, or the mail is long enough to say so in words that nobody foresaw."""
    return "form.short" not in found.values or any(name.split(":")[-1].startswith(_DEFECTS) for name in found.values)


def _watched(found: Features, focus: Focus) -> Decision:
    """What a watching product says needs no weighing: well again, a report, a threshold, or down."""
    monitoring = table("reading")["monitoring"]
    fires = any(mark in fold(focus.subject) for mark in monitoring["firing"])
    well = found.values.keys() & {"noise.monitor_report", "noise.monitor_up"}
    if focus.recovered or (well and not fires):
        return Decision(Priority.P4, RequestType.NOISE)
    folded = fold(f"{focus.subject} {focus.text}")
    if any(word in folded for word in monitoring["mild"]):
        return Decision(Priority.P2, RequestType.HOTFIX)
    return Decision(Priority.P1, RequestType.HOTFIX, 1.0)


def impacts(found: Features, priority: Priority, kind: RequestType, weights: Weights) -> tuple[Impact, ...]:
    """What suffers, as far as the decision allows: nothing does where there is nothing to mend."""
    if priority is Priority.P4 or kind in {RequestType.NOISE, RequestType.BILLING, RequestType.QUESTION}:
        return ()
    if "form.monitoring" in found.values:
        return (Impact.PRODUCTION_DOWN,) if priority is Priority.P1 else ()
    suffering = weights.suffers(found.values)
    chosen = [impact for impact in Impact if impact in suffering]
    if kind is RequestType.SECURITY and Impact.SECURITY not in chosen:
        chosen.append(Impact.SECURITY)
    if kind is not RequestType.SECURITY and Impact.SECURITY in chosen:
        chosen.remove(Impact.SECURITY)
    if Impact.PRODUCTION_DOWN in chosen and priority is not Priority.P1:
        chosen.remove(Impact.PRODUCTION_DOWN)
    return tuple(chosen)


def decision_reasons(found: Features, priority: Priority, kind: RequestType, weights: Weights) -> list[Reason]:
    """The strongest grounds of priority and type that the mail has words for."""
    chosen = f"{priority} {kind}"
    settled = sorted(found.values.keys() & (_SILENT | {"form.monitoring"}))
    if settled:
        rule = settled[0]
        words = found.words(rule)
        return [
            Reason(decides="priority", words=words, rule=rule, argues=priority),
            Reason(decides="type", words=words, rule=rule, argues=kind),
        ]
    grounds = _with_words(weights.grounds(_worded(found), chosen), found, _FACTS[priority])
    priority_reasons = [Reason(decides="priority", words=words, rule=rule, argues=priority) for rule, words in grounds]
    return priority_reasons + [
        Reason(decides="type", words=words, rule=rule, argues=kind) for rule, words in grounds[:2]
    ]


def impact_reasons(found: Features, impact: tuple[Impact, ...], weights: Weights) -> list[Reason]:
    """The strongest ground of each impact."""
    reasons: list[Reason] = []
    for one in impact:
        grounds = _with_words(weights.grounds(_worded(found), one), found, _SEVERE)
        reasons += [Reason(decides="impact", words=words, rule=rule, argues=one) for rule, words in grounds[:1]]
    return reasons


def _worded(found: Features) -> dict[str, float]:
    """The features that can be shown: most have no words of their own, and what one word means tells little."""
    shown = found.places.keys() | found.notes.keys()
    return {name: value for name, value in found.values.items() if name in shown and not name.startswith("s:")}


def _with_words(grounds: list[tuple[str, float]], found: Features, facts: tuple[str, ...]) -> list[tuple[str, str]]:
    """The strongest grounds that the mail has words for, each wording once: facts before circumstances."""
    chosen: dict[str, str] = {}
    for rule, _ in sorted(grounds, key=lambda ground: _telling(ground[0], facts)):
        words = found.words(rule)
        if words and words not in chosen.values():
            chosen[rule] = words
        if len(chosen) >= GROUNDS:
            break
    return list(chosen.items())


@lru_cache(maxsize=4096)
def _telling(rule: str, facts: tuple[str, ...]) -> int:
    """Where a ground stands among the reasons that are shown."""
    return next((place for place, prefix in enumerate(facts) if rule.startswith(prefix)), len(facts))
