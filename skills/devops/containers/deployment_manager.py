"""devops/containers/deployment-manager: proposes what the remedy does to the deployments; waits for the rollout."""

from collections.abc import Awaitable, Callable, Sequence

from skills.contract import Context, Result, SkillError, confirms, skill
from skills.devops.containers.deployment_changes import (
    PATH,
    build_restart,
    build_scale,
    build_set_env,
    build_set_image,
    build_set_memory,
    build_undo,
)
from skills.devops.containers.memory import raised_limits
from skills.devops.containers.replicas import wanted_replicas
from skills.devops.containers.rollout import await_rollout
from skills.devops.containers.workloads import replica_sets_of, revision_of, secrets_used
from skills.remedies import Action, find_remedy
from skills.wording import say
from store.plan import Change
from store.values import Json

__all__ = [
    "build_restart",
    "build_scale",
    "build_set_env",
    "build_set_image",
    "build_set_memory",
    "build_undo",
    "confirm_rollout",
    "propose_deployment",
]


@skill(PATH)
async def propose_deployment(context: Context) -> Result:
    """Propose the changes of the cause's remedy to the workloads that it concerns.

    Raises:
        SkillError: there is nothing fitting to propose.
        Unavailable: the cluster can't be looked at.
    """
    language, cause = context.incident.language, context.incident.cause
    remedy = find_remedy(cause.remedy) if cause else None
    if remedy is None or not remedy.deployment:
        raise SkillError(say(language, "remedy.none"), hint=say(language, "remedy.decide"))
    changes: list[Change] = []
    for deployment in await _concerned(context, uses_secret=remedy.expiry):
        changes += await _PROPOSALS[remedy.deployment](context, deployment)
    if not changes:
        raise SkillError(say(language, "remedy.nothing"), hint=say(language, "remedy.decide"))
    return Result(line=" · ".join(change.title for change in changes), changes=tuple(changes))


@confirms(PATH)
async def confirm_rollout(context: Context, changes: Sequence[Change]) -> Result:
    """Wait until every changed deployment runs its new pods.

    Raises:
        SkillError: a rollout does not come to its end, with the reason of the stuck pod.
    """
    language = context.incident.language
    done = [await await_rollout(context, change.target.name) for change in changes]
    pods = sum(rollout.pods for rollout in done)
    names = ", ".join(rollout.name for rollout in done)
    facts = {rollout.name: {"pods": rollout.pods, "revision": rollout.revision} for rollout in done}
    return Result(line=say(language, "rollout.done", count=pods, names=names), facts=facts)


async def _concerned(context: Context, *, uses_secret: bool) -> list[Json]:
    """Return the deployments to be changed: those that use the Secret, else those that the proofs name."""
    site = context.site
    if not site.workloads:
        raise SkillError(say(context.incident.language, "workloads.none", client=site.name), hint="[clients] workloads")
    live = [await context.cluster.get(site.deployment(name)) for name in site.workloads]
    if uses_secret:
        return [item for item in live if site.secret.name in secrets_used(item["spec"]["template"])] or live[:1]
    cause = context.incident.cause
    sources = " ".join(proof.source for proof in cause.proofs) if cause else ""
    return [item for item in live if item["metadata"]["name"] in sources] or live[:1]


async def _restart(context: Context, deployment: Json) -> list[Change]:
    at = context.now().isoformat(timespec="seconds")
    return [await build_restart(context, {"name": deployment["metadata"]["name"], "restarted_at": at})]


async def _undo(context: Context, deployment: Json) -> list[Change]:
    """Propose the revision before the one that runs; none where there is no earlier one."""
    current = revision_of(deployment)
    earlier = [item for item in await replica_sets_of(context, deployment) if revision_of(item) < current]
    if not earlier:
        return []
    parameters = {"name": deployment["metadata"]["name"], "replica_set": earlier[0]["metadata"]["name"]}
    return [await build_undo(context, parameters)]


async def _scale(context: Context, deployment: Json) -> list[Change]:
    wanted = await wanted_replicas(context, deployment)
    if wanted <= deployment["spec"].get("replicas", 1):
        return []
    return [await build_scale(context, {"name": deployment["metadata"]["name"], "replicas": wanted})]


async def _raise_memory(context: Context, deployment: Json) -> list[Change]:
    name = deployment["metadata"]["name"]
    limits = await raised_limits(context, deployment)
    return [
        await build_set_memory(context, {"name": name, "container": container, "limit": limit})
        for container, limit in limits.items()
    ]


_PROPOSALS: dict[Action, Callable[[Context, Json], Awaitable[list[Change]]]] = {
    "restart": _restart,
    "undo": _undo,
    "scale": _scale,
    "resources": _raise_memory,
}
