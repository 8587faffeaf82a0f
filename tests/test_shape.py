"""The house's proportions: what grows past them is to be divided."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("console", "screens", "skills", "store", "tests")
LINES_A_FILE, LINES_A_FUNCTION, METHODS_A_CLASS, LINES_OF_THE_APP = 250, 45, 20, 200
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def code_lines(text: str) -> int:
    """Lines that are neither blank nor comment."""
    return sum(1 for line in text.splitlines() if line.strip() and not line.strip().startswith("#"))


def trees() -> Iterator[tuple[Path, str, ast.Module]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            yield path.relative_to(ROOT), text, ast.parse(text)


def test_no_file_is_longer_than_its_reader_can_hold() -> None:
    over = [f"{path}: {code_lines(text)}" for path, text, _ in trees() if code_lines(text) > LINES_A_FILE]
    assert over == []


def test_no_function_is_longer_than_a_screen() -> None:
    over = [
        f"{path}:{node.lineno} {node.name}: {(node.end_lineno or 0) - node.lineno + 1}"
        for path, _, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, FUNCTIONS) and (node.end_lineno or 0) - node.lineno + 1 > LINES_A_FUNCTION
    ]
    assert over == []


def test_no_class_does_everything() -> None:
    over = [
        f"{path}:{node.lineno} {node.name}: {methods}"
        for path, _, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        and (methods := sum(isinstance(part, FUNCTIONS) for part in node.body)) > METHODS_A_CLASS
    ]
    assert over == []


def test_the_app_only_puts_together() -> None:
    assert code_lines((ROOT / "console" / "app.py").read_text(encoding="utf-8")) <= LINES_OF_THE_APP


@pytest.mark.parametrize("name", ["pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md"])
def test_the_house_has_its_papers(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8").strip()
