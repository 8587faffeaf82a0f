"""The short lines that skills say, in the incident's language, as data of `skills/knowledge/wording`."""

import tomllib
from functools import cache
from pathlib import Path
from typing import get_args

from store.values import Language, Words

_FOLDER = Path(__file__).parent / "knowledge" / "wording"

Wording = dict[str, str]


@cache
def wording(language: Language) -> Wording:
    """Return every line of a language by its key."""
    table: Wording = tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return table


def say(language: Language, key: str, /, **values: object) -> str:
    """Return the line of that key, filled in; `key_one` where it exists and `count` is 1.

    Raises:
        KeyError: there is no such line.
    """
    lines = wording(language)
    single = f"{key}_one"
    chosen = single if values.get("count") == 1 and single in lines else key
    return lines[chosen].format(**values)


def in_every_language(key: str, /, **values: object) -> Words:
    """Return the line of that key in each language, for what a console shows in its own.

    Raises:
        KeyError: there is no such line.
    """
    return {language: say(language, key, **values) for language in get_args(Language)}
