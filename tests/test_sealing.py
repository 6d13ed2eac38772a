"""Sealed files: whole and under the right key they open; anything else is refused, and nothing of it believed."""

from __future__ import annotations

import io
import os
import random
from collections.abc import Callable

import pytest

from graph.exporting import Damaged
from graph.sealing import FRAME, Sealer, lines, unsealed
from graph.secrets import Secrets

SECRETS = Secrets(b"s" * 32)
PLAIN = [os.urandom(40_000) for _ in range(6)]
"""It does not compress, so that it fills several frames."""


def sealed(pieces: list[bytes], secrets: Secrets = SECRETS) -> bytes:
    out = io.BytesIO()
    sealer = Sealer(out, secrets)
    for piece in pieces:
        sealer.write(piece)
    sealer.finish()
    return out.getvalue()


def opened(data: bytes, secrets: Secrets = SECRETS) -> bytes:
    file = io.BytesIO(data)
    return b"".join(unsealed(file.readline(), file, secrets))


@pytest.mark.parametrize("pieces", [[], [b""], [b"one line\n"], PLAIN, [os.urandom(FRAME)]])
def test_what_was_sealed_comes_back(pieces: list[bytes]) -> None:
    assert opened(sealed(pieces)) == b"".join(pieces)


def test_nothing_of_it_can_be_read_in_the_file() -> None:
    assert b"wang.xiaoyu" not in sealed([b'{"email": "wang.xiaoyu@example.com"}'])


def frames(data: bytes) -> list[bytes]:
    """The header, then each frame with its length."""
    header, _, rest = data.partition(b"\n")
    found = [header + b"\n"]
    while rest:
        length = 4 + int.from_bytes(rest[:4])
        found.append(rest[:length])
        rest = rest[length:]
    return found


def swapped(parts: list[bytes]) -> list[bytes]:
    return [parts[0], parts[2], parts[1], *parts[3:]]


@pytest.mark.parametrize(
    "change",
    [
        lambda parts: parts[:-1],
        lambda parts: parts[:1],
        lambda parts: [*parts[:-1], parts[-1][:-1]],
        lambda parts: [*parts, parts[-1]],
        lambda parts: [parts[0], *parts[2:]],
        lambda parts: [*parts[:-1], b"\x00\x00\x00\x04abcd"],
        swapped,
        lambda parts: [parts[0], *frames(sealed(PLAIN))[1:]],
    ],
    ids=[
        "last frame gone",
        "all gone",
        "cut",
        "doubled",
        "first frame gone",
        "too short",
        "swapped",
        "of another file",
    ],
)
def test_a_file_that_was_changed_is_refused(change: Callable[[list[bytes]], list[bytes]]) -> None:
    parts = frames(sealed(PLAIN))
    assert len(parts) > 4
    with pytest.raises(Damaged):
        opened(b"".join(change(parts)))


def test_any_bit_that_was_turned_is_noticed() -> None:
    data, chance = sealed([b"a line\n" * 50]), random.Random(7)
    for place in [*range(0, 40), *(chance.randrange(len(data)) for _ in range(200))]:
        turned = bytearray(data)
        turned[place] ^= 1 << chance.randrange(8)
        with pytest.raises(Damaged):
            opened(bytes(turned))


def test_another_master_key_opens_nothing() -> None:
    with pytest.raises(Damaged, match="another master key"):
        opened(sealed(PLAIN), Secrets(b"t" * 32))
    with pytest.raises(Damaged, match="version 1 of the master key"):
        opened(sealed(PLAIN), Secrets({2: b"t" * 32}))


def test_an_older_master_key_still_opens() -> None:
    assert opened(sealed(PLAIN), Secrets({2: b"t" * 32, 1: b"s" * 32})) == b"".join(PLAIN)


def test_lines_are_put_together_from_pieces() -> None:
    assert list(lines([b"a", b"b\nc\n", b"", b"d\ne"])) == [b"ab", b"c", b"d", b"e"]
    assert list(lines([b"a\n"])) == [b"a"]
