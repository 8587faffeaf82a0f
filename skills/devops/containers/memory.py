"""Which memory limit a container should have that was killed for want of it."""

import re

from skills.contract import Context
from skills.devops.containers.pod_health import pod_health
from skills.devops.containers.workloads import containers_of, pods_of
from store.values import Json

_QUANTITY = re.compile(r"(\d+(?:\.\d+)?)([KMGT]i?|k)?")
_UNITS = {"": 1, "k": 10**3, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_BINARY = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
_FACTOR = 4
"""A limit reserves nothing, while too small a step costs another outage: what was needed is not known."""
_KILLED = "OOMKilled"


def mebibytes(quantity: str) -> int | None:
    """Return a Kubernetes memory quantity in MiB, rounded down; None where it is none."""
    match = _QUANTITY.fullmatch(quantity)
    if match is None:
        return None
    return int(float(match[1]) * {**_UNITS, **_BINARY}[match[2] or ""]) // 2**20


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
