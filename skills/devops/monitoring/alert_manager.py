"""devops/monitoring/alert-manager: confirms a cause by what changed before it; afterwards adds the missing rule.

It stands in the flow twice: in the diagnosis it looks, in the post-mortem it writes down what would have warned.
"""

import hashlib

from skills.contract import Context, Result, skill
from skills.devops.evidence import captured, collect
from skills.devops.monitoring.before_onset import change_collectors
from skills.remedies import find_remedy
from skills.wording import say
from store.events import RuleAdded
from store.values import AlertRule, Cause

_DAYS_BEFORE = 7


@skill("devops/monitoring/alert-manager")
async def watch_over(context: Context) -> Result:
    """Confirm during the diagnosis; prevent once a cause is named and the incident is past its fix.

    Raises:
        Failure: never; what can't be looked at is evidence of that.
    """
    return prevent(context) if context.step.startswith("postmortem/") else await confirm(context)


async def confirm(context: Context) -> Result:
    """Say what changed before the onset, and which alert rules were there and silent."""
    language = context.incident.language
    evidence = await collect(context, change_collectors(context))
    changes = [item for item in evidence if item.kind in ("rollout.change", "config.change") and not item.unavailable]
    before = [item for item in changes if item.facts["minutes_before"] >= 0]
    unseen = sum(bool(item.unavailable) for item in evidence)
    rules = [rule for rule in context.archive.rules() if rule.client == context.site.name]
    if before:
        latest = min(before, key=lambda item: item.facts["minutes_before"])
        target = latest.facts.get("object") or f"deployment/{latest.facts['name']}"
        line = say(language, "alerts.changed", target=target, minutes=latest.facts["minutes_before"])
    else:
        line = say(language, "alerts.unchanged")
    line += say(language, "unseen", count=unseen) if unseen else ""
    facts = {"changes": len(before), "unseen": unseen, "rules": [rule.id for rule in rules]}
    return Result(line=line, facts=facts, events=captured(evidence))


def prevent(context: Context) -> Result:
    """Add the rule that would have warned in time."""
    language, cause = context.incident.language, context.incident.cause
    if cause is None:
        return Result(line=say(language, "rule.none"))
    rule = rule_for(context, cause)
    known = {item.id for item in context.archive.rules()}
    facts = {"rule": rule.id, "watches": rule.watches, "days_before": rule.days_before}
    if rule.id in known:
        return Result(line=say(language, "rule.known", watches=rule.watches), facts=facts)
    key = "rule.expiry" if rule.days_before else "rule.smoke"
    line = say(language, key, days=rule.days_before, watches=rule.watches)
    return Result(line=line, facts=facts, events=(RuleAdded(rule=rule),))


def rule_for(context: Context, cause: Cause) -> AlertRule:
    """Return the rule that fits a cause: days ahead for what expires, else the smoke test watched for failure."""
    language, site = context.incident.language, context.site
    remedy = find_remedy(cause.remedy)
    expires = bool(remedy and remedy.expiry)
    if expires:
        watches = f"secret/{site.namespace}/{site.secret.name}"
        if cause.key.startswith("tls."):
            watches = f"certificate/{site.smoke_test.url if site.smoke_test else site.domain}"
    else:
        watches = f"smoke-test/{site.name}"
    days = _DAYS_BEFORE if expires else 0
    title = cause.title.get(language, cause.key)
    note = say(language, "rule.note", cause=title, incident=context.incident.id)
    name = hashlib.sha256(f"{site.name}|{watches}|{days}|{cause.key}".encode()).hexdigest()[:8]
    return AlertRule(id=f"rule-{name}", client=site.name, watches=watches, days_before=days, note=note)
