"""Workers are killed at random and their clocks jump: each thing that is due is done, and none twice."""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from api.work import PROOFS
from api.working import Worker
from graph import rights
from graph.decisions import Decide, Verdict
from graph.due import RULES
from graph.events import LIST_CANDIDATE_EVENTS, verify
from graph.interviews import Attendance
from graph.policies import DEFAULTS
from graph.proofs import ProofVerdict
from graph.secrets import Secrets
from graph.statements import Found, Statement
from graph.telemetry import Report, TelemetryKind
from graph.timers import TimerKind
from graph.work_calendars import NewCalendar
from graph.writing import Graph
from tests import timing
from tests.conftest import Company, make_company
from tests.databases import Database, Databases
from tests.faults.figures import Figure
from tests.faults.serving import MASTER, ROOT
from tests.faults.worker import FURTHEST, unsent
from tests.pictures import document
from tests.timing import effects, left

CANDIDATES = 5
EACH_DAY = NewCalendar(date(2020, 1, 1), "Asia/Shanghai", 5, ("MON-SUN 09:00-18:00",))
"""What is due within working days is due by the day on which the test runs, also on a Sunday."""
PATIENCE = 90.0
"""Seconds for which nothing at all is done before the rest is held to be lost; a busy machine is slow, and no more."""


class Process:
    """A worker that can be killed and started again."""

    def __init__(self, database: Database, keys: Path, log: Path, *, real: bool = False) -> None:
        self._database = database
        self._real = real
        self._keys = keys
        self._log = log
        self._seeds = random.Random(str(log))
        self.process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        at = self._database.address
        told = {
            "uri": self._database.uri,
            "user": at.user if at else "",
            "password": at.password if at else "",
            "database": at.database if at else None,
            "keys": str(self._keys),
            "seed": self._seeds.randrange(1_000_000),
            "real": self._real,
        }
        with self._log.open("ab") as log:
            command = [sys.executable, "-m", "tests.faults.worker"]
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, cwd=ROOT)
        assert process.stdin
        process.stdin.write(json.dumps(told).encode() + b"\n")
        process.stdin.flush()
        return process

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def again(self) -> None:
        self.kill()
        self.process = self._started()


async def timers_left(graph: Graph) -> int:
    return len(await left(graph))


async def killing(
    workers: Sequence[Process], chance: random.Random, seconds: float, left: Callable[[], Awaitable[int]]
) -> int:
    """How often one of the workers was killed, for so long and until nothing is left, or nothing is done any more."""
    calm, waiting, moved, kills = time.monotonic() + seconds, await left(), time.monotonic(), 0
    while (waiting or time.monotonic() < calm) and time.monotonic() < moved + PATIENCE:
        await asyncio.sleep(chance.uniform(0.5, 3))
        if time.monotonic() < calm:
            chance.choice(workers).again()
            kills += 1
        before, waiting = waiting, await left()
        if waiting < before:
            moved = time.monotonic()
    return kills


