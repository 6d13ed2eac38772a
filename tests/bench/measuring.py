"""The measurements: candidates take turns, round by round, and a figure is the median of its rounds."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import cycle

from tests.bench.load import Lane, Seen, Sent, send
from tests.bench.questions import NARROW, Question, global_id, new_shape, written_anew
from tests.bench.serving import TURNOUT, Served, watched_memory

CONNECTIONS = (1, 8, 32)
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured."""

    candidates: int
    scale: tuple[int, int]
    rounds: int
    narrow_seconds: float
    wide_seconds: float
    warming: float
    texts: int
    lines: int

    def seconds(self, question: str) -> float:
        return self.narrow_seconds if question == "narrow" else self.wide_seconds


FULL = Extent(10_000, (1_000, 100_000), 3, 3, 4, 3, 400, 10_000)
QUICK = Extent(1_000, (200, 2_000), 1, 0.5, 0.5, 0.3, 30, 600)


@dataclass(frozen=True, slots=True)
class Figure:
    """What one candidate did with one question at so many connections; times in milliseconds, memory in MB.

    `processor` is what the server alone used for a request, the figure that a busy machine blurs least.
    """

    question: str
    name: str
    connections: int
    median: float
    high: float
    rate: float
    count: int
    size: float
    memory: float
    processor: float


@dataclass(frozen=True, slots=True)
class Round:
    """One lane's load on one candidate."""

    seen: Seen
    memory: float
    processor: float


def measure(served: Iterable[Served], asked: list[Question], extent: Extent, rounds: int, say: Say) -> list[Figure]:
    """Every candidate with every question at 1, 8 and 32 connections."""
    served = list(served)
    found: dict[tuple[str, str, int], list[Round]] = defaultdict(list)
    for question in asked:
        for it in served:
            send([Lane([it.port], 2, it.requests(question))], extent.warming)
    for round in range(rounds):
        for question in asked:
            for connections in CONNECTIONS:
                say(f"round {round + 1} of {rounds}: {question.name}, {connections} connections")
                for it in served:
                    found[question.name, it.name, connections].append(_round(it, question, connections, extent))
    return [_figure(*key, rounds) for key, rounds in found.items()]


def _round(served: Served, question: Question, connections: int, extent: Extent) -> Round:
    lane, before = Lane([served.port], connections, served.requests(question)), served.processor()
    with watched_memory(served) as memory:
        seen = send([lane], extent.seconds(question.name))["all"]
    return Round(seen, memory[0], (served.processor() - before) / seen.count)


def _figure(question: str, name: str, connections: int, rounds: list[Round]) -> Figure:
    def middle(value: Callable[[Round], float]) -> float:
        return statistics.median(map(value, rounds))

    return Figure(
        question,
        name,
        connections,
        median=middle(lambda it: it.seen.median),
        high=middle(lambda it: it.seen.high),
        rate=middle(lambda it: it.seen.rate),
        count=sum(it.seen.count for it in rounds),
        size=middle(lambda it: it.seen.size),
        memory=max(it.memory for it in rounds),
        processor=middle(lambda it: it.processor),
    )


@dataclass(frozen=True, slots=True)
class Texts:
    """Medians of the narrow question in a text sent before, and in texts that never were."""

    warm: float
    anew: float
    anew_high: float


def measure_texts(turnout: Served, narrow: Question, extent: Extent) -> Texts:
    """One connection; a known text and a new one take turns."""
    ids = cycle(narrow.values)
    requests: list[Sent] = []
    for number in range(extent.texts):
        known, other = narrow.variables(next(ids)), global_id("Application", next(ids))
        requests.append(turnout.ask(NARROW, known, label="warm"))
        requests.append(turnout.ask(written_anew(NARROW, number), {f"v{number}": other}, label="anew"))
    seen = send([Lane([turnout.port], 1, requests, once=True)], 120)
    return Texts(seen["warm"].median, seen["anew"].median, seen["anew"].high)


@dataclass(frozen=True, slots=True)
class Shapes:
    """The narrow question while nobody, and while four others, send shapes that were never planned."""

    usual_median: float
    usual_high: float
    beside_median: float
    beside_high: float
    shape_median: float
    shape_high: float
    shapes: int


def measure_shapes(turnout: Served, narrow: Question, tokens: list[str], extent: Extent) -> Shapes:
    """Four connections that ask what they always ask, alone and then beside four callers of new shapes."""
    seconds = extent.narrow_seconds * 4
    usual_lane = Lane([turnout.port], 4, turnout.requests(narrow))
    send([usual_lane], extent.warming)
    usual = send([usual_lane], seconds)["all"]
    id = global_id("Application", narrow.values[0])
    lanes = [usual_lane]
    for caller, token in enumerate(tokens):
        numbers = range(caller, 1 << 20, len(tokens) * 257)
        shapes = [turnout.ask(new_shape(number), {"id": id}, token=token, label="shape") for number in numbers]
        lanes.append(Lane([turnout.port], 1, shapes, once=True))
    seen = send(lanes, seconds)
    beside, shape = seen["all"], seen["shape"]
    return Shapes(usual.median, usual.high, beside.median, beside.high, shape.median, shape.high, shape.count)


def measure_two(turnouts: list[Served], narrow: Question, extent: Extent) -> dict[int, Seen]:
    """Requests a second of one process and of two, eight connections in all, taking turns."""
    found: dict[int, list[Seen]] = {1: [], 2: []}
    send([Lane([it.port for it in turnouts], 4, turnouts[0].requests(narrow))], extent.warming)
    for _ in range(extent.rounds):
        for count, seen in found.items():
            lane = Lane([it.port for it in turnouts[:count]], 8, turnouts[0].requests(narrow))
            seen.append(send([lane], extent.narrow_seconds)["all"])
    return {count: sorted(seen, key=lambda it: it.rate)[len(seen) // 2] for count, seen in found.items()}


def measure_scale(stands: dict[int, list[Served]], narrow: Question, extent: Extent) -> dict[int, dict[str, float]]:
    """Medians of the narrow question at one connection, by size and candidate; sizes and candidates take turns."""
    found: dict[tuple[int, str], list[float]] = defaultdict(list)
    for round in range(extent.rounds * 2 + 1):
        for size, served in stands.items():
            for it in served:
                lane = Lane([it.port], 1, it.requests(narrow))
                seen = send([lane], extent.narrow_seconds)["all"]
                if round:
                    found[size, it.name].append(seen.median)
    scale: dict[int, dict[str, float]] = defaultdict(dict)
    for (size, name), medians in found.items():
        scale[size][name] = statistics.median(medians)
    return dict(scale)


def most_memory(figures: Iterable[Figure]) -> float:
    return max(it.memory for it in figures if it.name == TURNOUT)
