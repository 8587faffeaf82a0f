"""Texts and keys are data, and complete."""

import re
import string
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

from screens.keymap import KEYS, Keymap, group
from screens.words import language_of, words
from store.commands import Refusal
from store.events import KNOWN_TYPES
from store.moves import WaitFor

PACKAGE = Path(__file__).parents[2] / "screens"


def placeholders(text: str) -> Counter[str]:
    return Counter(name for _, name, _, _ in string.Formatter().parse(text) if name)


def test_both_languages_have_the_same_keys() -> None:
    assert words("fr").keys == words("en").keys


def test_both_languages_fill_in_the_same_values() -> None:
    for key in words("fr").keys:
        texts = [getattr(words(language), "_texts")[key] for language in ("fr", "en")]  # noqa: B009 - private on purpose
        assert placeholders(texts[0]) == placeholders(texts[1]), key


def test_every_key_that_the_screens_name_has_its_text() -> None:
    named = {
        match
        for file in PACKAGE.rglob("*.py")
        for match in re.findall(r'(?:words|say)\(\s*"([a-z_]+\.[a-z_.A-Z0-9]+)"', file.read_text())
    }
    assert len(named) > 60
    assert {key for key in named if key not in words("en")} == set()


def test_every_action_is_described_in_both_languages() -> None:
    assert {f"keys.{key.action}" for key in KEYS} <= words("fr").keys


def test_everything_that_can_be_waited_for_is_explained() -> None:
    waits = {f"next.{need}" for need in get_args(WaitFor)}
    assert waits <= words("fr").keys


def test_every_event_of_an_incident_has_a_name() -> None:
    desk = {"report.received", "report.routed", "report.split"}
    assert {f"event.{kind}" for kind in KNOWN_TYPES - desk} <= words("en").keys


def test_every_refusal_of_the_engine_has_its_text() -> None:
    source = "".join(file.read_text() for file in (PACKAGE.parent / "console").rglob("*.py"))
    keys = set(re.findall(rf'{Refusal.__name__}\("([a-z_]+)"', source))
    assert keys
    assert {f"refusal.{key}" for key in keys} <= words("en").keys


def test_no_two_actions_of_a_screen_share_a_key() -> None:
    for names in (("console", "move", "logs", "replay", "app"), ("sheet", "choice", "app")):
        bound = Counter(part for key in group(*names) for part in key.keys.split(",") if part)
        allowed = {"l", "h"}  # vi's left and right within the choices
        assert {key for key, count in bound.items() if count > 1} <= allowed


def test_a_keymap_rebinds_by_action_name_and_the_labels_follow() -> None:
    keymap = Keymap({"approve": "f2", "nonsense": "x"})
    assert keymap.label("approve") == "f2"
    assert keymap.label("help") == "?"
    assert keymap.unknown == ("nonsense",)


def test_no_action_hangs_on_a_key_that_terminals_take() -> None:
    taken = {"ctrl+a", "ctrl+b", "ctrl+s", "ctrl+z", "ctrl+h", "ctrl+i", "ctrl+j", "ctrl+m", "escape"}
    for key in KEYS:
        keys = set(key.keys.split(",")) - {""}
        assert not keys or key.action == "dismiss" or keys - taken, key.action


@pytest.mark.parametrize(("locale", "language"), [("fr_FR.UTF-8", "fr"), ("en_GB", "en"), ("de_DE", "en"), ("C", "en")])
def test_the_language_follows_the_locale(locale: str, language: str) -> None:
    assert language_of(locale) == language
