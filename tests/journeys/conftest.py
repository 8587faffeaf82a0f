"""A stage of its own for each journey."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.stage import Stage, environment


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    env = environment(tmp_path)
    monkeypatch.setenv("XDG_RUNTIME_DIR", env["XDG_RUNTIME_DIR"])  # where the test finds the console's world
    made = Stage(tmp_path, env)
    yield made
    made.strike()
