"""What a client's mistake is answered with: enough to mend it, and not what it was about."""

from __future__ import annotations

from typing import Any

import pytest

from api.settings import Profile
from graph.writing import Graph
from schema.execution import Answerer
from tests.conftest import Ask, Company
from tests.faults.inputs import document, filled, misspelt
from tests.test_http import client, server

SET_USER = "mutation($input: SetUserInput!) { setUser(input: $input) { __typename } }"
SECRET = "王芳 of canary@example.com"


@pytest.mark.parametrize(
    ("input", "said"),
    [
        ({"externalId": SECRET, "unknown": SECRET}, "not to include unknown field 'unknown'."),
        ({"externlId": SECRET}, "unknown field 'externlId'. Did you mean 'externalId'?"),
        ({"externalId": "x", SECRET: "x"}, "unknown field."),
        ({"externalId": {"a": SECRET}}, "at .externalId: Expected a value of type 'String'."),
        ({"externalId": "x", "organizationRole": {"a": SECRET}}, "Expected a value of the enum 'OrganizationRole'."),
        ({"externalId": "x", "organizationRole": SECRET}, "Expected a value of the enum 'OrganizationRole'."),
        ({"externalId": "x", "departmentRoles": [{"role": SECRET}]}, "at .departmentRoles[0].role: Expected"),
        ({"externalId": None}, "at .externalId: Expected a value of non-null type 'String!'."),
        (SECRET, "to be an object."),
    ],
)
async def test_an_error_of_a_variable_does_not_repeat_it(ask: Ask, company: Company, input: Any, said: str) -> None:
    answer = await ask.whole(SET_USER, company.user("hr"), input=input)
    assert [error["extensions"]["code"] for error in answer.errors] == ["BAD_REQUEST"] * len(answer.errors)
    told = " ".join(error["message"] for error in answer.errors)
    assert said in told
    assert "$input" in told
    assert SECRET not in told


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('{externlId: "王芳"}', "not to include unknown field 'externlId'."),
        ('{externalId: "x", organizationRole: "王芳"}', "at .organizationRole: Expected a value of the enum"),
        ('{externalId: ["王芳"]}', "at .externalId: Expected a value of type 'String'."),
        ('"王芳"', "to be an object."),
        ('{externalId: "x" "王芳"}', "Expected Name, found String."),
    ],
)
async def test_an_error_of_a_text_does_not_repeat_what_it_quotes(
    ask: Ask, company: Company, written: str, said: str
) -> None:
    answer = await ask.whole(f"mutation {{ setUser(input: {written}) {{ __typename }} }}", company.user("hr"))
    told = " ".join(error["message"] for error in answer.errors)
    assert said in told
    assert "王芳" not in told


@pytest.mark.parametrize("profile", list(Profile))
async def test_no_misspelt_name_has_an_object_repeated(
    graph: Graph, answerer: Answerer, monkeypatch: pytest.MonkeyPatch, profile: Profile
) -> None:
    """Every field of every input, by a letter: graphql-core's own sentence quotes all that stands beside it."""
    monkeypatch.setattr("api.http.HELD_BACK", (0, 0))
    async with client(server(graph, answerer, profile=profile, rate_points=0)) as http:
        for mutation, field in answerer.schema.mutation_type.fields.items():  # type: ignore[union-attr]
            for input in misspelt(filled(field.args["input"].type, SECRET)):
                body = {"query": document(mutation), "variables": {"input": input}}
                told = " ".join(error["message"] for error in (await http.post("/graphql", json=body)).json()["errors"])
                assert " unknown field '" in told, told
                assert SECRET not in told, (mutation, told)


MISSPELT = {
    "a field": ("{ viewr { id } }", None),
    "an argument": ("{ candidates(serch: null) { totalCount } }", None),
    "a type": ("query($a: SetUserInptu) { viewer { id } }", None),
    "a literal of an enum": ("mutation { setUser(input: {organizationRole: MEMBRE}) { __typename } }", None),
    "a literal's field": ("mutation { setUser(input: {externlId: null}) { __typename } }", None),
    "a value of an enum": (SET_USER, {"externalId": "x", "organizationRole": "MEMBRE"}),
    "an input field": (SET_USER, {"externlId": "x"}),
}


@pytest.mark.parametrize("what", MISSPELT)
async def test_what_is_misspelt_is_corrected_where_the_schema_is_shown(
    graph: Graph, answerer: Answerer, what: str
) -> None:
    """Elsewhere names that are like it would tell the schema bit by bit, with introspection off."""
    query, input = MISSPELT[what]
    for settings, shown in (
        ({"profile": Profile.PRODUCTION}, False),
        ({"profile": Profile.PRODUCTION, "introspection": True}, True),
        ({}, True),
    ):
        async with client(server(graph, answerer, **settings)) as http:
            answer = await http.post("/graphql", json={"query": query, "variables": {"input": input}})
        assert answer.json()["errors"]
        assert ("Did you mean" in answer.text) == shown, answer.text


@pytest.mark.parametrize("text", ["yesterday", "2026-01-01T00:00:00"])
async def test_an_instant_that_is_none_is_told_why(ask: Ask, company: Company, text: str) -> None:
    query = "query($where: InterviewWhere) { organization { interviews(where: $where) { totalCount } } }"
    answer = await ask.whole(query, company.user("hr"), where={"startsFrom": text})
    (error,) = answer.errors
    assert "a DateTime" in error["message"]
    assert text not in error["message"]


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "2026-01-01T00:00:00Z", 20260101, None, ["2026-01-01"]])
async def test_a_day_that_is_none_is_told_why(ask: Ask, company: Company, day: Any) -> None:
    query = "mutation($input: EndEmploymentInput!) { endEmployment(input: $input) { __typename } }"
    answer = await ask.whole(query, company.user("hr"), input={"employment": "x", "endedOn": day})
    (error,) = answer.errors
    assert "a Date is" in error["message"] or day is None
    assert str(day) not in error["message"] or day is None
