"""backend-developer/api/error-handler: asks Stripe and the shop themselves, then names the cause from all evidence."""

import asyncio
from collections.abc import Sequence

from skills.backend_developer.api.probes import shop_collectors, stripe_collector
from skills.contract import Context, Result, skill
from skills.devops.evidence import captured, collect
from skills.devops.monitoring.naming import fitted, name_causes
from skills.devops.monitoring.pod_logs import read_logs
from skills.wording import say
from store.events import CauseNamed
from store.values import Cause, Evidence


@skill("backend-developer/api/error-handler")
async def confirm_cause(context: Context) -> Result:
    """Probe Stripe with the pods' own key, and the shop; then rank the causes by all there is, root first.

    The logs are read once more, whole: what was kept of them as evidence proves, but does not disprove.
    """
    stripe = context.site.stripe
    collectors = [*([stripe_collector(context, stripe)] if stripe else []), *shop_collectors(context)]
    fresh, logs = await asyncio.gather(collect(context, collectors), read_logs(context))
    evidence = (*context.incident.evidence, *fresh)
    causes = tuple(fitted(context, cause, evidence) for cause in await name_causes(evidence, logs))
    facts = {"causes": [cause.key for cause in causes], "probes": len(fresh)}
    return Result(line=_line(context, causes, fresh), facts=facts, events=(*captured(fresh), CauseNamed(causes=causes)))


def _line(context: Context, causes: Sequence[Cause], fresh: Sequence[Evidence]) -> str:
    """Return the line for the tree: Stripe's own word where it is the cause."""
    language = context.incident.language
    if not causes:
        return say(language, "cause.none")
    root = causes[0]
    title = root.title.get(language, root.key)
    probe = next((item for item in fresh if item.kind == "stripe.probe" and item.facts.get("status", 200) >= 400), None)
    if probe is not None and root.key.startswith("stripe."):
        return say(language, "cause.stripe", status=probe.facts["status"], code=probe.facts["code"], title=title)
    return say(language, "cause.named", title=title, confidence=round(root.confidence * 100))
