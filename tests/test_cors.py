"""Who may ask from a page of another origin."""

from __future__ import annotations

import pytest

from api.settings import Settings, SetupError
from graph.writing import Graph
from schema.execution import Answerer
from tests.conftest import Company
from tests.test_http import VIEWER, client, server, token

ORIGIN = "https://hr.example.com"
PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type,turnout-purpose",
}


async def test_a_page_of_a_named_origin_may_ask(graph: Graph, answerer: Answerer, company: Company) -> None:
    door = server(graph, answerer, origins=f"http://localhost:5173, {ORIGIN}/")
    named = {"Origin": ORIGIN, **token(door, company.user("hr"))}
    async with client(door) as http:
        before = await http.options("/graphql", headers={"Origin": ORIGIN, **PREFLIGHT})
        answer = await http.post("/graphql", json={"query": VIEWER}, headers=named)
    assert before.status_code == 200
    assert before.headers["access-control-allow-origin"] == ORIGIN
    assert "Turnout-Purpose" in before.headers["access-control-allow-headers"]
    assert answer.json()["data"]["viewer"]["externalId"] == company.user("hr")
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert "Turnout-Bookmark" in answer.headers["access-control-expose-headers"]
    assert "access-control-allow-credentials" not in answer.headers


async def test_a_page_of_another_origin_may_not(graph: Graph, answerer: Answerer) -> None:
    async with client(server(graph, answerer, origins=ORIGIN)) as http:
        other = {"Origin": "https://elsewhere.example.com"}
        before = await http.options("/graphql", headers=other | PREFLIGHT)
        answer = await http.post("/graphql", json={"query": "{ __typename }"}, headers=other)
        page = await http.get("/livez", headers={"Origin": ORIGIN})
    assert before.status_code == 400
    assert "access-control-allow-origin" not in before.headers
    assert "access-control-allow-origin" not in answer.headers
    assert "access-control-allow-origin" not in page.headers


async def test_no_origin_is_named_by_default(graph: Graph, answerer: Answerer) -> None:
    async with client(server(graph, answerer)) as http:
        before = await http.options("/graphql", headers={"Origin": ORIGIN, **PREFLIGHT})
        answer = await http.post("/graphql", json={"query": "{ __typename }"}, headers={"Origin": ORIGIN})
    assert before.status_code == 405
    assert not any(name.startswith("access-control") for name in (*before.headers, *answer.headers))


@pytest.mark.parametrize("origins", ["*", "hr.example.com", "http://hr.example.com", f"{ORIGIN}/inbox"])
def test_what_is_no_safe_origin_is_refused_at_the_start(origins: str) -> None:
    with pytest.raises(SetupError, match="TURNOUT_ORIGINS"):
        Settings(origins=origins).allowed_origins()
