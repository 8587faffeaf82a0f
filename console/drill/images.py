"""The registry of the drill: which images there are, and how each behaves under an environment."""

from collections.abc import Mapping

from console.drill.blueprint import Cluster, Image
from console.drill.kube import Behaviour
from console.drill.request_log import Clock

MISSING = "Error: Missing required environment variable {name}"


class Registry:
    """Images by their full reference."""

    def __init__(self, images: Mapping[str, Image], now: Clock) -> None:
        self._images = images
        self._now = now

    def available(self, cluster: Cluster) -> set[str]:
        """The references that can be pulled."""
        used = {each.image for each in cluster.workloads} | {each.image for each in cluster.changes if each.image}
        return {image for image in used | set(self._images) if not self._image(image).missing}

    def behaviour(self, image: str, env: Mapping[str, str]) -> Behaviour:
        """What a container of this image does under this environment."""
        spec = self._image(image)
        host = image.rpartition("/")[2].partition(":")[0]
        if missing := [name for name in spec.needs if not env.get(name)]:
            return Behaviour(lines=(MISSING.format(name=missing[0]),), exit_code=1, ready=False)
        if spec.breaks_on and not any(env.get(name) == value for name, value in spec.breaks_on.items()):
            return Behaviour()
        at = self._now()
        stamps = {"time": at.isoformat(timespec="milliseconds"), "millis": int(at.timestamp() * 1000), "host": host}
        lines = tuple(line.format(**stamps) for line in spec.lines)
        return Behaviour(
            lines=lines, exit_code=spec.exit_code, ready=spec.ready and spec.exit_code is None, memory=spec.memory
        )

    def _image(self, reference: str) -> Image:
        return self._images.get(reference, Image())
