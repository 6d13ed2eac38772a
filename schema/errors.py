"""Errors that may leave: each with a stable code, a sentence, and whether trying again may help."""

from __future__ import annotations

import logging
import re
from uuid import uuid4

from graphql import GraphQLError

from graph.bookmarks import Unfollowable
from graph.client import TIMEOUT, EngineUnavailable, TooSlow, WriteTooSlow

log = logging.getLogger("turnout")

_VALUES = re.compile(r"(?<= has invalid value)([^:]*): .*|(?<= cannot represent )([^:]*): .*", re.DOTALL)
_TEXT = re.compile(r"\b((?:Block)?String) '.*", re.DOTALL)


def without_values(message: str) -> str:
    """A message of graphql-core without the value that it quotes: clients send their errors to places of all kinds.

    What is wrong with a variable or a literal is told by schema.values; this is for an argument that fails later.
    """
    return _VALUES.sub(r"\1\2.", message)


def without_text(message: str) -> str:
    """A message of the parser without the quoted text at which it stopped."""
    return _TEXT.sub(r"\1.", message)


def refused_request(code: str, message: str, *, retryable: bool = False) -> GraphQLError:
    """An error for the client, as opposed to a fault of ours, which is masked."""
    return GraphQLError(message, extensions={"code": code, "retryable": retryable})


def unauthenticated() -> GraphQLError:
    return refused_request("UNAUTHENTICATED", "Send a bearer token of a user of this server.")


def bad_argument(name: str, why: str) -> GraphQLError:
    return refused_request("BAD_ARGUMENT", f"The argument {name} is not usable: {why}.")


def not_found(name: str) -> GraphQLError:
    """The same for what is not there and for what the viewer may not see."""
    return refused_request("NOT_FOUND", f"There is no such {name}, or it is not yours to see.")


def needs_stream() -> GraphQLError:
    return refused_request(
        "SUBSCRIPTION_NEEDS_STREAM",
        "Send a subscription over a WebSocket (graphql-transport-ws), or by POST with Accept: text/event-stream.",
    )


def fell_behind() -> GraphQLError:
    return refused_request(
        "SUBSCRIPTION_TOO_SLOW",
        "Events came faster than you took them; read what you follow anew and subscribe again.",
        retryable=True,
    )


def presentable(error: GraphQLError) -> GraphQLError:
    """The error as a client may see it: our own and the request's as they are, any other masked with an id."""
    cause = error.original_error
    if error.extensions and "code" in error.extensions:
        return error
    if isinstance(cause, GraphQLError) and cause.extensions and "code" in cause.extensions:
        error.extensions = cause.extensions
        return error
    if isinstance(cause, WriteTooSlow):
        message = (
            f"The database took longer than {TIMEOUT:.0f} seconds and was stopped; nothing was written: send it again."
        )
        extensions = {"code": "ENGINE_UNAVAILABLE", "retryable": True}
    elif isinstance(cause, TooSlow):
        message = f"The database took longer than {TIMEOUT:.0f} seconds and was stopped; ask for less."
        extensions = {"code": "TIMED_OUT", "retryable": False}
    elif isinstance(cause, EngineUnavailable):
        message, extensions = str(cause), {"code": "ENGINE_UNAVAILABLE", "retryable": True}
    elif isinstance(cause, Unfollowable):
        message = "The Turnout-Bookmark belongs to another database; send the request without it."
        extensions = {"code": "BAD_BOOKMARK", "retryable": False}
    elif cause is None or isinstance(cause, GraphQLError):
        message, extensions = without_values(error.message), {"code": "BAD_REQUEST", "retryable": False}
    else:
        id = str(uuid4())
        log.error("unexpected error %s", id, exc_info=cause)
        message = f"Something went wrong on the server. If you report it, name {id}."
        extensions = {"code": "INTERNAL", "retryable": False, "id": id}
    return GraphQLError(message, error.nodes, path=error.path, extensions=extensions)
