"""Pages of the development profile: the demo's, with a token for each of its viewers, and GraphiQL."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from api.asking import JSON, json_response, problem
from schema.ids import to_global
from seeds import demo

if TYPE_CHECKING:
    from api.http import Server

HERE = Path(__file__).parent
PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
GRAPHIQL_HEADERS = {name: value for name, value in PAGE_HEADERS.items() if name != "Content-Security-Policy"}


class DemoPages:
    """Routes that the server's settings open."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def routes(self) -> list[Route]:
        routes: list[Route] = []
        if self._server.settings.is_development:
            routes += [
                Route("/", self.page, methods=["GET"]),
                *(Route(f"/page.{kind}", self.file, methods=["GET"]) for kind in ("js", "css", "svg")),
                Route("/demo.json", self.viewers, methods=["GET"]),
            ]
        if self._server.settings.ide:
            routes.append(Route("/graphiql", self.graphiql, methods=["GET"]))
        elif self._server.settings.is_development:
            routes.append(Route("/graphiql", self.no_graphiql, methods=["GET"]))
        return routes

    async def page(self, _: Request) -> Response:
        return FileResponse(HERE / "page.html", headers=PAGE_HEADERS)

    async def file(self, request: Request) -> Response:
        return FileResponse(HERE / request.url.path.rsplit("/", 1)[-1], headers=PAGE_HEADERS)

    async def viewers(self, request: Request) -> Response:
        """The demo's viewers with a token each, for a page of this very address."""
        server, now = self._server, datetime.now(UTC)
        if not server.is_demo_request(request) or await demo.age(server.graph, now=now) is None:
            return json_response({"errors": [problem("NO_DEMO", "There is no demo at this address.")]}, JSON, 404)
        viewers = [
            {
                "externalId": external_id,
                "who": who,
                "whoZh": who_zh,
                "token": server.tokens.sign(external_id, demo=True, now=now),
            }
            for external_id, (who, who_zh) in demo.USERS.items()
        ]
        main = {"application": to_global("Application", demo.main_application_id())}
        return json_response({"viewers": viewers, "main": main}, JSON, 200)

    async def no_graphiql(self, _: Request) -> Response:
        error = problem("GRAPHIQL_OFF", "Start the server with TURNOUT_IDE=true to have GraphiQL here.")
        return json_response({"errors": [error]}, JSON, 404)

    async def graphiql(self, _: Request) -> Response:
        from strawberry.http.ides import get_graphql_ide_html

        html = get_graphql_ide_html(graphql_ide="graphiql").replace("{{ SUBSCRIPTION_ENABLED }}", "false")
        return Response(html, media_type="text/html", headers=GRAPHIQL_HEADERS)
