"""Refusals in the API's own shape: Status objects with the right code and reason."""

from console.drill.kube.kinds import Json, Kind


class Refusal(Exception):
    """A Status to answer with."""

    def __init__(self, code: int, reason: str, message: str, details: Json | None = None) -> None:
        super().__init__(message)
        self.code, self.reason, self.message, self.details = code, reason, message, details or {}
        self.headers = {"Retry-After": "1"} if code == 429 else {}

    @property
    def status(self) -> Json:
        """The Status object."""
        return {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
            "reason": self.reason,
            "details": self.details,
            "code": self.code,
        }


def _named(kind: Kind, name: str) -> str:
    group = f".{kind.group}" if kind.group else ""
    return f'{kind.plural}{group} "{name}"'


def _details(kind: Kind, name: str) -> Json:
    return {"name": name, "group": kind.group, "kind": kind.plural}


def not_found(kind: Kind, name: str) -> Refusal:
    """404."""
    return Refusal(404, "NotFound", f"{_named(kind, name)} not found", _details(kind, name))


def already_exists(kind: Kind, name: str) -> Refusal:
    """409 at creation."""
    return Refusal(409, "AlreadyExists", f"{_named(kind, name)} already exists", _details(kind, name))


def conflict(kind: Kind, name: str, why: str = "") -> Refusal:
    """409 at a stale write."""
    why = why or "the object has been modified; please apply your changes to the latest version and try again"
    message = f"Operation cannot be fulfilled on {_named(kind, name)}: {why}"
    return Refusal(409, "Conflict", message, _details(kind, name))


def invalid(kind: Kind, name: str, field: str, why: str) -> Refusal:
    """422."""
    causes = [{"reason": "FieldValueInvalid", "message": why, "field": field}]
    details = {**_details(kind, name), "kind": kind.kind, "causes": causes}
    return Refusal(422, "Invalid", f'{kind.kind} "{name}" is invalid: {field}: {why}', details)


def bad_request(why: str) -> Refusal:
    """400."""
    return Refusal(400, "BadRequest", why)


def forbidden(user: str, verb: str, kind: Kind, namespace: str, *, name: str, subresource: str = "") -> Refusal:
    """403, in the words of RBAC."""
    resource = f"{kind.plural}/{subresource}" if subresource else kind.plural
    where = f' in the namespace "{namespace}"' if namespace else " at the cluster scope"
    message = (
        f'{_named(kind, name) if name else kind.plural} is forbidden: User "{user}" cannot {verb} '
        f'resource "{resource}" in API group "{kind.group}"{where}'
    )
    return Refusal(403, "Forbidden", message, _details(kind, name))


def expired(version: int, oldest: int) -> Refusal:
    """410: a watch or a continued list from too long ago."""
    return Refusal(410, "Expired", f"too old resource version: {version} ({oldest})")


def unauthorized() -> Refusal:
    """401."""
    return Refusal(401, "Unauthorized", "Unauthorized")


def not_allowed(what: str) -> Refusal:
    """405."""
    return Refusal(405, "MethodNotAllowed", f"the server does not allow this method on the requested resource: {what}")


def unsupported_media(what: str) -> Refusal:
    """415."""
    return Refusal(415, "UnsupportedMediaType", f"the body of the request was in an unknown format: {what}")
