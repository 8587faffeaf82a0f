"""The texts as data: words and sentences by language, what to say of each cause, and the templates."""

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from store.values import Language

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).resolve().parent.parent / "knowledge" / "templates"


@cache
def table(name: str) -> dict[str, Any]:
    """The TOML file `name`, parsed; shared, so it is not to be changed."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def words(language: Language) -> dict[str, Any]:
    """Return the words and sentences of a language."""
    found: dict[str, Any] = table("words")[language]
    return found


def said_of(cause: str, language: Language) -> dict[str, Any]:
    """Return what is said of a cause, field by field: its own, else its family's, else what is said of any."""
    known = table("prevention")
    family = cause.partition(".")[0]
    merged: dict[str, Any] = {}
    for key in ("*", f"{family}.*", cause):
        entry = known.get(key, {})
        merged |= {name: value for name, value in entry.items() if not isinstance(value, dict)}
        merged |= entry.get(language, {})
    return merged


@cache
def environment(*, escaped: bool) -> "Environment":
    """The Jinja environment; `escaped` for pages. A name that a template misses is an error, not a blank."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=escaped,  # noqa: S701 mails and Markdown are no HTML; pages are escaped
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def render(template: str, *, escaped: bool = False, **values: Any) -> str:
    """Fill a template in."""
    return environment(escaped=escaped).get_template(template).render(**values)
