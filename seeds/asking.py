"""What people of the demo company ask for and hand in: another time, that a proof is read, what the law gives them."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace
from datetime import timedelta

from graph.applications import Stage
from graph.candidates import Person
from graph.causes import TelemetryKind
from graph.interviews import Attendance, Mode, Side
from graph.proofs import ProofVerdict
from graph.rights import RightsKind, RightsState
from graph.telemetry import Report
from seeds.stories import FINAL, HELD, Chapter, Ending, Scene, Story, attends, is_rejected, misses

PLATFORM = "面试平台"


def screenshot() -> bytes:
    """A small picture such as a telephone makes of its screen."""

    def chunk(type: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + type + body + struct.pack(">I", zlib.crc32(type + body))

    width, height = 32, 18
    dots = (b"\0" + bytes((250, 250, 250)) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(dots, 9)) + chunk(b"IEND", b"")


def followed_by(*endings: Ending) -> Ending:
    """One after the other."""

    async def tell(scene: Scene) -> None:
        for ending in endings:
            await ending(scene)

    return tell


def asks_in_time(*, slots: bool) -> Ending:
    """Asks for another time of an interview six days ahead: takes one that is open, or is owed one."""

    async def tell(scene: Scene) -> None:
        interview = await scene.invites(Mode.VIDEO, held=scene.time(-6, scene.hour, 0))
        slot = None
        if slots:
            opened = (scene.time(-7, 10, 0), scene.time(-7, 14, 0), scene.time(-8, 10, 0))
            await scene.on(1, 17).slots(*opened, position=scene.position, mode=Mode.VIDEO)
            slot = scene.maker.given()
        await scene.on(2, 11).request(interview, slot, "当天有课程答辩，希望改期。")

    return tell


def asks_late(verdict: ProofVerdict) -> Ending:
    """Asks on the way to the interview and hands in proof: accepted, another time is granted; or the old one stands."""

    async def tell(scene: Scene) -> None:
        interview = await scene.invites(Mode.ONSITE)
        request = await scene.on(HELD, scene.hour - 2).request(interview, None, "高铁晚点，附车次截图。")
        proof = await scene.on(HELD, scene.hour - 2, 10).proof(interview, screenshot(), request=request)
        reason = "截图属实。" if verdict is ProofVerdict.ACCEPTED else "截图看不清车次。"
        await scene.on(HELD, scene.hour - 1).verdict(proof, verdict, reason)
        if verdict is ProofVerdict.REJECTED:
            await scene.on(HELD, scene.hour - 1, 5).deny(request, "无法核实，请按原时间参加。")
            await scene.on(HELD, scene.hour + 1).attendance(interview, Attendance.ATTENDED_LATE)
            return
        await scene.on(HELD, scene.hour - 1, 5).grant(request, scene.time(scene.days - HELD - 3, scene.hour, 0))

    return tell


def proves(verdict: ProofVerdict | None) -> Ending:
    """Missed, told of, and answered with a picture; accepted, it is excused."""

    async def tell(scene: Scene) -> None:
        interview = await scene.invites(Mode.AI_LIVE)
        await scene.on(HELD, scene.hour + 1).attendance(interview, Attendance.NOT_ATTENDED)
        finding = await scene.on(HELD, scene.hour + 1, 10).suspicion(interview)
        await scene.on(HELD, scene.hour + 1, 20).notice(finding)
        proof = await scene.on(HELD + 1, 9, 40).proof(interview, screenshot(), finding=finding)
        if verdict is not None:
            await scene.on(HELD + 2, 10).verdict(proof, verdict, "截图显示当天停电。")

    return tell


def is_watched(*, fault: bool) -> Ending:
    """An interview of which its platform reported what it saw: one that went well, or one whose device failed."""

    async def tell(scene: Scene) -> None:
        interview = await scene.invites(Mode.AI_LIVE)
        held = scene.time(scene.days - HELD, scene.hour, 0)
        checked = TelemetryKind.DEVICE_CHECK_FAILED if fault else TelemetryKind.DEVICE_CHECK_PASSED
        seen = [
            (TelemetryKind.MESSAGE_DELIVERED, held - timedelta(days=1), None),
            (checked, held - timedelta(minutes=5), None),
            (TelemetryKind.CANDIDATE_JOINED, held + timedelta(minutes=1), None),
            (TelemetryKind.SESSION_HEARTBEAT, held, held + timedelta(minutes=30)),
        ]
        if fault:
            seen.append((TelemetryKind.CANDIDATE_LEFT, held + timedelta(minutes=4), None))
        platform = replace(scene.on(HELD, scene.hour + 1), viewer=scene.integrator)
        for kind, at, until in seen:
            key = f"{scene.application}/{kind.value}"
            await platform.telemetry(Report(kind, at, PLATFORM, key, interview, until))
        attendance = Attendance.INCOMPLETE if fault else Attendance.ATTENDED
        await scene.on(HELD, scene.hour + 1, 30).attendance(interview, attendance)

    return tell


def claims(kind: RightsKind, text: str, answer: RightsState | None = None, reason: str | None = None) -> Ending:
    """Asks for what the law gives, a day after all that came of the application, and may be answered."""

    async def tell(scene: Scene) -> None:
        request = await scene.on(HELD + 5, 10).rights_request(scene.application, kind, text)
        if answer is not None:
            await scene.on(HELD + 6, 15).rights_answer(request, answer, reason)

    return tell


async def is_given_a_link(scene: Scene) -> None:
    """No message reaches the candidate: the recruiter hands the link over."""
    await scene.on(1, 12).link(scene.application)


def assesses_herself(*answers: int) -> Ending:
    """Takes the self-assessment, one answer to each statement, and shares what came of it."""

    async def tell(scene: Scene) -> None:
        await scene.on(2, 20).self_assessment(scene.application, answers, shared=True)

    return tell


async def frees_a_slot(scene: Scene) -> None:
    """Called off by the candidate four days ahead, so that somebody else can have the time."""
    await scene.on(1, 9).advance(scene.application, Stage.INTERVIEW)
    interview = await scene.on(1, 9, 5).interview(
        scene.application, mode=Mode.VIDEO, starts_at=scene.time(-4, scene.hour, 0)
    )
    await scene.on(2, 9, 30).cancel(interview, Side.CANDIDATE)
    scene.freed.append(interview)


ASKING = Story(
    "lin-jiaqi",
    Person("林佳琪", "jiaqi.lin@example.com", "+86 101 9999 0006"),
    (
        Chapter("MARKETING_ANALYST", 70, misses(FINAL)),
        Chapter("PLATFORM_ENGINEER", 6, proves(None)),
        Chapter(
            "BACKEND",
            3,
            followed_by(asks_in_time(slots=True), assesses_herself(4, 2, 5, 1, 4, 3, 4, 2, 5, 2, 3, 4)),
        ),
    ),
)
"""Has done most of what candidates can do."""
ASKED: tuple[tuple[Chapter, ...], ...] = (
    # Another time: by right, owed, and late with what proves why.
    (Chapter("SALES_MANAGER", 3, asks_in_time(slots=False)),),
    (Chapter("CONTENT", 6, asks_late(ProofVerdict.ACCEPTED)),),
    (Chapter("DATA_ANALYST", 16, asks_late(ProofVerdict.REJECTED)),),
    (Chapter("BACKEND", 3, frees_a_slot),),
    # What answers a notice, and what a platform saw.
    (Chapter("MARKETING_PRODUCT", 13, proves(ProofVerdict.ACCEPTED)),),
    (Chapter("BACKEND", 10, is_watched(fault=False)),),
    (Chapter("GROWTH_PRODUCT", 11, is_watched(fault=True)),),
    # What the law gives.
    (
        Chapter(
            "DATA_ENGINEER",
            17,
            followed_by(attends(), claims(RightsKind.CORRECTION, "姓名应为繁体。", RightsState.GRANTED, "已更正。")),
        ),
    ),
    (Chapter("SALES_MANAGER", 15, followed_by(is_rejected, claims(RightsKind.HUMAN_REVIEW, "请人工复核。"))),),
    (Chapter("BRAND_PLANNER", 4, is_given_a_link),),
    # A mark that interviews attended since shorten.
    (
        Chapter("DATA_ANALYST", 150, misses(FINAL)),
        Chapter("BACKEND", 60, attends()),
        Chapter("DATA_ENGINEER", 30, attends(mode=Mode.VIDEO)),
    ),
)
