"""A scenario: one TOML file that says what the world is, what is broken, who writes, and what a good answer is."""

import tomllib
from datetime import datetime
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BeforeValidator, Field, field_validator

from console.drill.blueprint import Cluster, Part, named
from console.drill.stripe_api.history import Trade
from console.drill.stripe_api.switches import StripeSwitches

DEFAULT = "paiements-bloques"
Json = dict[str, Any]
PodKey = Literal["active", "expired", "unknown", "test", "restricted", "none"]


class UnknownScenario(LookupError):
    """There is no scenario of that name; its text names those there are."""


class Contact(Part):
    """A person of the client's."""

    name: str
    email: str


class Client(Part):
    """Who has the trouble, as the console's configuration knows them."""

    name: str
    domains: tuple[str, ...]
    language: Literal["fr", "en"] = "fr"
    time_zone: str = "Europe/Paris"
    contacts: tuple[Contact, ...] = ()
    sla: dict[str, str] = Field(default_factory=dict)


class Stripe(Part):
    """The client's Stripe account, the key that its pods hold, and what is wrong with Stripe itself."""

    account: str
    name: str
    pods_key: PodKey = "active"
    permissions: tuple[str, ...] = ()
    """What a restricted `pods_key` may."""
    stale_webhook_secret: bool = False
    """Whether the pods hold another signing secret than the one that Stripe signs webhooks with."""
    switches: StripeSwitches = StripeSwitches()
    trade: Trade = Trade()


class Shop(Part):
    """The shop: which workload takes payments, with the key of which variable, and its customers' stream."""

    workload: str
    others: tuple[str, ...] = ()
    """Further workloads of the client's that the console is to look after."""
    key_variable: str = "STRIPE_API_KEY"
    requests_a_minute: float = 24
    payments_share: float = 0.2
    declined_cards: bool = False
    """Whether the customers at hand all have cards that their banks decline."""


class Log(Part):
    """A stretch of a workload's past log: `payments`, visits (`browse`), Stripe's `webhooks`, or given `lines`.

    One entry about every `every` seconds, over the pods in turn. Payments before the outage went through;
    those within it got what Stripe really answers to the pods' key.
    """

    name: str
    workload: str
    kind: Literal["payments", "browse", "webhooks", "lines"]
    start: AwareDatetime
    end: AwareDatetime
    every: float = Field(gt=0)
    lines: tuple[str, ...] = ()
    """Taken in turn; `{time}` and `{pod}` are filled in."""


class Mail(Part):
    """A mail that reaches the agency's mailbox at `at`."""

    name: str
    at: AwareDatetime
    sender: str
    subject: str
    body: str
    to: str = "urgence@agence.fr"
    message_id: str


class Answer(Part):
    """What a good answer is. `remedy` is empty where nothing is to be mended by the console."""

    cause: str
    also: tuple[str, ...] = ()
    remedy: str = ""
    priority: str = "P1"
    deadline: AwareDatetime | None = None
    trap: str = ""
    """The obvious fix that would be wrong."""


class Scenario(Part):
    """The whole drill. The world's clock starts at `starts_at`."""

    name: str = ""
    title: dict[Literal["fr", "en"], str]
    starts_at: AwareDatetime
    outage_since: AwareDatetime | None = None
    time_zone: str = "Europe/Paris"
    seed: int = 1
    client: Client
    others: tuple[Client, ...] = ()
    cluster: Cluster
    stripe: Stripe
    shop: Shop
    logs: Annotated[tuple[Log, ...], BeforeValidator(named)] = ()
    mails: Annotated[tuple[Mail, ...], BeforeValidator(named)]
    answer: Answer

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        ZoneInfo(name)
        return name

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the drill's clock shows its instants."""
        return ZoneInfo(self.time_zone)

    @property
    def start(self) -> datetime:
        """The first instant of the drill, in its zone."""
        return self.starts_at.astimezone(self.zone)


def names() -> list[str]:
    """The scenarios there are, the default first."""
    found = sorted(name for name in _files() if not name.startswith("_"))
    return [DEFAULT, *(name for name in found if name != DEFAULT)]


def load(name: str = DEFAULT) -> Scenario:
    """Read a scenario.

    Raises:
        UnknownScenario: there is none of that name.
    """
    if name not in names():
        raise UnknownScenario(f"no scenario {name!r}; there are: {', '.join(names())}")
    return Scenario(**{**_tree(name), "name": name})


def _tree(name: str) -> Json:
    """A file's tables, laid over those of the file that it `extends`."""
    tree = tomllib.loads(_files()[name].read_text(encoding="utf-8"))
    base = tree.pop("extends", None)
    return _laid_over(_tree(base), tree) if base else tree


def _laid_over(base: Json, above: Json) -> Json:
    """Tables are merged by name, everything else is replaced; an empty table takes the base's one away."""
    merged = dict(base)
    for name, value in above.items():
        if value == {} and name in merged:
            del merged[name]
        elif isinstance(value, dict) and isinstance(merged.get(name), dict):
            merged[name] = _laid_over(merged[name], value)
        else:
            merged[name] = value
    return merged


def _files() -> dict[str, Traversable]:
    folder = resources.files("console.drill") / "scenarios"
    return {entry.name.removesuffix(".toml"): entry for entry in folder.iterdir() if entry.name.endswith(".toml")}
