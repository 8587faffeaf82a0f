"""Where the team's alerts go: an endpoint that keeps the JSON posted to it."""

from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from console.drill.request_log import Clock, RequestLog
from console.drill.serving import date_header


class WebhookSwitches(BaseModel):
    """`status` is the answer to an alert; everything but 200 means that it is not kept."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    status: int = Field(default=200, ge=200, le=599)


class AlertSink:
    """The team's chat, as far as a webhook sees it."""

    def __init__(self, now: Clock) -> None:
        self.switches = WebhookSwitches()
        self.alerts: list[dict[str, Any]] = []
        self.log = RequestLog(now)

    def app(self) -> web.Application:
        """The application that takes alerts by POST on any path."""
        app = web.Application()
        app.router.add_post("/{path:.*}", self._take)
        app.on_response_prepare.append(date_header(self.log.now))
        return app

    async def _take(self, request: web.Request) -> web.Response:
        try:
            alert = await request.json()
        except ValueError:
            alert = None
        status = self.switches.status if isinstance(alert, dict) else 400
        if status == 200 and isinstance(alert, dict):
            self.alerts.append(alert)
        self.log.add(request.method, request.path_qs, status, alert=alert)
        return web.json_response({"ok": status == 200}, status=status)
