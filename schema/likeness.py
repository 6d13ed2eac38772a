"""Which texts are the same operation with other names: read by their tokens alone, without a syntax tree.

Parsing and validating a text costs several times what answering it does, and clients that write their queries by
program give each its own aliases and variables. Two texts are alike when they differ in nothing but space, comments
and the names of aliases, variables, fragments and the operation, and call equal what the other calls equal: then
one is valid where the other is, and answers the same under other keys.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\"""|\\|"(?!""))*"""'
    r'|""(?!")|"(?:[^"\\\n\r]|\\.)+"'
    r"|[_A-Za-z][_A-Za-z0-9]*"
    r"|-?[0-9][0-9.eE+-]*(?![_A-Za-z0-9.])"
    r"|\.\.\.|[!$&()\[\]:=@{|}]"
    r"|[\t\n\r ,\ufeff]+|#[^\n\r]*"
)
_IGNORED = frozenset("\t\n\r ,\ufeff#")
_PUNCTUATION = frozenset("!$&()[]:=@{|}")
_NAMED = frozenset({"query", "mutation", "subscription", "fragment"})


@dataclass(frozen=True, slots=True)
class Likeness:
    """A text without its own names; the names in the order of their first use."""

    text: str
    aliases: tuple[str, ...]
    variables: tuple[str, ...]
    operation: str | None


def likeness(text: str, *, most: int) -> Likeness | None:
    """Null for what is no document for certain, or has more than `most` tokens."""
    found = _TOKEN.findall(text)
    if sum(map(len, found)) != len(text):
        return None
    tokens = [token for token in found if token[0] not in _IGNORED]
    return _Reader(tokens).read() if 0 < len(tokens) <= most else None


class _Reader:
    """One pass over the tokens; a name that stands for itself too is left as it is."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = [*tokens, ""]
        self._aliases: dict[str, str] = {}
        self._variables: dict[str, str] = {}
        self._fragments: dict[str, str] = {}
        self._operations: list[str] = []

    def read(self) -> Likeness:
        kinds = self._kinds()
        taken = {token for token, kind in zip(self._tokens, kinds, strict=False) if kind == ""}
        told = [self._told(token, kind, taken) for token, kind in zip(self._tokens, kinds, strict=False)]
        operation = self._operations[0] if len(self._operations) == 1 else None
        return Likeness(" ".join(told), tuple(self._aliases), tuple(self._variables), operation)

    def _kinds(self) -> list[str]:
        """What each token names: an alias, a variable, a fragment, an operation, or nothing of the text's own."""
        kinds: list[str] = []
        braces = parentheses = 0
        before = ""
        for token, after in zip(self._tokens, self._tokens[1:], strict=False):
            outside = not braces and not parentheses and not (kinds and kinds[-1])
            kinds.append(_kind(before, token, after, outside=outside, selecting=braces > 0 and not parentheses))
            if not parentheses:
                braces += (token == "{") - (token == "}")
            parentheses += (token == "(") - (token == ")")
            before = token
        return kinds

    def _told(self, token: str, kind: str, taken: set[str]) -> str:
        match kind:
            case "alias" if token not in taken:
                return self._aliases.setdefault(token, f"~{len(self._aliases)}")
            case "variable":
                return self._variables.setdefault(token, f"{len(self._variables)}")
            case "fragment":
                return self._fragments.setdefault(token, f"~{len(self._fragments)}")
            case "operation":
                self._operations.append(token)
                return "~"
            case _:
                return token


def _kind(before: str, token: str, after: str, *, outside: bool, selecting: bool) -> str:
    if before == "$":
        return "variable"
    if token[0] in _PUNCTUATION:
        return ""
    if before == "...":
        return "fragment" if token != "on" else ""
    if outside and before in _NAMED:
        return "fragment" if before == "fragment" else "operation"
    return "alias" if selecting and after == ":" else ""
