"""The very Stripe key that the client's pods use: found by what their spec refers to."""

import re
from dataclasses import dataclass

from pydantic import SecretStr

from skills.clients.cluster import NotFound
from skills.contract import Context
from skills.devops.containers.workloads import containers_of, secrets_used
from skills.devops.masking import decoded
from skills.site import SecretLocation
from store.values import Json

_STRIPE_KEY = re.compile(r"STRIPE\w*(?:KEY|SECRET|TOKEN)", re.IGNORECASE)
_WEBHOOK = re.compile(r"WEBHOOK|PUBLI", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PodsKey:
    """The key and where it lies, such as `secret/stripe-api/key`."""

    value: SecretStr
    where: str


async def find_pods_key(context: Context) -> PodsKey:
    """Return the key: from the configured Secret where a pod uses it, else from what a variable's name tells.

    Raises:
        NotFound: no workload has a Stripe key, or the Secret lacks it.
        Unavailable: the cluster does not let us look.
    """
    location, places = context.site.secret, []
    for name in context.site.workloads:
        template = (await context.cluster.get(context.site.deployment(name)))["spec"]["template"]
        if location.name in secrets_used(template):
            places.append(location)
            break
        for variable in _variables(template):
            if variable.get("value"):
                return PodsKey(SecretStr(variable["value"]), f"deployment/{name} {variable['name']}")
            reference = (variable.get("valueFrom") or {}).get("secretKeyRef")
            if reference:
                places.append(SecretLocation(name=reference["name"], key=reference["key"]))
    if not places:
        raise NotFound("No workload of the client refers to a Stripe key", ", ".join(context.site.workloads))
    return await _read(context, places[0])


def _variables(template: Json) -> list[Json]:
    return [
        variable
        for container in containers_of(template)
        for variable in container.get("env") or ()
        if _STRIPE_KEY.search(variable["name"]) and not _WEBHOOK.search(variable["name"])
    ]


async def _read(context: Context, place: SecretLocation) -> PodsKey:
    where = f"secret/{place.name}/{place.key}"
    live = await context.cluster.get(context.site.secret_ref.model_copy(update={"name": place.name}))
    data = (live.get("data") or {}).get(place.key)
    if not data:
        raise NotFound("The Secret lacks the Stripe key", where)
    return PodsKey(SecretStr(decoded(data).strip()), where)
