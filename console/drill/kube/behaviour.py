"""What the drill sets: which images there are, how they behave under an environment, how long things take."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How an image behaves under an environment; asked at a container's start and at each readiness probe."""

    lines: tuple[str, ...] = ()
    """What it prints when it starts."""
    exit_code: int | None = None
    """It ends with this code soon after its start; None means that it runs on."""
    ready: bool = True
    """What its readiness probe finds; a container without such a probe is ready once it runs."""
    memory: str = "64Mi"
    """What it needs; more than its limit is an OOM kill."""
    unready_message: str = "Readiness probe failed: HTTP probe failed with statuscode: 503"


Behave = Callable[[str, Mapping[str, str]], Behaviour]
"""Image and environment to behaviour."""


def well_behaved(_image: str, _env: Mapping[str, str]) -> Behaviour:
    """Return the behaviour of an image that nothing is wrong with."""
    return Behaviour()


@dataclass
class Timing:
    """Seconds on the wall; short, for a drill's hour is a minute. Can be changed while the world runs."""

    start: float = 0.15
    """From a pod's assignment to its containers' start."""
    ready: float = 0.15
    """From a container's start to its first probe."""
    crash: float = 0.3
    """From a container's start to its crash, and from its first crash to its restart."""
    probe: float = 2.0
    retry: float = 0.5
    """Until a failed pull, mount or configuration is tried again."""
    backoff: float = 10.0
    """Before the second restart or pull; doubles up to `backoff_most`."""
    backoff_most: float = 300.0
    stop: float = 0.15
    """From a pod's deletion to its end."""


@dataclass
class Conditions:
    """What the kubelets meet. `images` are those that can be pulled; None for any."""

    timing: Timing
    behave: Behave = well_behaved
    images: set[str] | None = None
