"""The world's servers, built from a scenario and brought up together."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from console.drill import accounts, serving
from console.drill.background import keep_running
from console.drill.cluster import LoopbackCluster
from console.drill.mail import maildir
from console.drill.mail.smtp import Sink, serve_smtp
from console.drill.past import Past
from console.drill.request_log import Clock
from console.drill.scenario import Scenario
from console.drill.shop.checkout import Checkout
from console.drill.shop.server import Shop, ShopSettings, shop_app
from console.drill.shop.traffic import Traffic
from console.drill.stripe_api.keys import KeyRing
from console.drill.stripe_api.server import stripe_app
from console.drill.stripe_api.webhooks import Deliveries
from console.drill.webhook_sink import AlertSink

Touch = Callable[[int], None]


@dataclass(frozen=True)
class Ports:
    """Where the servers listen on 127.0.0.1."""

    kubernetes: int
    stripe: int
    shop: int
    smtp: int
    alerts: int


class Servers:
    """Everything that a scenario's world consists of, the control endpoint apart."""

    def __init__(self, scenario: Scenario, now: Clock, state: Path) -> None:
        ring = KeyRing()
        self.scenario = scenario
        self.now = now
        self.keys = accounts.make_keys(scenario, ring)
        self.stripe = accounts.open_accounts(scenario, now, ring)
        self.cluster = LoopbackCluster(scenario, self.keys, now)
        self.sink = Sink(now, state / "sent")
        self.alerts = AlertSink(now)
        for folder in (state / "sent", state / "mail"):
            maildir.make(folder)

    async def start(self, stack: AsyncExitStack, touch: Touch, speed: float) -> Ports:
        """Bring the servers up; `stack` takes them down again."""

        async def up(app: web.Application, *, counted: bool) -> int:
            if counted:
                app.middlewares.append(serving.usage(touch))
            runner, port = await serving.serve(app)
            stack.push_async_callback(runner.cleanup)
            return port

        # Stripe is not counted: the shop's own customers would keep an abandoned world alive for ever
        stripe = await up(stripe_app(self.stripe), counted=False)
        shop = self._shop(stripe, stack)
        self.cluster.start(stack)
        self._write_past()
        ports = Ports(
            kubernetes=await up(self.cluster.app(), counted=True),
            stripe=stripe,
            shop=await up(shop_app(shop, self.now), counted=True),
            smtp=await self._smtp(stack),
            alerts=await up(self.alerts.app(), counted=True),
        )
        self.logs = {
            "kubernetes": self.cluster.requests,
            "stripe": self.stripe.log.entries,
            "shop": shop.log.entries,
            "smtp": self.sink.log.entries,
            "alerts": self.alerts.log.entries,
        }
        _, books = self.stripe.accounts[self.scenario.stripe.account]
        accounts.subscribe(books, f"http://{serving.LOOPBACK}:{ports.shop}/webhooks/stripe")
        keep_running(stack, Deliveries(books, self.keys.webhook, self.stripe.log).run())
        self.traffic = self._traffic(shop)
        keep_running(stack, self.traffic.run(speed))
        return ports

    def _shop(self, stripe_port: int, stack: AsyncExitStack) -> Shop:
        checkout = Checkout(f"http://{serving.LOOPBACK}:{stripe_port}")
        stack.push_async_callback(checkout.close)
        shop = self.scenario.shop
        settings = ShopSettings(shop.workload, shop.key_variable, accounts.CONTROL_CARD)
        return Shop(settings, self.cluster, checkout, self.now)

    async def _smtp(self, stack: AsyncExitStack) -> int:
        server, port = await serve_smtp(self.sink)
        stack.callback(server.close)
        return port

    def _traffic(self, shop: Shop) -> Traffic:
        wanted = self.scenario.shop
        mean = self.scenario.stripe.trade.mean_amount
        return Traffic(shop, accounts.cards(self.scenario), wanted.requests_a_minute, wanted.payments_share, mean)

    def _write_past(self) -> None:
        past = Past(self.scenario, self.stripe, self.keys.current, accounts.cards(self.scenario))
        entries = [
            entry
            for log in self.scenario.logs
            if (pods := self.cluster.all_pods(log.workload))
            for entry in past.entries(log, pods)
        ]
        for at, pod, line in sorted(entries):
            self.cluster.write(pod, line, at)