async def test_two_killed_workers_do_each_thing_once(
    databases: Databases, tmp_path: Path, figure: Figure, short: bool
) -> None:
    chance, count, kills = random.Random(5), 150 if short else 2_000, 0
    database = await databases.tested()
    graph = database.graph(Secrets(MASTER), tmp_path / "keys")
    company = await make_company(graph)
    people = [await timing.candidate_of(company) for _ in range(CANDIDATES)]
    workers = [Process(database, tmp_path / "keys", tmp_path / f"worker-{n}.log") for n in range(2)]
    began, set_up = time.monotonic(), set[str]()
    try:
        for number in range(count // 10):
            now, person = datetime.now(UTC), chance.choice(people)
            due = [(f"{number}-{n}", now + timedelta(seconds=chance.uniform(-600, 5))) for n in range(10)]
            await timing.start(company, person, *due)
            set_up |= {subject for subject, _ in due}
            await asyncio.sleep(chance.uniform(0, 0.4))
            if chance.random() < 0.4:
                chance.choice(workers).again()
                kills += 1
        kills += await killing(workers, chance, 40, lambda: timers_left(graph))
    finally:
        for worker in workers:
            worker.kill()
    done = await effects(graph, *people)
    twice, missing = sum(times > 1 for times in done.values()), len(set_up - done.keys())
    *_, wrong = await verify(graph.client)
    figure(
        "timers: two workers killed at random, clocks two hours wrong either way",
        f"{len(set_up)} timers, {kills} kills in {time.monotonic() - began:.0f} s; {twice} effects twice, "
        f"{missing} missing; {len(wrong)} faults in the chains",
        not twice and not missing and not wrong,
    )


DUE = Statement(
    "faults.due_timers",
    "MATCH (timer:Timer) WHERE timer.dueAt <= $now AND timer.kind <> 'SEND' RETURN timer.id AS id",
    row=Found,
)


async def missed(company: Company, application: str, due: datetime) -> None:
    """Nobody came, by the platform's word: the system is to suspect, and to give notice."""
    hr, starts = company.hr, due - timedelta(minutes=30)
    hr.at = due - timedelta(days=5)
    interview = await hr.interview(application, starts_at=starts)
    for kind, at in ((TelemetryKind.MESSAGE_DELIVERED, hr.at), (TelemetryKind.SESSION_CLOSED, due)):
        hr.at = at
        await hr.telemetry(Report(kind, at, "https://platform.example", f"{interview} {kind}", interview))


async def undecided(company: Company, application: str, due: datetime) -> None:
    """A dispute that nobody decides: it is to be upheld, and who looked is to be told."""
    hr = company.hr
    hr.at = due - timedelta(days=60)
    finding = await hr.no_show(application)
    await hr.look(finding)
    hr.at = due - DEFAULTS.dispute_time
    await hr.dispute(finding)


async def unanswered(company: Company, application: str, due: datetime) -> None:
    """The candidate came, and was promised to hear of it: the employer's ledger is to have it."""
    hr, starts = company.hr, due - DEFAULTS.conduct_answer - timedelta(minutes=30)
    hr.at = starts - timedelta(days=3)
    interview = await hr.interview(application, starts_at=starts)
    hr.at = starts + timedelta(minutes=30)
    await hr.attendance(interview, Attendance.ATTENDED)


async def owed(company: Company, application: str, due: datetime) -> None:
    """Another time was asked for and none opened: the employer's ledger and both sides are to have it."""
    hr = company.hr
    hr.at = due - timedelta(days=DEFAULTS.slot_owed_days)
    await hr.request(await hr.interview(application, starts_at=due + timedelta(days=5)))


async def waiting(company: Company, application: str, due: datetime) -> None:
    """Nobody answers a request about one's rights: the history is to say so."""
    company.hr.at = due - rights.DUE
    await company.hr.rights_request(application, text="My name is spelled otherwise.")


async def rejected(company: Company, application: str, due: datetime) -> None:
    """A rejection that considered a finding: it is to take effect."""
    hr = company.hr
    hr.at = due - timedelta(days=60)
    finding = await hr.no_show(application)
    hr.at = due - timedelta(days=DEFAULTS.rejection_days)
    await hr.announcement(
        await hr.decide(Decide(application, Verdict.REJECT, "Somebody else fits better.", (finding,)))
    )


async def kept(company: Company, application: str, due: datetime) -> None:
    """A finding whose time is over: it is to be erased."""
    company.hr.at = due - timedelta(days=DEFAULTS.first_erases_days + 3)
    await company.hr.no_show(application)


async def handed_in(company: Company, application: str, due: datetime) -> None:
    """A file that was decided of, and so was what it bears on: it is to be purged."""
    hr = company.hr
    hr.at = due - timedelta(days=60)
    interview = await hr.missed(application)
    finding = await hr.suspicion(interview)
    await hr.notice(finding)
    proof = await hr.proof(interview, document(), finding=finding)
    hr.at = due - DEFAULTS.proof_kept
    await hr.verdict(proof, ProofVerdict.REJECTED)
    await hr.confirmation(finding)


EFFECTS = {
    missed: ("NO_SHOW_REPORTED", "told NOTICE"),
    undecided: ("DISPUTE_UPHELD", "told DISPUTE_UPHELD"),
    unanswered: ("ANSWER_OVERDUE",),
    owed: ("SLOT_OVERDUE", "told SLOT_OWED"),
    waiting: ("REQUEST_OVERDUE",),
    rejected: ("told REJECTION_EFFECTIVE",),
    kept: ("FINDING_ERASED",),
    handed_in: ("PROOF_PURGED",),
}
"""What is to happen to a person of each story, once."""
STORIES = tuple(EFFECTS)


async def came_of(graph: Graph, candidate: str) -> Counter[str]:
    """What happened to one person, and what is to be told to them; whether an alarm sounds is the clock's."""
    events = await graph.client.read(LIST_CANDIDATE_EVENTS, heads=[candidate])
    told = await graph.client.read(LIST_TOLD, candidate=candidate)
    return Counter(
        [event.type for event in events] + [row.id for row in told if not row.id.startswith("told REMINDER_")]
    )


LIST_TOLD = Statement(
    "faults.list_told",
    "MATCH (message:Message)-[:TO]->(:Candidate {id: $candidate}) RETURN 'told ' + message.template AS id",
    row=Found,
)


async def due_by(graph: Graph, now: datetime) -> int:
    return len(await graph.client.read(DUE, now=now))


async def work(graph: Graph, ahead: timedelta = timedelta()) -> None:
    """One worker that nobody disturbs, until nothing is due by its clock."""
    worker = Worker(graph, RULES, {TimerKind.SEND: unsent, **PROOFS}, lambda: datetime.now(UTC) + ahead)
    while await due_by(graph, worker.clock()):
        await worker.turn()


async def test_two_killed_workers_keep_the_products_deadlines(
    databases: Databases, tmp_path: Path, figure: Figure, short: bool
) -> None:
    """Missed interviews, disputes, promises, requests, rejections, marks and files: of each person comes what came of
    the first one, whose deadlines one worker kept that nobody disturbed.
    """
    chance, count, span = random.Random(6), 2 if short else 25, 20.0 if short else 90.0
    database = await databases.tested()
    graph = database.graph(Secrets(MASTER), tmp_path / "keys")
    company, people, expected = await make_company(graph), list[tuple[str, str]](), dict[str, Counter[str]]()
    await company.hr.work_calendar(EACH_DAY)

    async def begin(story: Callable[[Company, str, datetime], Awaitable[None]], due: datetime) -> str:
        company.hr.at = due - timedelta(days=400)
        application = await company.application("marketing")
        await story(company, application, due)
        return (await graph.client.read(timing.WHOSE, id=application))[0].id

    for story in STORIES:
        person = await begin(story, datetime.now(UTC) - timedelta(seconds=5))
        await work(graph)
        expected[story.__name__] = await came_of(graph, person)
    once = [expected[story.__name__][effect] for story, named in EFFECTS.items() for effect in named]
    assert once == [1] * len(once), expected
    for number in range(len(STORIES) * count):
        story = STORIES[number % len(STORIES)]
        due = datetime.now(UTC) + timedelta(seconds=chance.uniform(-60, span))
        people.append((story.__name__, await begin(story, due)))
    workers = [Process(database, tmp_path / "keys", tmp_path / f"real-{n}.log", real=True) for n in range(2)]
    began, last = time.monotonic(), datetime.now(UTC) + timedelta(seconds=span)
    try:
        kills = await killing(workers, chance, span, lambda: due_by(graph, last))
    finally:
        for worker in workers:
            worker.kill()
    # What follows from something that was done by a clock ahead is due by such a clock.
    await work(graph, timedelta(seconds=FURTHEST))
    other = [
        (name, found - expected[name], expected[name] - found)
        for name, found in [(name, await came_of(graph, person)) for name, person in people]
        if found != expected[name]
    ]
    *_, wrong = await verify(graph.client)
    figure(
        "deadlines: two workers killed at random, clocks two hours wrong either way",
        f"{len(people)} people with a missed interview, an undecided dispute, a broken promise, an owed time, an "
        f"unanswered request, a rejection, an old mark or a file, {kills} kills in "
        f"{time.monotonic() - began:.0f} s; {len(other)} of whom came anything twice, otherwise or not at all; "
        f"{len(wrong)} faults in the chains{other[:3] or ''}",
        not other and not wrong,
    )
