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
from skills.devops.containers.workloads import named_by, replica_sets_of, revision_of, secrets_used
from skills.remedies import Action, Remedy, find_remedy
from skills.wording import say
from store.plan import Change
from store.values import Cause, Json

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
    """Propose the changes of the causes' remedies to the workloads that they concern, each workload once.

    Raises:
        SkillError: there is nothing fitting to propose.
        Unavailable: the cluster can't be looked at.
    """
    language = context.incident.language
    mended = [(cause, remedy) for cause in context.incident.causes or () if (remedy := _remedy_here(cause))]
    if not mended:
        raise SkillError(say(language, "remedy.none"), hint=say(language, "remedy.decide"))
    live = await _live(context)
    changes: list[Change] = []
    changed: set[str] = set()
    for cause, remedy in mended:
        for deployment in _concerned(context, cause, remedy, live):
            if (name := deployment["metadata"]["name"]) not in changed:
                changes += await _PROPOSALS[remedy.deployment](context, deployment)
                changed.add(name)
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


def _remedy_here(cause: Cause) -> Remedy | None:
    """Return the cause's remedy where a deployment is changed by it."""
    remedy = find_remedy(cause.remedy) if PATH in cause.remedy_steps else None
    return remedy if remedy and remedy.deployment else None


async def _live(context: Context) -> list[Json]:
    site = context.site
    if not site.workloads:
        raise SkillError(say(context.incident.language, "workloads.none", client=site.name), hint="[clients] workloads")
    return [await context.cluster.get(site.deployment(name)) for name in site.workloads]


def _concerned(context: Context, cause: Cause, remedy: Remedy, live: list[Json]) -> list[Json]:
    """Return the deployments to be changed: those that use the Secret, else those that the proofs name.

    Where neither tells, the first one stands for the client, but for the root cause alone: nobody guesses twice.
    """
    if remedy.expiry:
        told = [item for item in live if context.site.secret.name in secrets_used(item["spec"]["template"])]
    else:
        named = named_by(cause, context.site.workloads)
        told = [item for item in live if item["metadata"]["name"] in named]
    return told or (live[:1] if cause == context.incident.cause else [])


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
