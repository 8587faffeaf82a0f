"""The changes of a deployment: restart, undo, scale, image, environment, memory. Each knows how it is taken back."""

from skills.contract import Context, SkillError, builder
from skills.devops.changes import Edit, build_change
from skills.devops.containers.workloads import (
    RESTARTED_AT,
    TEMPLATE_HASH,
    containers_of,
    replica_sets_of,
    revision_of,
)
from skills.devops.fields import covered, difference
from skills.wording import say
from store.plan import Blast, Change, Risk
from store.values import Json

PATH = "devops/containers/deployment-manager"
RESTART, UNDO, SCALE = f"{PATH}:restart", f"{PATH}:undo", f"{PATH}:scale"
SET_IMAGE, SET_ENV, SET_MEMORY = f"{PATH}:set-image", f"{PATH}:set-env", f"{PATH}:set-memory"
_SECONDS_A_POD = 20


@builder(RESTART)
async def build_restart(context: Context, parameters: Json) -> Change:
    """Build a rolling restart. Parameters: `name`, `restarted_at` (ISO 8601, fixed when planned)."""
    annotations = {RESTARTED_AT: parameters["restarted_at"]}
    template = {"metadata": {"annotations": annotations}}
    live = await context.cluster.get(context.site.deployment(parameters["name"]))
    current = await _current_set(context, live)
    inverse = {"kind": UNDO, "parameters": {"name": parameters["name"], "replica_set": current}} if current else None
    return await _change(context, RESTART, parameters, live, {"template": template}, inverse=inverse)


@builder(UNDO)
async def build_undo(context: Context, parameters: Json) -> Change:
    """Build the way back to a replica set's template. Parameters: `name`, `replica_set`.

    Raises:
        SkillError: that replica set is gone, or the deployment runs it already.
    """
    language, name = context.incident.language, parameters["name"]
    live = await context.cluster.get(context.site.deployment(name))
    sets = await replica_sets_of(context, live)
    wanted = next((item for item in sets if item["metadata"]["name"] == parameters["replica_set"]), None)
    if wanted is None:
        raise SkillError(say(language, "undo.gone", name=name, revision=parameters["replica_set"]))
    patch = difference(live["spec"]["template"], _template(wanted))
    if not patch:
        raise SkillError(say(language, "undo.same", name=name))
    current = await _current_set(context, live)
    inverse = {"kind": UNDO, "parameters": {"name": name, "replica_set": current}} if current else None
    return await _change(
        context, UNDO, parameters, live, {"template": patch}, inverse=inverse, risk="medium", to=revision_of(wanted)
    )


@builder(SCALE)
async def build_scale(context: Context, parameters: Json) -> Change:
    """Build another number of replicas. Parameters: `name`, `replicas`."""
    live = await context.cluster.get(context.site.deployment(parameters["name"]))
    now, wanted = live["spec"].get("replicas", 1), parameters["replicas"]
    inverse = {"kind": SCALE, "parameters": {"name": parameters["name"], "replicas": now}}
    risk: Risk = "high" if wanted == 0 else "low"
    return await _change(context, SCALE, parameters, live, {"replicas": wanted}, inverse=inverse, risk=risk, to=wanted)


@builder(SET_IMAGE)
async def build_set_image(context: Context, parameters: Json) -> Change:
    """Build another image of a container. Parameters: `name`, `container`, `image`."""
    fields = {"image": parameters["image"]}
    return await _container_change(context, SET_IMAGE, parameters, fields, parameters["image"])


@builder(SET_ENV)
async def build_set_env(context: Context, parameters: Json) -> Change:
    """Build another value of an environment variable. Parameters: `name`, `container`, `variable`, `entry`.

    `entry` is the variable as Kubernetes spells it (`value` or `valueFrom`), None to remove it. A secret
    value has no place here: it is refused by the checks.
    """
    variable, entry = parameters["variable"], parameters["entry"]
    item = {"name": variable, **(entry or {"$patch": "delete"})}
    return await _container_change(context, SET_ENV, parameters, {"env": [item]}, variable)


