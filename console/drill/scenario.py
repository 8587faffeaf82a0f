"""A scenario: one TOML file that says what the world is, what is broken, who writes, and what a good answer is."""

import tomllib
from datetime import datetime, timedelta
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from console.drill.stripe_api.history import Trade
from console.drill.stripe_api.switches import StripeSwitches

DEFAULT = "paiements-bloques"
Json = dict[str, Any]
PodKey = Literal["active", "expired", "unknown", "test", "restricted", "none"]


class UnknownScenario(LookupError):
    """There is no scenario of that name; its text names those there are."""


def _named(value: object) -> object:
    """TOML tables by name become parts that know theirs: so a scenario can extend one table of its base."""
    if isinstance(value, dict):
        return tuple({"name": name, **table} for name, table in value.items())
    return value


class Part(BaseModel):
    """A part of a scenario file; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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
    sla: dict[str, str] = {}


class Container(Part):
    """How a workload's pods behave once they run; every field at rest means healthy."""

    crashes: bool = False
    """It exits with status 1 after `output`, again and again."""
    out_of_memory: bool = False
    unready: bool = False
    """It runs, and its readiness probe fails."""


class Workload(Part):
    """A deployment. `env` maps a variable to its value, `secret_env` to `SECRET/KEY`, `config_env` to `MAP/KEY`."""

    name: str
    image: str
    replicas: int = Field(default=1, ge=0, le=50)
    port: int = 8080
    env: dict[str, str] = {}
    secret_env: dict[str, str] = {}
    config_env: dict[str, str] = {}
    cpu: str = "100m"
    container: Container = Container()
    created_at: AwareDatetime | None = None
    output: tuple[str, ...] = ()
    """What its process prints at each start."""


class Cluster(Part):
    """The cluster that the clients share. `forbidden` are `verb resource` pairs that the operator may not."""

    context: str = "drill-ovh-1"
    namespace: str = "client-existant"
    nodes: tuple[str, ...] = ("ovh-1-node-a", "ovh-1-node-b", "ovh-1-node-c")
    secrets: dict[str, dict[str, str]] = {}
    """Values by key; `stripe:current` and `stripe:webhook` stand for the key and signing secret that the pods hold."""
    config_maps: dict[str, dict[str, str]] = {}
    workloads: Annotated[tuple[Workload, ...], BeforeValidator(_named)] = ()
    forbidden: tuple[str, ...] = ()


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
    key_variable: str = "STRIPE_API_KEY"
    requests_a_minute: float = 40
    payments_share: float = 0.12
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
    logs: Annotated[tuple[Log, ...], BeforeValidator(_named)] = ()
    mails: Annotated[tuple[Mail, ...], BeforeValidator(_named)]
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

    @property
    def past(self) -> timedelta:
        """How far back the workloads go, unless they say otherwise."""
        return timedelta(days=21)


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
