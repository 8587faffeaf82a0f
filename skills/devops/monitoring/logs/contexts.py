"""What a line's wording says beyond its signature: `skills/knowledge/log_contexts.toml`, read once."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache

from skills.devops.monitoring.logs.causes import FOLDER

Pattern = re.Pattern[bytes]


@dataclass(frozen=True, slots=True)
class Contexts:
    """Patterns over a line in lower case; the file says what each of them means."""

    soft: Pattern
    handled: Pattern
    announced: Pattern
    final: Pattern
    served: Pattern
    quoted: Pattern
    aside: Pattern
    restored: Pattern
    status: Pattern
    probed: Pattern
    visitors: Pattern
    succeeded: dict[str, Pattern]


@cache
def contexts() -> Contexts:
    """The contexts, compiled."""
    table = tomllib.loads((FOLDER.parent / "log_contexts.toml").read_text(encoding="utf-8"))
    succeeded = {name: re.compile(text.encode()) for name, text in table.pop("succeeded").items()}
    return Contexts(succeeded=succeeded, **{name: re.compile(text.encode()) for name, text in table.items()})
