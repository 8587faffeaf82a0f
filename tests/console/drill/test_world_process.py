"""The world as a process of its own: it outlives its starter, is found again, and ends by itself."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from console.config import load_config
from console.drill.process import WorldFailed, WorldHandle, find_world, start_world
from console.drill.scenario import UnknownScenario


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Path]:
    """A store whose world, if one was started, is ended afterwards."""
    yield tmp_path / "store"
    if (world := find_world(tmp_path / "store")) is not None:
        world.stop()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorldHandle]:
    """One world for the tests that leave it as it is."""
    started = start_world(tmp_path_factory.mktemp("shared"))
    yield started
    started.stop()


def _eventually(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)


def _smoke(world: WorldHandle) -> httpx.Response:
    return httpx.post(f"http://127.0.0.1:{world.handshake.shop}/test-payment")


def test_a_world_lies_outside_the_store_and_is_found_again_with_its_clock_and_ports(store: Path) -> None:
    first = start_world(store)
    second = start_world(store, speed=50)
    assert second.handshake == first.handshake
    assert store.resolve() not in first.handshake.state.parents
    assert first.now() <= second.now() < first.now() + timedelta(seconds=30)


def test_the_clock_starts_at_the_mails_arrival_and_runs_on_by_its_factor(store: Path) -> None:
    world = start_world(store, speed=1000)
    began = datetime.fromisoformat(world.facts()["starts_at"])
    assert began.isoformat() == "2025-01-09T11:30:00+01:00"
    _eventually(lambda: world.now() - began > timedelta(minutes=5))
    told = datetime.fromisoformat(world.ask("GET", "/clock")["now"])
    assert abs(world.now() - told) < timedelta(minutes=5)


def test_a_new_world_does_not_start_before_what_the_store_already_knows(store: Path) -> None:
    known = datetime(2025, 1, 9, 13, 5, tzinfo=UTC)
    assert start_world(store, not_before=known).now() >= known


def test_a_world_outlives_the_process_that_started_it(store: Path) -> None:
    program = "import sys; from pathlib import Path; from console.drill.process import start_world; "
    program += "print(start_world(Path(sys.argv[1])).handshake.pid, flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", program, str(store)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        pid = int(starter.stdout.readline())
        starter.kill()
    world = start_world(store)
    assert world.handshake.pid == pid
    assert os.getsid(pid) == pid


def test_after_a_kill_of_the_world_the_next_start_brings_a_new_one_up(store: Path) -> None:
    first = start_world(store)
    os.kill(first.handshake.pid, signal.SIGKILL)
    _eventually(lambda: find_world(store) is None)
    second = start_world(store)
    assert second.handshake.instance != first.handshake.instance
    assert second.ask("GET", "/health")["ok"] is True


def test_an_unused_world_ends_and_leaves_no_files(store: Path) -> None:
    world = start_world(store, idle_minutes=0.01)
    _eventually(lambda: not world.handshake.state.exists())
    assert find_world(store) is None


def test_two_starters_at_once_get_the_same_world(store: Path) -> None:
    program = "import sys; from pathlib import Path; from console.drill.process import start_world; "
    program += "print(start_world(Path(sys.argv[1])).handshake.instance)"
    command = [sys.executable, "-c", program, str(store)]
    starters = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = {starter.communicate()[0].strip() for starter in starters}
    world = find_world(store)
    assert world is not None
    assert told == {world.handshake.instance}


def test_an_unknown_scenario_is_refused_by_name_before_anything_starts(store: Path) -> None:
    with pytest.raises(UnknownScenario, match="paiements-bloques"):
        start_world(store, "no-such-thing")
    assert find_world(store) is None


def test_the_configuration_is_one_that_the_console_reads_and_holds_no_key(world: WorldHandle) -> None:
    config = load_config(world.config_path)
    site = config.site("client-existant.fr")
    assert (site.namespace, site.workloads, site.environment) == ("client-existant", ("payment-service",), "PROD")
    assert site.stripe is not None
    assert site.stripe.base_address == f"http://127.0.0.1:{world.handshake.stripe}"
    assert world.operator_key() not in world.config_path.read_text(encoding="utf-8")


def test_the_new_key_is_printed_by_the_configured_command_and_lies_in_no_file(world: WorldHandle) -> None:
    stripe = load_config(world.config_path).site("client-existant.fr").stripe
    assert stripe is not None
    printed = subprocess.run(stripe.new_key_command, capture_output=True, text=True, check=True).stdout
    assert printed == world.operator_key() + "\n"
    files = [path for path in world.handshake.state.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if printed.strip().encode() in path.read_bytes()]


@pytest.mark.parametrize(
    ("kind", "status"), [("new", 200), ("expired", 401), ("garbage", 401), ("other-account", 200), ("test-mode", 200)]
)
def test_stripe_takes_the_new_key_and_tells_what_is_wrong_with_the_others(
    world: WorldHandle, kind: str, status: int
) -> None:
    headers = {"Authorization": f"Bearer {world.operator_key(kind)}"}
    answer = httpx.get(f"http://127.0.0.1:{world.handshake.stripe}/v1/account", headers=headers)
    assert answer.status_code == status
    if status == 200:
        assert (answer.json()["id"] == "acct_1QDrillClientEx") == (kind != "other-account")


def test_the_shop_fails_on_the_expired_key_and_both_logs_prove_it(world: WorldHandle) -> None:
    assert (_smoke(world).status_code, _smoke(world).json()) == (500, {"error": "Erreur 500 lors du paiement"})
    codes = [entry["detail"]["code"] for entry in world.requests("stripe") if entry["method"] == "POST"]
    assert set(codes) == {"api_key_expired"}
    assert [entry["status"] for entry in world.requests("shop") if entry["path"] == "/test-payment"] == [500, 500]


def test_the_mail_lies_in_the_mailbox_beside_two_ordinary_ones(world: WorldHandle) -> None:
    import mailbox
    from email import message_from_bytes
    from email.policy import default

    box = mailbox.Maildir(world.handshake.maildir, create=False)
    mails = {str(mail["Message-ID"]): mail.as_bytes() for mail in box}
    assert len(mails) == 3
    mail = message_from_bytes(mails["<urgent.20250109113000@client-existant.fr>"], policy=default)
    assert (mail["From"], mail["To"]) == ("support@client-existant.fr", "urgence@agence.fr")
    assert mail["Subject"] == "URGENT - Paiements bloqués !!!"
    assert mail["Date"] == "Thu, 09 Jan 2025 11:30:00 +0100"
    body = (
        'Les clients ne peuvent plus payer depuis 10h ce matin !\nMessage d\'erreur: "Erreur 500 lors du paiement"\n\n'
    )
    assert mail.get_content() == body + "C'est CRITIQUE, nous perdons des ventes !\n\nJean Martin\nDSI\n"


def test_faults_are_switched_from_outside_and_a_wrong_switch_is_refused(store: Path) -> None:
    world = start_world(store)
    faults = world.switch(stripe={"trouble": "outage"}, smtp={"refusal": "451 4.3.0 Try again later"})
    assert (faults["stripe"]["trouble"], faults["smtp"]["refusal"]) == ("outage", "451 4.3.0 Try again later")
    assert httpx.get(f"http://127.0.0.1:{world.handshake.stripe}/v1/balance").status_code == 503
    with pytest.raises(WorldFailed, match="no such switch"):
        world.switch(stripe={"trouble": "locusts"})


def test_the_control_endpoint_answers_nobody_without_the_token(world: WorldHandle) -> None:
    base = f"http://127.0.0.1:{world.handshake.control}"
    assert httpx.get(f"{base}/operator-key").status_code == 401
    modes = [path.stat().st_mode & 0o777 for path in (world.handshake.file, world.handshake.state)]
    assert modes == [0o600, 0o700]


def test_attaching_imports_no_server() -> None:
    program = (
        "import sys; import console.drill.process; print([m for m in ('aiohttp', 'aiosmtpd') if m in sys.modules])"
    )
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "[]"
