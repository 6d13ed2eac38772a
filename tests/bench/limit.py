"""The limit: a bare route that runs the product's own statement through the driver and returns its rows as JSON."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import uvicorn
from neo4j import READ_ACCESS, Query
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from graph.client import TIMEOUT, Client

Prepared = Mapping[str, list[tuple[str, dict[str, Any]]]]
"""For each question, the statement with the parameters of each asking, as the product gave them to the driver."""


def application(uri: str, prepared: Prepared) -> Starlette:
    driver = Client.connect(uri, None).driver

    async def answer(request: Request) -> Response:
        text, parameters = prepared[request.path_params["question"]][request.path_params["number"]]
        async with driver.session(default_access_mode=READ_ACCESS) as session:
            result = await session.run(Query(text, timeout=TIMEOUT), parameters)
            rows = [record.values() async for record in result]
        return Response(orjson.dumps(rows, default=str), media_type="application/json")

    return Starlette(routes=[Route("/{question}/{number:int}", answer)])


if __name__ == "__main__":
    port, uri, prepared_in = sys.argv[1:]
    app = application(uri, pickle.loads(Path(prepared_in).read_bytes()))
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="warning", access_log=False)
