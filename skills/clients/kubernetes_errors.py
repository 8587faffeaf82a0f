"""What a Kubernetes API server answers when it does not do what was asked, in our own words."""

import json

from skills.clients.cluster import Conflict, Forbidden, NotFound, Refused
from skills.contract import Failure, Unavailable
from store.safe_text import redact
from store.values import Json


class Expired(Unavailable):
    """The resourceVersion is too old to go on from (HTTP 410): list again."""


class Silent(Unavailable):
    """A stream was open and nothing came for longer than it may: quiet, or hanging."""


class Unauthorized(Unavailable):
    """The credentials are not, or no longer, accepted (HTTP 401)."""


_REFUSED = frozenset({400, 405, 406, 413, 415, 422})
_KINDS: dict[int, tuple[type[Failure], str, str]] = {
    401: (Unauthorized, "does not accept our credentials", "renew them in the kubeconfig"),
    403: (Forbidden, "does not allow it", "ask for the permission, or use another context"),
    404: (NotFound, "has no such object", "check the name and the namespace"),
    409: (Conflict, "has a newer version of the object", "look again, then retry"),
    410: (Expired, "has forgotten that version", "list again"),
    429: (Unavailable, "asks for fewer requests", "wait a moment, then retry"),
}
_TROUBLE = (Unavailable, "is in trouble", "retry; look at the control plane itself")


def failure_of(status: int, body: bytes | Json, what: str, cluster: str) -> Failure:
    """Return the failure that an answer of that status is; `what` names the request."""
    message = redact(_message(body))
    detail = f"{what}: HTTP {status}{': ' if message else ''}{message}"
    if status in _REFUSED:
        return Refused(f"{cluster} refuses the request", detail)
    kind, said, hint = _KINDS.get(status, _TROUBLE)
    return kind(f"{cluster} {said}", detail, hint)


def no_answer(error: BaseException, what: str, cluster: str) -> Unavailable:
    """Return the failure that a broken, refused or silent connection is."""
    reason = "timed out" if isinstance(error, TimeoutError) else f"{type(error).__name__}: {error}"
    return Unavailable(
        f"{cluster} does not answer", redact(f"{what}: {reason}"), "check the network, the VPN and the kubeconfig"
    )


def _message(body: bytes | Json) -> str:
    """Return the message of a Status object, or the beginning of whatever else was answered."""
    if isinstance(body, dict):
        return str(body.get("message", ""))
    try:
        status = json.loads(body)
    except ValueError:
        return body[:200].decode(errors="replace").strip()
    return str(status.get("message", "")) if isinstance(status, dict) else ""