@builder(SET_MEMORY)
async def build_set_memory(context: Context, parameters: Json) -> Change:
    """Build another memory limit of a container. Parameters: `name`, `container`, `limit` such as `512Mi` or None."""
    fields = {"resources": {"limits": {"memory": parameters["limit"]}}}
    return await _container_change(context, SET_MEMORY, parameters, fields, parameters["limit"] or "∞")


async def _container_change(context: Context, kind: str, parameters: Json, fields: Json, to: str) -> Change:
    live = await context.cluster.get(context.site.deployment(parameters["name"]))
    names = [container["name"] for container in containers_of(live["spec"]["template"])]
    if parameters["container"] not in names:
        raise SkillError(say(context.incident.language, "container.gone", name=parameters["container"]))
    patch = {"template": {"spec": {"containers": [{"name": parameters["container"], **fields}]}}}
    inverse = _container_inverse(kind, parameters, covered(live["spec"], patch))
    return await _change(context, kind, parameters, live, patch, inverse=inverse, risk="medium", to=to)


def _container_inverse(kind: str, parameters: Json, before: Json) -> Json:
    """Return the same change with the value that stood there before."""
    container = before["template"]["spec"]["containers"][0]
    if kind == SET_IMAGE:
        former: Json = {"image": container["image"]}
    elif kind == SET_MEMORY:
        limits = (container.get("resources") or {}).get("limits") or {}
        former = {"limit": limits.get("memory")}
    else:
        entry = (container.get("env") or [None])[0]
        former = {"entry": {key: value for key, value in entry.items() if key != "name"} if entry else None}
    return {"kind": kind, "parameters": {**parameters, **former}}


async def _change(
    context: Context,
    kind: str,
    parameters: Json,
    live: Json,
    spec: Json,
    *,
    inverse: Json | None,
    risk: Risk = "low",
    to: object = "",
) -> Change:
    language, name = context.incident.language, parameters["name"]
    verb = kind.partition(":")[2]
    pods = live["spec"].get("replicas", 1)
    moved = abs(parameters["replicas"] - pods) if kind == SCALE else pods
    edit = Edit(
        kind=kind,
        parameters=parameters,
        target=context.site.deployment(name),
        patch={"spec": spec},
        title=say(language, f"deployment.{verb}", name=name, to=to),
        command=_command(context.site.namespace, verb, parameters, to),
        risk=risk,
        blast=Blast(pods=moved),
        inverse=inverse,
        inverse_note="" if inverse else say(language, "deployment.no_inverse"),
        seconds=_SECONDS_A_POD * max(1, moved),
    )
    return await build_change(context, edit, live)


async def _current_set(context: Context, live: Json) -> str:
    """Return the name of the replica set that the deployment runs now; empty where there is none."""
    revision = revision_of(live)
    sets = await replica_sets_of(context, live)
    return next((str(item["metadata"]["name"]) for item in sets if revision_of(item) == revision), "")


def _template(replica_set: Json) -> Json:
    """Return a replica set's pod template without the label that the controller gave it."""
    template: Json = replica_set["spec"]["template"]
    metadata = template.get("metadata") or {}
    labels = {key: value for key, value in (metadata.get("labels") or {}).items() if key != TEMPLATE_HASH}
    return {**template, "metadata": {**metadata, "labels": labels}}


def _command(namespace: str, verb: str, parameters: Json, to: object) -> str:
    """Return the kubectl equivalent."""
    name = parameters["name"]
    container = parameters.get("container", "")
    words = {
        "restart": f"rollout restart deployment/{name}",
        "undo": f"rollout undo deployment/{name} --to-revision={to}",
        "scale": f"scale deployment/{name} --replicas={to}",
        "set-image": f"set image deployment/{name} {container}={to}",
        "set-env": f"set env deployment/{name} -c {container} {to}…",
        "set-memory": f"set resources deployment/{name} -c {container} --limits=memory={to}",
    }
    return f"kubectl -n {namespace} {words[verb]}"
