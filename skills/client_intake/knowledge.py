"""The intake's knowledge, read once from `skills/knowledge/intake`: what a team extends without touching code."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "knowledge" / "intake"


@cache
def table(name: str) -> dict[str, Any]:
    """The TOML file `name`, parsed; shared, so it is not to be changed."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
