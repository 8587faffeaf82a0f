"""Waits until a deployment runs what it was told to, or says why it does not."""

import asyncio
from dataclasses import dataclass

from skills.contract import Context, SkillError
from skills.devops.containers.pod_health import pod_health
from skills.devops.containers.workloads import TEMPLATE_HASH, pods_of, replica_sets_of, revision_of
from skills.wording import say
from store.values import Json

_DEFAULT_DEADLINE = 600
_SLACK_SECONDS = 15
_PAUSE_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class RolledOut:
    """A deployment whose new pods are all available."""

    name: str
    pods: int
    revision: int


def rolled_out(deployment: Json) -> bool:
    """Whether every replica is new, available, and no old one is left: what `kubectl rollout status` waits for."""
    spec, status = deployment.get("spec", {}), deployment.get("status", {})
    wanted = spec.get("replicas", 1)
    if status.get("observedGeneration", 0) < deployment.get("metadata", {}).get("generation", 0):
        return False
    updated, total = status.get("updatedReplicas", 0), status.get("replicas", 0)
    return bool(updated >= wanted and total <= updated and status.get("availableReplicas", 0) >= wanted)


async def await_rollout(context: Context, name: str) -> RolledOut:
    """Wait for the rollout of a workload.

    Raises:
        SkillError: its deadline has passed, or a new pod is stuck.
        Unavailable: the cluster can't be looked at.
    """
    language = context.incident.language
    ref = context.site.deployment(name)
    deployment = await context.cluster.get(ref)
    allowed = deployment.get("spec", {}).get("progressDeadlineSeconds") or _DEFAULT_DEADLINE
    try:
        async with asyncio.timeout(allowed + _SLACK_SECONDS):
            while not rolled_out(deployment):
                if reason := _given_up(deployment) or await _stuck_pod(context, deployment):
                    raise SkillError(say(language, "rollout.failed", name=name), reason, say(language, "rollout.hint"))
                await asyncio.sleep(_PAUSE_SECONDS)
                deployment = await context.cluster.get(ref)
    except TimeoutError as late:
        raise SkillError(
            say(language, "rollout.late", name=name, seconds=allowed), hint=say(language, "rollout.hint")
        ) from late
    return RolledOut(name, deployment.get("status", {}).get("availableReplicas", 0), revision_of(deployment))


def _given_up(deployment: Json) -> str:
    """Return the controller's own reason for having given up; empty where it goes on."""
    observed = deployment.get("status", {}).get("observedGeneration", 0)
    if observed < deployment.get("metadata", {}).get("generation", 0):
        return ""  # what its status says is about the former template
    for condition in deployment.get("status", {}).get("conditions") or ():
        if condition.get("reason") == "ProgressDeadlineExceeded":
            return str(condition.get("message") or condition["reason"])
    return ""


async def _stuck_pod(context: Context, deployment: Json) -> str:
    """Return why a pod of the newest replica set will not become ready; empty where none is stuck."""
    newest = next(iter(await replica_sets_of(context, deployment)), None)
    if newest is None or revision_of(newest) != revision_of(deployment):
        return ""
    own = (newest["metadata"].get("labels") or {}).get(TEMPLATE_HASH)
    for pod in await pods_of(context, deployment):
        if (pod["metadata"].get("labels") or {}).get(TEMPLATE_HASH) == own and (reason := pod_health(pod).stuck):
            return f"{pod['metadata']['name']}: {reason}"
    return ""
