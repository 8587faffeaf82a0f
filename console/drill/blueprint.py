"""A scenario's cluster on paper: what runs there, how its images behave, and what was changed when."""

from datetime import timedelta
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

AGE = timedelta(days=21)
"""How long before the drill's start the cluster was set up."""


def named(value: object) -> object:
    """TOML tables by name become parts that know theirs: so a scenario can extend one table of its base."""
    if isinstance(value, dict):
        return tuple({"name": name, **table} for name, table in value.items())
    return value


class Part(BaseModel):
    """A part of a scenario file; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Image(Part):
    """How an image behaves once it is started; one that no scenario describes runs and is ready."""

    missing: bool = False
    """The registry does not have it."""
    lines: tuple[str, ...] = ()
    """What it prints at each start; `{time}`, `{millis}` and `{host}` are filled in."""
    exit_code: int | None = None
    """It ends with this code, again and again; None for one that runs on."""
    ready: bool = True
    memory: str = "64Mi"
    """More than the container's limit is an OOM kill."""
    needs: tuple[str, ...] = ()
    """Variables without which it prints that they are missing, and exits with status 1."""
    breaks_on: dict[str, str] = {}
    """Values of variables with which it prints its `lines` and exits with `exit_code`; it runs with others."""


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
    memory: str = "256Mi"
    recreate: bool = False
    """Whether a rollout ends the old pods before it starts new ones."""


class Change(Part):
    """What somebody changed before the drill: fields of a workload, values of ConfigMaps, or evicted pods."""

    at: AwareDatetime
    workload: str
    image: str | None = None
    replicas: int | None = None
    env: dict[str, str] | None = None
    secret_env: dict[str, str] | None = None
    config_env: dict[str, str] | None = None
    cpu: str | None = None
    memory: str | None = None
    config_maps: dict[str, dict[str, str]] = {}
    evicts: bool = False
    """Whether the workload's pods were evicted, as a node's maintenance does."""

    def applied_to(self, workload: Workload) -> Workload:
        """The workload as it was wanted from then on."""
        fields = {"image", "replicas", "env", "secret_env", "config_env", "cpu", "memory"}
        return workload.model_copy(update=self.model_dump(include=fields, exclude_none=True))


class Cluster(Part):
    """The cluster that the clients share. `forbidden` are `verb resource` pairs that the operator may not."""

    context: str = "drill-ovh-1"
    namespace: str = "client-existant"
    nodes: tuple[str, ...] = ("ovh-1-node-a", "ovh-1-node-b", "ovh-1-node-c")
    secrets: dict[str, dict[str, str]] = {}
    """Values by key; `stripe:current` and `stripe:webhook` stand for the key and signing secret that the pods hold."""
    config_maps: dict[str, dict[str, str]] = {}
    workloads: Annotated[tuple[Workload, ...], BeforeValidator(named)] = ()
    images: dict[str, Image] = {}
    changes: tuple[Change, ...] = ()
    """In order of time."""
    forbidden: tuple[str, ...] = ()
