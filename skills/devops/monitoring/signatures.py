"""Which known failures a few lines of log tell of."""

from collections.abc import Iterable

from skills.devops.monitoring.logs import LogText, diagnose
from store.values import Language


def error_signatures(lines: Iterable[str], language: Language) -> tuple[str, ...]:
    """Return the titles of the causes that the lines prove; empty where they are well."""
    found = diagnose((), [LogText("log", "log", "\n".join(lines).encode())])
    return tuple(cause.title.get(language, cause.key) for cause in found.causes)
