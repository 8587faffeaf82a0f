"""The fault switches of every server, shown and set as JSON."""

from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, Field

from console.drill.kube.faults import Faults

Json = dict[str, Any]


class Switches(Protocol):
    """One server's switches. `put` sets some of them, all or none, and raises ValueError on a wrong one."""

    def shown(self) -> Json:
        """The switches as they stand."""

    def put(self, fields: Json) -> None:
        """Set the named ones."""


class ModelSwitches:
    """Switches that are a pydantic model."""

    def __init__(self, model: BaseModel) -> None:
        self._model = model

    def shown(self) -> Json:
        """The switches as they stand."""
        return self._model.model_dump()

    def put(self, fields: Json) -> None:
        """Set the named ones."""
        checked = type(self._model).model_validate({**self.shown(), **fields})
        for name in fields:
            setattr(self._model, name, getattr(checked, name))


class _KubeFields(BaseModel):
    model_config = ConfigDict(extra="forbid")

    answer: int = Field(default=0, ge=0, le=599)
    times: int = Field(default=0, ge=0)
    path: str = ""
    hang_watches: bool = False
    latency_seconds: float = Field(default=0.0, ge=0, le=60)


class KubeSwitches:
    """The API server's: `answer` to the next `times` requests on `path`, hanging watches, latency; `cut` cuts once."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    def shown(self) -> Json:
        """The switches as they stand."""
        return {name: getattr(self._faults, name) for name in _KubeFields.model_fields}

    def put(self, fields: Json) -> None:
        """Set the named ones, and cut the open connections where `cut` is true."""
        wanted = dict(fields)
        cut = wanted.pop("cut", False)
        checked = _KubeFields.model_validate({**self.shown(), **wanted})
        for name in wanted:
            setattr(self._faults, name, getattr(checked, name))
        if cut:
            self._faults.cut_connections()
