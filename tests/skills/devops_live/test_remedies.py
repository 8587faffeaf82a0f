"""Remedies and wording are data: whole in both languages, and fitting what refers to them."""

import string

import pytest

from skills.devops.monitoring.logs.causes import causes
from skills.registry import find_builder, find_confirmation, find_skill, find_trial
from skills.remedies import find_remedy, remedies, steps_of
from skills.wording import say, wording


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_line_is_there_in_both_languages_with_the_same_fields() -> None:
    french, english = wording("fr"), wording("en")
    assert french.keys() == english.keys()
    for key, text in french.items():
        assert _fields(text) == _fields(english[key]), key


def test_one_is_said_as_one() -> None:
    assert say("fr", "rollout.done", names="shop", count=1) == "Redéploiement terminé · shop · 1 pod"
    assert say("fr", "rollout.done", names="shop", count=2) == "Redéploiement terminé · shop · 2 pods"


@pytest.mark.parametrize("cause", sorted(causes()))
def test_the_remedy_that_a_cause_names_exists(cause: str) -> None:
    assert find_remedy(causes()[cause].remedy), causes()[cause].remedy


@pytest.mark.parametrize("key", sorted(remedies()))
def test_a_remedy_speaks_both_languages_and_its_steps_are_skills_that_confirm(key: str) -> None:
    remedy = remedies()[key]
    assert set(remedy.title) == set(remedy.risk) == {"fr", "en"}
    for path in remedy.steps:
        assert callable(find_skill(path))
        assert callable(find_confirmation(path))


def test_an_unknown_remedy_has_no_steps_so_that_a_person_decides() -> None:
    assert steps_of("pray") == ()


def test_every_kind_of_change_is_built_by_the_module_that_its_path_names() -> None:
    manager = "devops/containers/deployment-manager"
    verbs = ("restart", "undo", "scale", "set-image", "set-env", "set-memory")
    for kind in ("devops/secrets/secret-manager:set", *(f"{manager}:{verb}" for verb in verbs)):
        assert callable(find_builder(kind))
    assert callable(find_trial("devops/secrets/secret-manager"))
