"""Errors that may leave: each with a stable code, a sentence, and whether trying again may help."""

from __future__ import annotations

from graphql import GraphQLError


def refused_request(code: str, message: str, *, retryable: bool = False) -> GraphQLError:
    """An error for the client, as opposed to a fault of ours, which is masked."""
    return GraphQLError(message, extensions={"code": code, "retryable": retryable})


def unauthenticated() -> GraphQLError:
    return refused_request("UNAUTHENTICATED", "Send a bearer token; `turnout token --as NAME` prints one.")


def bad_argument(name: str, why: str) -> GraphQLError:
    return refused_request("BAD_ARGUMENT", f"The argument {name} is not usable: {why}.")
