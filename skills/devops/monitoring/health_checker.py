"""devops/monitoring/health-checker: after the fix, whether pods, endpoint and logs are well."""

import asyncio
from datetime import datetime

from skills.clients.cluster import LogOptions
from skills.clients.web import NoAnswer
from skills.contract import Context, Result, SkillError, skill
from skills.devops.containers.pod_health import pod_health
from skills.devops.containers.workloads import pods_of
from skills.devops.monitoring.signatures import error_signatures
from skills.wording import say
from store.values import Json

_LOG_LINES = 500
_PATIENCE_SECONDS = 30.0
_PAUSE_SECONDS = 0.5


@skill("devops/monitoring/health-checker")
async def check_health(context: Context) -> Result:
    """Look at the pods, the health address and the new pods' logs.

    Raises:
        SkillError: something is not well, with what and where.
        Unavailable: the cluster can't be looked at.
    """
    language = context.incident.language
    pods, signatures = await _settled(context)
    health = await _health_url(context)
    facts: Json = {"pods": len(pods), "health": health, "new_errors": list(signatures)}
    if signatures:
        title = say(language, "verify.errors", count=len(signatures))
        raise SkillError(title, " · ".join(signatures), say(language, "verify.hint"))
    key = "verify.ok" if health is not None else "verify.pods"
    return Result(line=say(language, key, count=len(pods), status=health), facts=facts)


async def _settled(context: Context) -> tuple[list[Json], tuple[str, ...]]:
    """Wait until all pods are ready, then return them and what new errors they log.

    Raises:
        SkillError: a pod does not become ready.
    """
    language = context.incident.language
    unready: list[str] = []
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while True:
                pods = await _pods(context)
                unready = [pod["metadata"]["name"] for pod in pods if not pod_health(pod).ready]
                if pods and not unready:
                    break
                await asyncio.sleep(_PAUSE_SECONDS)
    except TimeoutError as late:
        names = ", ".join(unready) or say(language, "verify.no_pods")
        raise SkillError(say(language, "verify.unready"), names, say(language, "verify.hint")) from late
    return pods, await _new_errors(context, pods)


async def _pods(context: Context) -> list[Json]:
    """Return the pods of our workloads that are not on their way out."""
    live = [await context.cluster.get(context.site.deployment(name)) for name in context.site.workloads]
    found = [pod for deployment in live for pod in await pods_of(context, deployment)]
    return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]


async def _new_errors(context: Context, pods: list[Json]) -> tuple[str, ...]:
    """Return the cause signatures that the pods log which were started by the last change."""
    view = context.incident.plan
    since = min((change.at for change in view.changes if change.at), default=None) if view else None
    if since is None:
        return ()
    fresh = [pod for pod in pods if datetime.fromisoformat(pod["metadata"]["creationTimestamp"]) >= _second(since)]
    logs = await asyncio.gather(
        *(
            context.cluster.logs(
                context.site.namespace,
                pod["metadata"]["name"],
                LogOptions(container=pod["spec"]["containers"][0]["name"], tail=_LOG_LINES, since=since),
            )
            for pod in fresh
        )
    )
    texts = [line.text for lines in logs for line in lines]
    return await asyncio.to_thread(error_signatures, texts, context.incident.language)


def _second(at: datetime) -> datetime:
    """A pod's creation is known to the second only."""
    return at.replace(microsecond=0)


async def _health_url(context: Context) -> int | None:
    """Return the health address's status; None where none is configured.

    Raises:
        SkillError: it does not answer, or with an error.
    """
    language, test = context.incident.language, context.site.smoke_test
    if test is None or not test.health_url:
        return None
    try:
        answer = await context.web.ask("GET", test.health_url)
    except NoAnswer as silent:
        raise SkillError(silent.title, silent.detail, say(language, "verify.hint")) from silent
    if answer.status >= 400:
        raise SkillError(say(language, "verify.health", url=test.health_url, status=answer.status))
    return answer.status
