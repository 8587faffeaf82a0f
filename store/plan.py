"""Plans: the exact changes to the outside world, and the digests under which they are approved."""

import hashlib
import json
from typing import Any, Literal

from store.values import Json, Value

Risk = Literal["low", "medium", "high"]
PatchType = Literal["strategic", "merge"]

_BOOKKEEPING = ("managedFields", "resourceVersion", "generation", "uid", "creationTimestamp", "selfLink")


class ObjectRef(Value):
    """An object of a cluster. `api` is its group and version, such as `v1` or `apps/v1`."""

    api: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind.lower()}/{self.name}"


class Check(Value):
    """What was asked of the server before a change was shown: may I, would it."""

    name: str
    passed: bool
    detail: str = ""


class Blast(Value):
    """How far a change reaches: pods that restart, and other users of the object."""

    pods: int = 0
    others: tuple[str, ...] = ()


class Change(Value):
    """One patch of one object, with all that its approver needs to see.

    Secret values never stand in it: in `before`, `patch` and `expected` each is replaced by its keyed
    fingerprint, `{"hmac": "…"}`.
    """

    kind: str
    """Names the builder that can rebuild it from `parameters`, such as `secret.set`."""
    step: str
    parameters: Json
    target: ObjectRef
    uid: str
    version: str
    """`generation:N`, or `resourceVersion:N` where the kind has no generation."""
    before: Json
    patch: Json
    patch_type: PatchType
    expected: Json
    """The server's own dry-run result, without status and bookkeeping; empty where the dry run failed."""
    diff: tuple[str, ...] = ()
    command: str = ""
    risk: Risk = "low"
    blast: Blast = Blast()
    inverse: Json | None = None
    """`kind` and `parameters` of the change that takes this one back; None where there is none."""
    inverse_note: str = ""
    checks: tuple[Check, ...] = ()
    title: str = ""
    seconds: int = 0
    """Estimated duration."""

    @property
    def digest(self) -> str:
        """Hex SHA-256 of everything that an approval covers."""
        covered = self.model_dump(
            mode="json",
            include={"kind", "parameters", "target", "uid", "version", "before", "patch", "patch_type", "expected"},
        )
        return hashlib.sha256(canonical(covered)).hexdigest()

    @property
    def checked(self) -> bool:
        """Whether every check passed; a change with a failed check can't be approved."""
        return all(check.passed for check in self.checks)


class Plan(Value):
    """Changes that are approved together and applied in order."""

    id: str
    remedy: str
    changes: tuple[Change, ...]
    inverts: str = ""
    """Digest of the plan that this one takes back, else empty."""
    approvals_needed: int = 1
    """2 where the contract asks for four eyes."""

    @property
    def digest(self) -> str:
        """Hex SHA-256 over the changes' digests, in order."""
        return hashlib.sha256(canonical([change.digest for change in self.changes])).hexdigest()

    @property
    def risk(self) -> Risk:
        """The highest risk of its changes."""
        order: tuple[Risk, ...] = ("low", "medium", "high")
        return max((change.risk for change in self.changes), key=order.index, default="low")

    @property
    def checked(self) -> bool:
        """Whether every change passed its checks, and there is one."""
        return bool(self.changes) and all(change.checked for change in self.changes)

    @property
    def reversible(self) -> bool:
        """Whether every change has an inverse."""
        return all(change.inverse is not None for change in self.changes)

    @property
    def pods(self) -> int:
        """How many pods restart."""
        return sum(change.blast.pods for change in self.changes)

    @property
    def seconds(self) -> int:
        """Estimated duration of the whole."""
        return sum(change.seconds for change in self.changes)

    @property
    def token(self) -> str:
        """What a person types to approve a high-risk plan; empty where a second key press is enough."""
        return self.changes[0].target.name if self.risk == "high" else ""


def canonical(value: Any) -> bytes:
    """Return the one JSON spelling of a value that digests are taken of."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def essence(live: Json) -> Json:
    """Return a Kubernetes object without status and server bookkeeping: what a change is compared by."""
    kept = {key: value for key, value in live.items() if key != "status"}
    metadata = {key: value for key, value in kept.get("metadata", {}).items() if key not in _BOOKKEEPING}
    return {**kept, "metadata": metadata}


def version_of(live: Json) -> str:
    """Return what tells drift of a live object: its generation, or its resourceVersion where it has none."""
    metadata = live.get("metadata", {})
    if metadata.get("generation"):
        return f"generation:{metadata['generation']}"
    return f"resourceVersion:{metadata.get('resourceVersion', '')}"
