"""The live HTTP client against servers on loopback."""

import socket
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from console.drill.serving import serve
from skills.clients.web import HttpWeb, NoAnswer


async def _pay(request: web.Request) -> web.Response:
    sent = await request.json() if request.can_read_body else {}
    return web.json_response({"status": "error", "echo": sent, "key": request.headers.get("X-Key", "")}, status=500)


async def _big(_request: web.Request) -> web.Response:
    return web.Response(text="x" * 200_000)


async def _away(_request: web.Request) -> web.Response:
    raise web.HTTPFound("/pay")


@pytest.fixture
async def shop() -> AsyncIterator[str]:
    app = web.Application()
    app.add_routes([web.post("/pay", _pay), web.get("/big", _big), web.get("/away", _away)])
    runner, port = await serve(app)
    yield f"http://127.0.0.1:{port}"
    await runner.cleanup()


@pytest.fixture
async def http() -> AsyncIterator[HttpWeb]:
    client = HttpWeb(seconds=3)
    yield client
    await client.close()


async def test_any_status_is_an_answer_with_its_object(shop: str, http: HttpWeb) -> None:
    answer = await http.ask("POST", f"{shop}/pay", json={"amount": 1}, headers={"X-Key": "k"})
    assert (answer.status, answer.json) == (500, {"status": "error", "echo": {"amount": 1}, "key": "k"})
    assert answer.seconds > 0


async def test_a_long_body_is_cut(shop: str, http: HttpWeb) -> None:
    answer = await http.ask("GET", f"{shop}/big")
    assert (len(answer.body), answer.json) == (65_536, None)


async def test_a_redirect_is_an_answer_and_is_not_followed(shop: str, http: HttpWeb) -> None:
    assert (await http.ask("GET", f"{shop}/away")).status == 302


async def test_a_closed_port_is_no_answer_because_it_refuses(http: HttpWeb) -> None:
    with pytest.raises(NoAnswer) as raised:
        await http.ask("GET", "http://127.0.0.1:9/")
    assert raised.value.reason == "refused"


async def test_a_server_without_tls_is_no_answer_because_of_tls(shop: str, http: HttpWeb) -> None:
    with pytest.raises(NoAnswer) as raised:
        await http.ask("GET", shop.replace("http:", "https:"))
    assert raised.value.reason == "tls"


async def test_a_name_that_can_not_be_is_no_answer_because_of_dns(http: HttpWeb) -> None:
    with pytest.raises(NoAnswer) as raised:
        await http.ask("GET", f"http://{'a' * 64}.example/")
    assert raised.value.reason == "dns"
    with pytest.raises(NoAnswer):
        await http.resolve(f"{'a' * 64}.example")


async def test_a_silent_server_is_no_answer_because_time_is_up() -> None:
    client = HttpWeb(seconds=0.3)
    with socket.create_server(("127.0.0.1", 0)) as listening, pytest.raises(NoAnswer) as raised:
        await client.ask("GET", f"http://127.0.0.1:{listening.getsockname()[1]}/")
    await client.close()
    assert raised.value.reason == "timeout"


async def test_the_addresses_of_a_host_are_told(http: HttpWeb) -> None:
    assert "127.0.0.1" in await http.resolve("localhost")


async def test_a_port_that_speaks_no_tls_has_no_certificate(shop: str, http: HttpWeb) -> None:
    with pytest.raises(NoAnswer) as raised:
        await http.certificate("127.0.0.1", int(shop.rpartition(":")[2]))
    assert raised.value.reason == "tls"
