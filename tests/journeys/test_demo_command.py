"""The demo's command line: its store, its scenarios, its report."""

import json
import re
import subprocess
from pathlib import Path

from console.drill.process import find_world
from tests.journeys.stage import ASTREINTE, Stage


def _demo(stage: Stage, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*ASTREINTE, "demo", *arguments], env=stage.env, capture_output=True, text=True, timeout=60, check=True
    )


def test_the_demo_works_twice_in_a_row_each_on_a_fresh_store_named_on_exit(stage: Stage) -> None:
    stores = []
    for _ in range(2):
        done = _demo(stage, "--headless", "--json")
        assert json.loads(done.stdout)["resolved"]
        named = re.search(r"this demo's store is (\S+)", done.stderr)
        assert named
        stores.append(Path(named[1]))
        assert find_world(stores[-1]) is None, "nothing is left running"
    assert stores[0] != stores[1]
    assert all(list(store.glob("incidents/*.journal")) for store in stores)


def test_the_demo_on_a_store_that_it_has_finished_says_what_was(stage: Stage) -> None:
    first = stage.json("demo", "--headless")
    assert stage.json("demo", "--headless") == first


def test_the_scenarios_are_listed_with_their_titles(stage: Stage) -> None:
    listed = [json.loads(line) for line in _demo(stage, "--list", "--json").stdout.splitlines()]
    assert "paiements-bloques" in {each["scenario"] for each in listed}
    assert all(each["title"]["fr"] and each["title"]["en"] for each in listed)
    assert all(each["scenario"] in _demo(stage, "--list").stdout for each in listed[:1])
