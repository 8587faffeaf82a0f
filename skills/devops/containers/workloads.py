"""What a workload is made of: its pods, its replica sets, and what it takes from Secrets. Reads only."""

from collections.abc import Iterator, Sequence

from skills.contract import Context
from store.values import Cause, Json

REVISION = "deployment.kubernetes.io/revision"
RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"
TEMPLATE_HASH = "pod-template-hash"


def selector_text(deployment: Json) -> str:
    """Return a deployment's label selector as the API takes it."""
    selector = deployment.get("spec", {}).get("selector", {})
    terms = [f"{key}={value}" for key, value in sorted((selector.get("matchLabels") or {}).items())]
    for expression in selector.get("matchExpressions") or ():
        key, values = expression["key"], ",".join(expression.get("values") or ())
        operator = expression["operator"]
        terms.append({"Exists": key, "DoesNotExist": f"!{key}"}.get(operator, f"{key} {operator.lower()} ({values})"))
    return ",".join(terms)


async def pods_of(context: Context, deployment: Json) -> list[Json]:
    """Return a deployment's pods, by name."""
    namespace = deployment["metadata"]["namespace"]
    found = await context.cluster.items("v1", "Pod", namespace, labels=selector_text(deployment))
    return sorted(found, key=lambda pod: str(pod["metadata"]["name"]))


async def replica_sets_of(context: Context, deployment: Json) -> list[Json]:
    """Return the replica sets that the deployment owns, the newest revision first."""
    namespace = deployment["metadata"]["namespace"]
    found = await context.cluster.items("apps/v1", "ReplicaSet", namespace, labels=selector_text(deployment))
    uid = deployment["metadata"].get("uid")
    owned = [item for item in found if any(owner.get("uid") == uid for owner in _owners(item))]
    return sorted(owned, key=revision_of, reverse=True)


def revision_of(item: Json) -> int:
    """Return the revision of a deployment or replica set; 0 where it has none."""
    number = str((item.get("metadata", {}).get("annotations") or {}).get(REVISION, "0"))
    return int(number) if number.isdigit() else 0


def containers_of(template_or_pod: Json) -> list[Json]:
    """Return the containers of a pod or pod template, those of its start included."""
    spec = template_or_pod.get("spec", {})
    return [*(spec.get("containers") or ()), *(spec.get("initContainers") or ())]


def secrets_used(template_or_pod: Json) -> frozenset[str]:
    """Return the names of the Secrets that a pod takes environment or files from."""
    return frozenset(name for name in _secret_names(template_or_pod) if name)


def key_reference(template_or_pod: Json, secret: str) -> str:
    """Return which key of a Secret the pod takes into its environment; empty where it takes all or files."""
    for container in containers_of(template_or_pod):
        for variable in container.get("env") or ():
            reference = (variable.get("valueFrom") or {}).get("secretKeyRef") or {}
            if reference.get("name") == secret:
                return str(reference.get("key", ""))
    return ""


async def users_of(context: Context, secret: str) -> list[str]:
    """Return the workloads and ingresses of the namespace that use a Secret, such as `deployment/shop`."""
    namespace = context.site.namespace
    found: list[str] = []
    for kind in ("Deployment", "StatefulSet", "DaemonSet"):
        items = await context.cluster.items("apps/v1", kind, namespace)
        users = (item for item in items if secret in secrets_used(item["spec"].get("template", {})))
        found += [f"{kind.lower()}/{item['metadata']['name']}" for item in users]
    for item in await context.cluster.items("networking.k8s.io/v1", "Ingress", namespace):
        names = {tls.get("secretName") for tls in item.get("spec", {}).get("tls") or ()}
        found += [f"ingress/{item['metadata']['name']}"] if secret in names else []
    return found


def named_by(cause: Cause, workloads: Sequence[str]) -> tuple[str, ...]:
    """Return the workloads that the cause's proofs are about, such as `shop` for `logs/shop-7d9f-x2/app`."""
    parts = [f"{part}-" for proof in cause.proofs for part in proof.source.split("/")]
    told = {max((name for name in workloads if part.startswith(f"{name}-")), key=len, default="") for part in parts}
    return tuple(name for name in workloads if name in told)


def _owners(item: Json) -> list[Json]:
    return list(item.get("metadata", {}).get("ownerReferences") or ())


def _secret_names(template_or_pod: Json) -> Iterator[str]:
    for container in containers_of(template_or_pod):
        for variable in container.get("env") or ():
            yield ((variable.get("valueFrom") or {}).get("secretKeyRef") or {}).get("name", "")
        for source in container.get("envFrom") or ():
            yield (source.get("secretRef") or {}).get("name", "")
    for volume in template_or_pod.get("spec", {}).get("volumes") or ():
        yield (volume.get("secret") or {}).get("secretName", "")
        for source in (volume.get("projected") or {}).get("sources") or ():
            yield (source.get("secret") or {}).get("name", "")
