"""backend-developer/api/error-handler: asks Stripe and the shop themselves, then names the cause from all evidence."""

import asyncio
from collections.abc import Sequence

from skills.backend_developer.api.probes import shop_collectors, stripe_collector
from skills.contract import Context, Result, skill
from skills.devops.evidence import captured, collect
from skills.devops.monitoring.naming import fitted, name_causes
from skills.devops.monitoring.pod_logs import reread_logs
from skills.remedies import find_remedy
from skills.wording import say
from store.events import CauseNamed
from store.values import Cause, Evidence


@skill("backend-developer/api/error-handler")
async def confirm_cause(context: Context) -> Result:
    """Probe Stripe with the pods' own key, and the shop; then rank the causes by all there is, root first.

    The logs are needed whole: what was kept of them as evidence proves, but does not disprove.
    """
    stripe = context.site.stripe
    collectors = [*([stripe_collector(context, stripe)] if stripe else []), *shop_collectors(context)]
    fresh, logs = await asyncio.gather(collect(context, collectors), reread_logs(context))
    evidence = (*context.incident.evidence, *fresh)
    named = await name_causes(evidence, logs)
    causes = tuple(remembered(context, fitted(context, cause, evidence)) for cause in named)
    facts = {"causes": [cause.key for cause in causes], "probes": len(fresh)}
    return Result(line=_line(context, causes, fresh), facts=facts, events=(*captured(fresh), CauseNamed(causes=causes)))


def remembered(context: Context, cause: Cause) -> Cause:
    """Return the cause with the earlier incidents in which this client had it, and what mended the last of them."""
    past = [each for each in context.archive.seen_before(context.incident.client, cause.key) if each.state == "closed"]
    past.sort(key=lambda each: each.opened_at, reverse=True)
    remedy = next((found for each in past if (found := find_remedy(each.remedy))), None)
    return cause.model_copy(
        update={"seen_before": tuple(each.incident for each in past), "mended_by": dict(remedy.title) if remedy else {}}
    )


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
