"""The screens' texts, as data: one TOML file a language under `locale/`."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, get_args

from store.values import Language

_FOLDER = Path(__file__).parent / "locale"


class Words:
    """The texts of one language, by dotted key. A text that is missing shows its key: a hole is seen, not hidden."""

    def __init__(self, language: Language, texts: dict[str, str]) -> None:
        self.language = language
        self._texts = texts

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the text of `key`, with its placeholders filled in."""
        return self._texts.get(key, key).format(**values)

    def __contains__(self, key: str) -> bool:
        return key in self._texts

    def among(self, key: str, otherwise: str) -> str:
        """Return the text of `key`, or `otherwise` where this language has none."""
        return self._texts.get(key, otherwise)

    def count(self, key: str, number: int) -> str:
        """Return `key.one` or `key.many`, with `{n}` filled in. French counts zero as one, English as many."""
        single = number < 2 if self.language == "fr" else number == 1
        return self(f"{key}.one" if single else f"{key}.many", n=number)

    @property
    def keys(self) -> frozenset[str]:
        """Every key that this language has."""
        return frozenset(self._texts)


@cache
def words(language: Language) -> Words:
    """Return the texts of a language."""
    with (_FOLDER / f"{language}.toml").open("rb") as file:
        return Words(language, dict(_flat(tomllib.load(file))))


def language_of(locale: str) -> Language:
    """Return the language of a POSIX locale name such as `fr_FR.UTF-8`; English where we don't speak it."""
    for language in get_args(Language):
        if locale.lower().startswith(language):
            return language  # type: ignore[no-any-return]  # get_args is untyped
    return "en"


def _flat(table: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for key, value in table.items():
        pairs += _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else [(f"{prefix}{key}", str(value))]
    return pairs
