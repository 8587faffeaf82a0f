"""The drill's clock: it starts at the scenario's instant and runs on from there, in every process alike."""

import time
from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class WorldClock(BaseModel):
    """A world instant tied to an instant of the machine's monotonic clock, which all its processes share."""

    model_config = ConfigDict(frozen=True)

    world: AwareDatetime
    monotonic: float
    speed: float = Field(default=1.0, gt=0, le=10_000)

    @classmethod
    def starting(cls, world: datetime, speed: float = 1.0) -> "WorldClock":
        """The clock that shows `world` at this very moment."""
        return cls(world=world, monotonic=time.monotonic(), speed=speed)

    def now(self) -> datetime:
        """The world's instant, in the zone that the scenario starts in."""
        return self.world + timedelta(seconds=(time.monotonic() - self.monotonic) * self.speed)

    def wall_seconds(self, world_seconds: float) -> float:
        """How long a stretch of world time lasts on the wall."""
        return world_seconds / self.speed
