"""Which memory limit a container should have that was killed for want of it."""

from skills.clients.quantities import quantity
from skills.contract import Context
from skills.devops.containers.pod_health import pod_health
from skills.devops.containers.workloads import containers_of, pods_of
from store.values import Json

_FACTOR = 4
"""A limit reserves nothing, while too small a step costs another outage: what was needed is not known."""
_KILLED = "OOMKilled"


def mebibytes(text: str) -> int | None:
    """Return a Kubernetes memory quantity in MiB, rounded down; None where it is none."""
    size = quantity(text)
    return None if size is None else int(size) // 2**20


async def raised_limits(context: Context, deployment: Json) -> dict[str, str]:
    """Return four times the limit of each container that was killed for memory, such as `1024Mi`."""
    killed = {
        container.name
        for pod in await pods_of(context, deployment)
        for container in pod_health(pod).containers
        if _KILLED in (container.terminated, container.last_terminated)
    }
    found: dict[str, str] = {}
    for container in containers_of(deployment["spec"]["template"]):
        limit = ((container.get("resources") or {}).get("limits") or {}).get("memory", "")
        size = mebibytes(limit)
        if container["name"] in killed and size:
            found[container["name"]] = f"{_FACTOR * size}Mi"
    return found
