"""The texts are complete: every cause and every word has its say in every language."""

from typing import Any, get_args

import pytest

from skills.prose.knowledge import FOLDER, render, said_of, table, words
from skills.registry import walk_skills
from store.values import Impact, Language

LANGUAGES: tuple[Language, ...] = get_args(Language)
CAUSES = sorted(path.stem for path in (FOLDER.parent / "causes").glob("*.toml"))


def keys(tree: dict[str, Any], path: str = "") -> set[str]:
    return {
        key
        for name, value in tree.items()
        for key in (keys(value, f"{path}{name}.") if isinstance(value, dict) else {f"{path}{name}"})
    }


def test_every_language_has_the_same_words() -> None:
    assert keys(words("fr")) == keys(words("en"))


@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cause_has_corrective_actions(cause: str, language: Language) -> None:
    assert cause in table("prevention")
    actions = said_of(cause, language)["actions"]
    assert 1 <= len(actions) == len(set(actions))


def test_no_text_is_kept_for_a_cause_that_is_not_known() -> None:
    named = {key for key in table("prevention") if not key.endswith("*")}
    assert named == set(CAUSES)


def test_a_cause_that_nobody_wrote_about_takes_what_is_said_of_its_family_or_of_any() -> None:
    assert said_of("stripe.unheard", "en")["actions"] == said_of("stripe.*", "en")["actions"]
    assert said_of("unheard.of", "fr")["actions"] == said_of("*", "fr")["actions"]


def test_every_impact_and_family_of_skills_has_its_words() -> None:
    families = {path.partition("/")[0] for path, _ in walk_skills()}
    assert {impact.value for impact in Impact} == set(words("fr")["impact"])
    assert families <= set(words("fr")["roles"])


def test_a_template_that_lacks_a_value_fails_instead_of_leaving_a_blank() -> None:
    from jinja2 import UndefinedError

    with pytest.raises(UndefinedError):
        render("alert.fr.txt.j2", icon="🚨")
