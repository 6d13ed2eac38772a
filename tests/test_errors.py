"""What a client's mistake is answered with: enough to mend it, and not what it was about."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Ask, Company

SECRET = "王芳 of canary@example.com"


@pytest.mark.parametrize(
    ("input", "said"),
    [
        ({"externalId": SECRET, "unknown": SECRET}, "not to include unknown field 'unknown'."),
        ({"externalId": {"a": SECRET}}, "String cannot represent a non string value."),
        ({"externalId": "x", "organizationRole": {"a": SECRET}}, "cannot represent non-string value."),
        (SECRET, "to be an object."),
    ],
)
async def test_an_error_of_a_variable_does_not_repeat_it(ask: Ask, company: Company, input: Any, said: str) -> None:
    query = "mutation($input: SetUserInput!) { setUser(input: $input) { __typename } }"
    answer = await ask.whole(query, company.user("hr"), input=input)
    assert [error["extensions"]["code"] for error in answer.errors] == ["BAD_REQUEST"] * len(answer.errors)
    told = " ".join(error["message"] for error in answer.errors)
    assert said in told
    assert "$input" in told
    assert SECRET not in told


@pytest.mark.parametrize("text", ["yesterday", "2026-01-01T00:00:00"])
async def test_an_instant_that_is_none_is_told_why(ask: Ask, company: Company, text: str) -> None:
    query = "query($where: InterviewWhere) { organization { interviews(where: $where) { totalCount } } }"
    answer = await ask.whole(query, company.user("hr"), where={"startsFrom": text})
    (error,) = answer.errors
    assert "a DateTime" in error["message"]
    assert text not in error["message"]
