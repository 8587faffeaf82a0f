"""Access reviews: they answer by the very rules that requests meet."""

from console.drill.kube.access import Access
from console.drill.kube.kinds import KINDS, Json

_ROOT = "/apis/authorization.k8s.io/v1/"
_VERBS = ("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection")


def is_review(path: str) -> bool:
    """Whether the path is that of a review."""
    return path in (f"{_ROOT}selfsubjectaccessreviews", f"{_ROOT}selfsubjectrulesreviews")


def review(access: Access, user: str, path: str, wanted: Json) -> Json:
    """Answer a SelfSubjectAccessReview or a SelfSubjectRulesReview."""
    kind = "SelfSubjectAccessReview" if path.endswith("accessreviews") else "SelfSubjectRulesReview"
    spec = wanted.get("spec") or {}
    status = _access(access, user, spec) if kind == "SelfSubjectAccessReview" else _rules(access, user, spec)
    metadata = {"creationTimestamp": None}
    return {"kind": kind, "apiVersion": "authorization.k8s.io/v1", "metadata": metadata, "spec": spec, "status": status}


def _access(access: Access, user: str, spec: Json) -> Json:
    asked = spec.get("resourceAttributes") or {}
    known = [
        kind for kind in KINDS if kind.plural == asked.get("resource") and asked.get("group", "") in (kind.group, "*")
    ]
    named = (asked.get("verb", ""), asked.get("namespace", ""), asked.get("subresource", ""))
    verb, namespace, subresource = named
    if known and access.allows(user, verb, known[0], namespace, subresource):
        return {"allowed": True, "reason": f'RBAC: allowed to User "{user}"'}
    return {"allowed": False}


def _rules(access: Access, user: str, spec: Json) -> Json:
    namespace = spec.get("namespace", "")
    rules = []
    for kind in KINDS:
        for subresource in ("", *(("log",) if kind.kind == "Pod" else ())):
            verbs = [verb for verb in _VERBS if access.allows(user, verb, kind, namespace, subresource)]
            resource = f"{kind.plural}/{subresource}" if subresource else kind.plural
            if verbs:
                rules.append({"verbs": verbs, "apiGroups": [kind.group], "resources": [resource]})
    return {"resourceRules": rules, "nonResourceRules": [], "incomplete": False}
