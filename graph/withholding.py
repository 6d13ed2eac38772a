"""What a person is told of a text that others wrote about them: all but what names a third person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from graph.client import Client
from graph.keys import CandidateKeys
from graph.statements import Statement
from graph.traversal import Derived
from graph.visibility import Level

WITHHELD = "〔已隐去：涉及第三人 withheld: names a third person〕"


@dataclass(frozen=True, slots=True)
class Known:
    """One of the employer's people, by all that the graph knows them by; `is_function` where the name of a department
    begins so, as 人事部 with 人事: an account that several may use, by words that texts are full of."""

    id: str
    name: str | None
    email: str | None
    is_function: bool = False

    @property
    def names(self) -> Iterator[str]:
        """One word of letters alone may be a function that is no department, as HR is, or any word."""
        yield self.id
        if self.email:
            yield self.email
        if self.name and not self.is_function and (_HAN.fullmatch(self.name) or spoken(self.name)):
            yield self.name


@dataclass(frozen=True, slots=True)
class CalledRow:
    """External id, name and mail address of each of the people; both names of each department."""

    people: list[tuple[str, str | None, str | None]]
    departments: list[tuple[str, str | None]]


FIND_CALLED = Statement(
    "withholding.find_called",
    """
    RETURN COLLECT { MATCH (user:User {organization: $organization})
      RETURN [user.externalId, user.displayName, user.email] } AS people,
      COLLECT { MATCH (department:Department {organization: $organization})
      RETURN [department.name, department.nameZh] } AS departments
    """,
    row=CalledRow,
)


@dataclass(frozen=True, slots=True)
class Own:
    """What the reader is known by: their own name and contacts name no third person."""

    texts: frozenset[str] = frozenset()
    phones: tuple[str, ...] = ()

    @classmethod
    def of(cls, texts: Iterable[str | None], phones: Iterable[str | None]) -> Own:
        digits = (re.sub(r"\D", "", phone or "") for phone in phones)
        return cls(frozenset(text.casefold() for text in texts if text), tuple(filter(None, digits)))

    def names(self, found: str) -> bool:
        """Whether it is the reader's; a phone in a text may lack the code of its country."""
        if found.casefold() in self.texts:
            return True
        digits = re.sub(r"\D", "", found)
        return len(digits) >= FEWEST_DIGITS and any(phone.endswith(digits) for phone in self.phones)


NOBODY = Own()
FEWEST_DIGITS = 8


@dataclass(frozen=True, slots=True)
class OwnRow:
    id: str
    name: str | None
    email: bytes | None
    phone: bytes | None


FIND_OWN = Statement(
    "withholding.find_own",
    """
    MATCH (candidate:Candidate) WHERE candidate.id IN $ids
    RETURN candidate.id AS id, candidate.displayName AS name, candidate.email AS email, candidate.phone AS phone
    ORDER BY id
    """,
    row=OwnRow,
)


@dataclass(frozen=True, slots=True)
class Others:
    """Whom a text may name besides its reader."""

    names: Sequence[str]
    own: Own

    def hidden_in(self, text: str) -> str:
        return without_others(text, self.names, self.own)


async def others_of(client: Client, keys: CandidateKeys, organization: str, reader: Sequence[str]) -> Others:
    """The employer's people, and what the reader is known by, in all records `reader` of theirs."""
    await keys.load(set(reader))
    rows = await client.read(FIND_OWN, ids=list(reader))
    emails = [keys.reveal(row.id, row.email) for row in rows]
    own = Own.of([*emails, *(row.name for row in rows)], [keys.reveal(row.id, row.phone) for row in rows])
    return Others(await names_of(client, organization), own)


async def names_of(client: Client, organization: str) -> list[str]:
    """What the employer's people are called, in texts that a person is told."""
    (row,) = await client.read(FIND_CALLED, organization=organization)
    departments = [name.casefold() for names in row.departments for name in names if name]
    functions = {name[:end] for name in departments for end in range(1, len(name) + 1)}
    known = [
        Known(id, name, email, is_function=(name or "").casefold() in functions)
        for id, name, email in sorted(row.people, key=lambda person: person[0])
    ]
    return [name for each in known for name in each.names]


_ADDRESS = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*"
_PHONE = r"\+\d(?:[ ().-]{0,2}\d){7,14}|1[3-9]\d(?:[ -]?\d{4}){2}"
"""With the code of its country, or a mobile of China's."""
_BETWEEN = r"[\s._-]{0,3}"


_HAN = re.compile(r"[\u3400-\u9fff·]{2,}")
"""A name in characters, which no space parts from the words around it."""


def spoken(known: str) -> str | None:
    """A pattern of the name that an external id such as li.lei@example.com is made of; null where it is one word alone,
    which may be a function, as in marketing@example.com.
    """
    words = [word for word in re.split(r"[\W_\d]+", known.partition("@")[0]) if word]
    return _BETWEEN.join(map(re.escape, words)) if len(words) > 1 else None


def without_others(text: str, names: Iterable[str], own: Own = NOBODY) -> str:
    """The text with each mail address and phone hidden, and each of the names, and of the names made of those, save
    the reader's own."""
    known = sorted(names, key=len, reverse=True)
    patterns = [_ADDRESS, _PHONE, *(re.escape(name) for name in known), *filter(None, map(spoken, known))]
    bounded = [rf"(?<!\w)(?:{pattern})(?!\w)" for pattern in patterns]
    characters = [name for name in known if _HAN.fullmatch(name)]
    pattern = re.compile("|".join([*bounded, *characters]), re.IGNORECASE)
    return pattern.sub(lambda found: found[0] if own.names(found[0]) else WITHHELD, text)


def _told(values: Sequence[Any], _: Mapping[str, Any], context: Any) -> str | None:
    return context.withhold(values[0])


def written_text(expression: LiteralString, see: Level = Level.OWN) -> Derived:
    """A text that somebody of the employer wrote about a person, who is not told whom else it names."""
    return Derived((expression,), _told, see)
