"""What a skill is: a small async function with a path, that takes a context and returns a result.

A skill knows nothing of screens or storage. The engine is its only caller: it appends
`skill.started`, awaits the function, and appends the result's events and `skill.finished`.

    Failure                  what the engine catches; everything below is shown as an event
    ├── SkillError           the step could not be done: title, detail, hint
    ├── Unavailable          a system could not be looked at or reached (clients raise it)
    └── Needed               the step waits for something that only a person has
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from pydantic import SecretStr

from store.events import IncidentEvent, SecretAccepted, SecretRefused
from store.incident import Incident
from store.plan import Change
from store.values import ActionItem, AlertRule, Json, Language, Mail, Outcome, Reading

if TYPE_CHECKING:
    from skills.clients.cluster import Cluster
    from skills.clients.outbox import Outbox
    from skills.clients.payments import Payments
    from skills.clients.web import Web
    from skills.site import Agency, Site


class Failure(Exception):
    """Something that an on-call engineer has to read: what, where and what to do."""

    def __init__(self, title: str, detail: str = "", hint: str = "") -> None:
        super().__init__(title)
        self.title, self.detail, self.hint = title, detail, hint


class SkillError(Failure):
    """The step could not be done."""


class Unavailable(Failure):
    """A system could not be reached, or does not let us look. Never a finding about the client."""


class Needed(Failure):
    """The step waits for a secret that a person or a configured command has; `name` says which."""

    def __init__(self, name: str, title: str, detail: str = "") -> None:
        super().__init__(title, detail)
        self.name = name


@dataclass(frozen=True, slots=True)
class Alert:
    """A message to one's own team, sent by the engine. `message_id` is the same however often it is tried."""

    message_id: str
    channel: str
    url: str
    text: str
    body: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """What a skill returns. `changes` are proposals: nothing of them is done before an approval.

    `failed` says that the step looked and what it saw is bad, such as a payment that was refused.
    """

    line: str
    facts: Json = field(default_factory=dict)
    events: tuple[IncidentEvent, ...] = ()
    changes: tuple[Change, ...] = ()
    alert: Alert | None = None
    failed: bool = False

    @property
    def outcome(self) -> Outcome:
        """The part that is shown in the tree."""
        return Outcome(line=self.line, facts=self.facts)


class Vault(Protocol):
    """Secrets in memory, by name. Nothing of it is ever written; `fingerprint` is keyed."""

    def reveal(self, name: str) -> SecretStr | None:
        """Return the secret, or None where it is not (or no longer) in memory."""

    def fingerprint(self, value: str) -> str:
        """Return the value's HMAC in hex, under a key kept outside the store."""


class Archive(Protocol):
    """What earlier incidents and the desk know, for skills that look back."""

    def seen_before(self, client: str, cause: str) -> Sequence[Any]:
        """Return the summaries of past incidents of this client and cause."""

    def open_incidents(self) -> Sequence[Any]:
        """Return the summaries of the incidents now open."""

    def rules(self) -> Sequence[AlertRule]:
        """Return the alert rules there are."""

    def actions(self, incident: str) -> Sequence[ActionItem]:
        """Return an incident's action items."""


Left = TypeVar("Left")


class Scratch:
    """What one step of an incident leaves in memory for the next. It is gone with the process: nobody may need it."""

    def __init__(self) -> None:
        self._left: dict[type, Any] = {}

    def leave(self, value: object) -> None:
        """Leave a value, the only one of its type."""
        self._left[type(value)] = value

    def take(self, kind: type[Left]) -> Left | None:
        """Take the value of that type away; None where there is none."""
        found: Left | None = self._left.pop(kind, None)
        return found


@dataclass(frozen=True, slots=True)
class Context:
    """All that a skill may use. Clients are built at first use."""

    now: Callable[[], datetime]
    incident: Incident
    site: "Site"
    cluster: "Cluster"
    payments: "Payments"
    outbox: "Outbox"
    web: "Web"
    vault: Vault
    archive: Archive
    agency: "Agency"
    step: str
    alert_url: str = ""
    """The team's webhook; empty where none is configured."""
    scratch: Scratch = field(default_factory=Scratch)


@dataclass(frozen=True, slots=True)
class Intake:
    """A mail on its way in: raw bytes first, then what each intake skill made of them.

    The four skills of `client_intake` take one and return the next, with their outcome added.
    """

    raw: bytes
    clients: tuple["KnownClient", ...] = ()
    mail: Mail | None = None
    reading: Reading | None = None
    route: str = ""
    """Skill path that takes over, such as `task-orchestrator`; empty where nothing is to be opened."""
    outcomes: tuple[tuple[str, Outcome], ...] = ()
    """Skill path and outcome, in order."""


@dataclass(frozen=True, slots=True)
class KnownClient:
    """What reading a mail needs of the configuration."""

    name: str
    domains: tuple[str, ...]
    language: Language
    time_zone: str


Skill = Callable[[Context], Awaitable[Result]]
Confirmation = Callable[[Context, Sequence[Change]], Awaitable[Result]]
Trial = Callable[[Context, SecretStr], Awaitable[SecretAccepted | SecretRefused]]
IntakeSkill = Callable[[Intake], Intake]
Builder = Callable[[Context, Json], Awaitable[Change]]
"""Builds a change from its stored parameters and the live object, the dry run included."""

F = TypeVar("F", bound=Callable[..., Any])


def skill(path: str) -> Callable[[F], F]:
    """Mark a function as the skill of that path, such as `devops/secrets/secret-manager`.

    The path is the module's: `skills/devops/secrets/secret_manager.py`.
    """

    def mark(function: F) -> F:
        function.__dict__["skill_path"] = path
        return function

    return mark


def confirms(path: str) -> Callable[[F], F]:
    """Mark what an approval step does once its changes are applied: wait, look, and say what it saw.

    The function is a `Confirmation`; it stands in the skill's own module.
    """

    def mark(function: F) -> F:
        function.__dict__["confirms_path"] = path
        return function

    return mark


def tries(path: str) -> Callable[[F], F]:
    """Mark what tries a secret against the world before it goes anywhere; a `Trial`, in the skill's module."""

    def mark(function: F) -> F:
        function.__dict__["tries_path"] = path
        return function

    return mark


def builder(kind: str) -> Callable[[F], F]:
    """Mark a function as what builds changes of a kind, such as `devops/secrets/secret-manager:set`.

    The part before the colon is the path of the module that it stands in.
    """

    def mark(function: F) -> F:
        function.__dict__["change_kind"] = kind
        return function

    return mark
