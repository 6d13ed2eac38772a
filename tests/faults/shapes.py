"""Some two hundred requests that mean harm: each as the bytes of a body and the headers that go with it."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass

LARGE = 30_000_000


@dataclass(frozen=True)
class Hostile:
    """A request; `chunked` ones do not say how long they are."""

    name: str
    body: bytes
    chunked: bool = False


def asked(name: str, query: str, variables: object = None) -> Hostile:
    return Hostile(name, json.dumps({"query": query, "variables": variables}).encode())


def bombs() -> Iterator[Hostile]:
    """Fragments that name the next one several times, so that each level multiplies the last."""
    bodies = ("id", "a: name", "name @include(if: true)", "positions(first: 100) { nodes { id } }")
    for levels in (5, 10, 20, 40, 60):
        for times in (2, 5):
            for body in bodies:
                spreads = [f"fragment F{n} on Department {{ {f'...F{n + 1} ' * times} }}" for n in range(levels)]
                text = (
                    f"{{ departments {{ ...F0 }} }} {' '.join(spreads)} fragment F{levels} on Department {{ {body} }}"
                )
                yield asked(f"bomb {levels} times {times}", text)


def cycles() -> Iterator[Hostile]:
    """Fragments that come back to themselves."""
    for length in (1, 2, 3, 5, 10, 20, 50, 100, 200, 300):
        ring = [f"fragment F{n} on Department {{ parent {{ ...F{(n + 1) % length} }} }}" for n in range(length)]
        yield asked(f"cycle of {length}", "{ departments { ...F0 } }" + " ".join(ring))


def depths() -> Iterator[Hostile]:
    for depth in (5, 10, 11, 12, 13, 20, 50, 100, 300, 600):
        yield asked(f"{depth} parents", "{ departments " + "{ parent " * depth + "{ id }" + " }" * depth + " }")
        pair = "{ candidate { applications(first: 2) { nodes "
        text = "{ applications: candidates(first: 3) { nodes { applications(first: 2) { nodes "
        yield asked(f"{depth} people", text + pair * depth + "{ id }" + " } } }" * depth + " } } } }")
    for depth in (100, 1_000, 10_000, 80_000):
        yield asked(f"{depth} braces", "{" * depth)
        yield asked(f"{depth} lists", "{ departments(x: " + "[" * depth + ") { id } }")


def breadths() -> Iterator[Hostile]:
    for count in (21, 100, 500, 900):
        yield asked(f"{count} roots", "{ " + "__typename " * count + "}")
        yield asked(f"{count} departments", "{ " + " ".join(f"a{n}: departments {{ id }}" for n in range(count)) + " }")
        yield asked(f"{count} fields", "{ departments { " + "name " * count + "} }")
        yield asked(f"{count} operations", " ".join(f"query Q{n} {{ __typename }}" for n in range(count)))
        arguments = ", ".join(f"$v{n}: Int" for n in range(count))
        yield asked(f"{count} variables", f"query ({arguments}) {{ departments {{ id }} }}")


def aliases() -> Iterator[Hostile]:
    for count in (29, 31, 100, 400, 660):
        many = " ".join(f"a{n}: name" for n in range(count))
        yield asked(f"{count} aliases", f"{{ departments {{ {many} }} }}")
        pages = " ".join(f"a{n}: positions(first: {n % 100}) {{ totalCount }}" for n in range(min(count, 180)))
        yield asked(f"{count} aliased pages", f"{{ departments {{ {pages} }} }}")
        yield asked(f"{count} conflicts", "{ departments { " + "a: name a: code " * (count // 2) + "} }")


def introspections() -> Iterator[Hostile]:
    whole = "name description fields { name description args { name description type { name ofType { name } } } }"
    for count in (1, 3, 29, 60):
        many = " ".join(f"t{n}: types {{ {whole} }}" for n in range(count))
        yield asked(f"the schema under {count} names", f"{{ __schema {{ {many} }} }}")
        fields = " ".join(f"f{n}: fields {{ name description }}" for n in range(count))
        yield asked(f"its fields under {count} names", f"{{ __schema {{ types {{ {fields} }} }} }}")


def directives() -> Iterator[Hostile]:
    for count in (49, 51, 200, 390):
        yield asked(f"{count} directives", "{ departments { id" + " @include(if: true)" * count + " } }")
        yield asked(f"{count} skips", "{ departments { " + "name @skip(if: false) " * (count // 2) + "} }")
        yield asked(f"{count} unknown", "{ departments { id" + " @no" * count + " } }")


def tokens() -> Iterator[Hostile]:
    for count in (1_990, 2_010, 20_000, 60_000):
        yield asked(f"{count} names", "{ departments { " + "id " * (count - 6) + "} }")
        yield asked(f"{count} commas", "{ departments { id" + "," * count + " } }")
        yield asked(f"{count} comments", "{ departments { id } }" + "\n#" * count)
        yield asked(f"a text of {count}", '{ department(code: "' + "x" * count + '") { id } }')


def costly() -> Iterator[Hostile]:
    """What is within the limits, or just above them, and makes the database work."""
    people = "nodes { displayName applications(first: %d) { nodes { stage reminders { kind message } } } }"
    for size in (1, 5, 10, 20, 30, 40, 50, 100):
        yield asked(f"{size} people", f"{{ candidates(first: {size}) {{ {people % size} }} }}")
        yield asked(
            f"{size} positions", f"{{ departments {{ positions(first: {size}) {{ totalCount nodes {{ title }} }} }} }}"
        )
        yield asked(f"page of {size * 1000}", f"{{ candidates(first: {size * 1000}) {{ nodes {{ id }} }} }}")
        yield asked(
            f"search of {size}", "query S($s: String) { candidates(search: $s) { totalCount } }", {"s": "%a" * size}
        )


def bodies() -> Iterator[Hostile]:
    for size in (262_145, 1_000_000, LARGE):
        for chunked in (False, True):
            yield Hostile(f"{size} bytes of spaces", b" " * size, chunked)
            yield Hostile(f"{size} bytes of text", b'{"query": "' + b"x" * size, chunked)
    yield Hostile("no JSON", b"{" * 1000)
    yield Hostile("a bare number", b"1e999999")
    yield Hostile("an array", b"[" + b"{}," * 10_000 + b"{}]")
    yield Hostile("bytes of no text", bytes(range(256)) * 900)


def deep_variables() -> Iterator[Hostile]:
    query = b'{"query": "query V($s: String) { candidates(search: $s) { totalCount } }", "variables": {"s": '
    for depth in (10, 100, 500, 1_000, 1_023, 1_100, 10_000, 100_000):
        yield Hostile(f"{depth} lists in a variable", query + b"[" * depth + b"]" * depth + b"}}")
        yield Hostile(f"{depth} objects in a variable", query + b'{"a":' * depth + b"1" + b"}" * depth + b"}}")
    for count in (1_000, 20_000):
        names = ",".join(f'"v{n}": {n}' for n in range(count))
        yield Hostile(f"{count} variables nobody declared", query + b'"a", ' + names.encode() + b"}}")


def hostile(share: float = 1) -> list[Hostile]:
    """All, or such a share of every kind, in an order that is the same at each run."""
    kinds = (
        bombs,
        cycles,
        depths,
        breadths,
        aliases,
        introspections,
        directives,
        tokens,
        costly,
        bodies,
        deep_variables,
    )
    all = [list(kind()) for kind in kinds]
    chance = random.Random(7)
    chosen = [each for kind in all for each in chance.sample(kind, round(share * len(kind)))]
    chance.shuffle(chosen)
    return chosen
