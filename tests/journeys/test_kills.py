"""The console is killed before and after each effect on the world; whoever goes on does nothing twice."""

from typing import get_args

import pytest

from tests.journeys import hands, wire
from tests.journeys.stage import RESTART, SECRET, Stage, alerts, control_payments, mails, writes
from tests.journeys.wire import Point, Side, wired

POINTS = (wire.SECRET, wire.RESTART, wire.PAYMENT, wire.MAIL)


def _everything_happened_once(stage: Stage) -> None:
    world = stage.world
    assert writes(world) == [SECRET, RESTART]
    assert len(control_payments(world)) == 1
    assert len(mails(world)) == 1
    assert len(alerts(world)) == 1
    report = stage.json("show", stage.incident)
    assert (report["resolved"], report["state"], report["ticket"]) == (True, "closed", "closed")
    stage.run("audit", "verify")


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.name)
def test_a_console_killed_before_and_after_an_effect_makes_it_once(stage: Stage, point: Point) -> None:
    world = stage.start_world()
    for side in get_args(Side):
        with wired(world, point, side) as stopped:
            console = stage.begin("demo", "--headless", "--json")
            assert stopped.wait(20), f"{side} {point.name}"
            console.kill()
            console.wait()
    assert stage.json("demo", "--headless")["resolved"]
    _everything_happened_once(stage)


def test_a_person_goes_on_where_two_killed_consoles_were(stage: Stage) -> None:
    world = stage.start_world()
    with wired(world, wire.SECRET, "after") as stopped:
        console = stage.console()
        hands.run_key_command(console)
        hands.approve_plan(console)
        assert stopped.wait(20)
        console.kill()
    with wired(world, wire.MAIL, "after") as stopped:
        console = stage.console()
        hands.run_key_command(console)
        hands.send_mail(console)
        assert stopped.wait(20)
        console.kill()
    console = stage.console((80, 24))
    hands.publish(console)
    console.until(hands.FINISHED)
    assert hands.quit_console(console) == 0
    _everything_happened_once(stage)
