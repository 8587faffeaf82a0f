"""What keeps a cause from coming back: said in the mail, listed in the post-mortem. Pure."""

from skills.prose.foreign import one_line
from skills.prose.knowledge import said_of, words
from skills.remedies import find_remedy
from store.incident import Incident
from store.values import ActionItem

_DAYS_BEFORE = 7
_RULE_STEP = "postmortem/alert-manager"


def cause_sentence(incident: Incident) -> str:
    """Return the cause as the client reads it."""
    return _sentence(incident, "cause")


def root_sentence(incident: Incident) -> str:
    """Return the root cause as the post-mortem states it."""
    return _sentence(incident, "root")


def _sentence(incident: Incident, field: str) -> str:
    cause, language = incident.cause, incident.language
    if cause is None:
        return str(words(language)["no_cause"])
    said = said_of(cause.key, language).get(field)
    return str(said) if said else one_line(cause.title.get(language, cause.key))


def prevention_sentence(incident: Incident) -> str:
    """Return what is done against a repetition: an alert rule is only called added once it is."""
    if incident.cause is None:
        return str(words(incident.language)["no_prevention"])
    return _of_rule(incident, "added" if _rule_stands(incident) else "promised")


def _rule_stands(incident: Incident) -> bool:
    """Whether the rule is there: added by this incident, or found by it as added before."""
    step = incident.step(_RULE_STEP)
    found = step is not None and step.outcome is not None and bool(step.outcome.facts.get("rule"))
    return bool(incident.rules) or found


def _of_rule(incident: Incident, form: str) -> str:
    """Return a sentence on the incident's rule, or on the one that its remedy calls for."""
    rule = incident.rules[-1] if incident.rules else None
    remedy = find_remedy(incident.cause.remedy) if incident.cause else None
    expires = rule.days_before > 0 if rule else bool(remedy and remedy.expiry)
    said = words(incident.language)["rules"]["expiry" if expires else "smoke"]
    return str(said[form]).format(days=rule.days_before if rule else _DAYS_BEFORE)


def corrective_actions(incident: Incident) -> tuple[ActionItem, ...]:
    """Return the corrective actions; by the time the document is written only the alert rule can be done."""
    if incident.cause is None:
        return ()
    planned = said_of(incident.cause.key, incident.language)["actions"]
    texts = [(_of_rule(incident, "action"), _rule_stands(incident)), *((text, False) for text in planned)]
    return tuple(
        ActionItem(id=f"{incident.id}-action-{number}", text=text, done=done, incident=incident.id)
        for number, (text, done) in enumerate(texts, 1)
    )
