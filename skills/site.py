"""A client's site as it is configured: where its workloads run, its keys lie, its payments are tried.

These models are the configuration's (TOML) as well as the skills' input, so that there is one spelling.
No secret stands in them: only where one lies.
"""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from store.plan import ObjectRef
from store.values import Address, Json, Language, Priority

_UNITS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}


def _duration(value: object) -> object:
    """Read `4h`, `30 min`, `90s`, `3d`; leave everything else to pydantic."""
    if isinstance(value, str):
        number = value.strip().rstrip("hmindsHMINDS ").strip()
        unit = value.strip()[len(number) :].strip().lower()
        if unit in _UNITS and number.replace(".", "", 1).isdigit():
            return timedelta(seconds=float(number) * _UNITS[unit])
    return value


Duration = Annotated[timedelta, BeforeValidator(_duration)]


class Strict(BaseModel):
    """A part of the configuration; an unknown key is an error that names it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SecretLocation(Strict):
    """The cluster's Secret that holds the Stripe key, and the key within it."""

    name: str = "stripe-api"
    key: str = "key"


class StripeSite(Strict):
    """The client's Stripe account. `account` is compared with a new key's; unknown where it is None."""

    base_address: str = "https://api.stripe.com"
    account: str | None = None
    livemode: bool = True
    currency: str = "eur"
    new_key_command: tuple[str, ...] = ()
    """Prints the new key on stdout, such as `op read …`; offered by the prompt."""


class SmokeTest(Strict):
    """The payment that proves a fix, through the shop's own endpoint."""

    url: str
    method: Literal["GET", "POST"] = "POST"
    expect_status: int = 200
    expect_json: Json = Field(default_factory=dict)
    """Fields that the answer must have."""
    health_url: str = ""


class Contract(Strict):
    """What was agreed: time to recovery by priority, who has to approve."""

    sla: dict[Priority, Duration] = Field(default_factory=dict)
    four_eyes: bool = False
    onset_counts: bool = True
    """Whether the SLA starts at the onset that the client names, else at the report."""
    country: str = "FR"
    """Whose public holidays count, ISO 3166."""
    approve_inverses: bool = False


def _default_teams() -> dict[str, tuple[str, ...]]:
    return {"hotfix": ("DevOps", "Backend"), "security": ("DevOps", "Backend")}


class Agency(Strict):
    """Us."""

    name: str = "L'équipe Support"
    from_address: str = "support@agence.fr"
    time_zone: str = "Europe/Paris"
    teams: dict[str, tuple[str, ...]] = Field(default_factory=_default_teams)
    """Teams by type of request."""
    postmortem_directory: Path | None = None


class Site(Strict):
    """One client: who writes, what runs where."""

    name: str
    domains: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    language: Language = "fr"
    time_zone: str = "Europe/Paris"
    contacts: tuple[Address, ...] = ()
    kubeconfig: Path | None = None
    context: str | None = None
    environment: str = "PROD"
    namespace: str = "default"
    workloads: tuple[str, ...] = ()
    """Deployments, the one that takes payments first."""
    secret: SecretLocation = SecretLocation()
    stripe: StripeSite | None = None
    smoke_test: SmokeTest | None = None
    contract: Contract = Contract()

    @property
    def domain(self) -> str:
        """The domain by which the client is named."""
        return self.domains[0]

    @property
    def secret_ref(self) -> ObjectRef:
        """The Secret's place in the cluster."""
        return ObjectRef(api="v1", kind="Secret", namespace=self.namespace, name=self.secret.name)

    def deployment(self, name: str) -> ObjectRef:
        """Return a workload's place in the cluster."""
        return ObjectRef(api="apps/v1", kind="Deployment", namespace=self.namespace, name=name)
