"""How many replicas a deployment should have that was scaled to none."""

import json

from skills.contract import Context, Failure
from store.values import Json

_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_FALLBACK = 2


async def wanted_replicas(context: Context, deployment: Json) -> int:
    """Return the autoscaler's minimum, else what was last applied by kubectl, else two (one may not bear the load)."""
    name = deployment["metadata"]["name"]
    try:
        scalers = await context.cluster.items("autoscaling/v2", "HorizontalPodAutoscaler", context.site.namespace)
    except Failure:
        scalers = []  # not allowed, or an older API: the other sources remain
    for scaler in scalers:
        target = scaler.get("spec", {}).get("scaleTargetRef", {})
        if target.get("kind") == "Deployment" and target.get("name") == name:
            return int(scaler["spec"].get("minReplicas") or 1)
    return _applied(deployment) or _FALLBACK


def _applied(deployment: Json) -> int:
    text = (deployment["metadata"].get("annotations") or {}).get(_LAST_APPLIED, "")
    try:
        return int(json.loads(text).get("spec", {}).get("replicas") or 0)
    except (ValueError, AttributeError):
        return 0
