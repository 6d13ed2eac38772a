"""Writes about one candidate take turns in the order in which they came; others do not wait."""

from __future__ import annotations

import asyncio

from graph.turns import Turns


async def order(turns: Turns, *inputs: dict[str, str]) -> list[str]:
    """What begins and ends while each of the inputs is written for some turns of the loop."""
    seen: list[str] = []

    async def write(number: int, input: dict[str, str]) -> None:
        async with turns.of(input):
            seen.append(f"{number} begins")
            for _ in range(5):
                await asyncio.sleep(0)
            seen.append(f"{number} ends")

    async with asyncio.TaskGroup() as group:
        for number, input in enumerate(inputs):
            group.create_task(write(number, input))
    return seen


ONE_AFTER_ANOTHER = ["0 begins", "0 ends", "1 begins", "1 ends", "2 begins", "2 ends"]
AT_ONCE = ["0 begins", "1 begins", "0 ends", "1 ends"]


async def test_writes_about_one_candidate_take_turns() -> None:
    assert await order(Turns(), *[{"candidate": "c"}] * 3) == ONE_AFTER_ANOTHER


async def test_writes_about_two_candidates_do_not_wait() -> None:
    assert await order(Turns(), {"candidate": "c"}, {"candidate": "d"}) == AT_ONCE


async def test_writes_about_nobody_do_not_wait() -> None:
    assert await order(Turns(), {"title": "t"}, {"title": "t"}) == AT_ONCE


async def test_what_led_to_a_candidate_once_queues_with_it() -> None:
    turns = Turns()
    interview, finding = {"interview": "i"}, {"finding": "f", "interview": "i"}
    assert await order(turns, interview, {"candidate": "c"}) == AT_ONCE
    turns.learn(interview, "c")
    turns.learn({"application": "a"}, "c")
    assert await order(turns, {"candidate": "c"}, finding, {"application": "a"}) == ONE_AFTER_ANOTHER


async def test_a_queue_that_nobody_waits_in_is_forgotten() -> None:
    turns = Turns()
    await order(turns, *[{"candidate": str(number)} for number in range(50)])
    assert not len(turns._queues)  # pyright: ignore[reportPrivateUsage]
