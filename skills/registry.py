"""Finds skills and change builders by their path: the folder tree is the skill tree."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import skills
from skills.contract import Builder, Confirmation, IntakeSkill, Skill, Trial

_OUTSIDE = ("skills.clients", "skills.knowledge")


def module_name(path: str) -> str:
    """Return the module of a path: `devops/secrets/secret-manager` is `skills.devops.secrets.secret_manager`."""
    return "skills." + path.replace("/", ".").replace("-", "_")


def _marked(path: str, attribute: str, value: str) -> Any:
    module = importlib.import_module(module_name(path))
    for candidate in vars(module).values():
        if getattr(candidate, attribute, None) == value:
            return candidate
    raise LookupError(f"{module.__name__} has no function marked {value}")


def find_skill(path: str) -> Skill:
    """Return the skill of that path, importing only its module.

    Raises:
        LookupError: there is none.
    """
    found: Skill = _marked(path, "skill_path", path)
    return found


def find_intake_skill(path: str) -> IntakeSkill:
    """Return the intake skill of that path.

    Raises:
        LookupError: there is none.
    """
    found: IntakeSkill = _marked(path, "skill_path", path)
    return found


def find_confirmation(path: str) -> Confirmation:
    """Return what confirms that skill's applied changes.

    Raises:
        LookupError: there is none.
    """
    found: Confirmation = _marked(path, "confirms_path", path)
    return found


def find_trial(path: str) -> Trial:
    """Return what tries the secret that this skill asks for.

    Raises:
        LookupError: there is none.
    """
    found: Trial = _marked(path, "tries_path", path)
    return found


def find_builder(kind: str) -> Builder:
    """Return what builds changes of that kind.

    Raises:
        LookupError: there is none.
    """
    found: Builder = _marked(kind.partition(":")[0], "change_kind", kind)
    return found


def walk_skills() -> Iterator[tuple[str, Skill]]:
    """Yield every skill with its path, importing the whole tree."""
    for info in pkgutil.walk_packages(skills.__path__, "skills."):
        if info.name.startswith(_OUTSIDE):
            continue
        for candidate in vars(importlib.import_module(info.name)).values():
            path = getattr(candidate, "skill_path", None)
            if path and module_name(path) == info.name:
                yield path, candidate
