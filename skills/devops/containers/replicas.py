"""How many replicas a deployment should have that was scaled to none."""

import json

from skills.contract import Context, Failure
from skills.devops.containers.bounds import autoscalers, target_of
from store.values import Json

_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_FALLBACK = 2


async def wanted_replicas(context: Context, deployment: Json) -> int:
    """Return the autoscaler's minimum, else what was last applied by kubectl, else two (one may not bear the load)."""
    name = deployment["metadata"]["name"]
    try:
        scalers = await autoscalers(context)
    except Failure:
        scalers = []  # not allowed: the other sources remain
    for scaler in scalers:
        if target_of(scaler) == name:
            return int(scaler["spec"].get("minReplicas") or 1)
    return _applied(deployment) or _FALLBACK


def _applied(deployment: Json) -> int:
    text = (deployment["metadata"].get("annotations") or {}).get(_LAST_APPLIED, "")
    try:
        return int(json.loads(text).get("spec", {}).get("replicas") or 0)
    except (ValueError, AttributeError):
        return 0
