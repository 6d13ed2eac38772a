"""Proof by HTTP: a file comes once, by its ticket, and HR of the deciding department opens it, as an attachment.

What comes is put together in memory, piece by piece, until it was looked at whole and sealed: no byte of it is written
anywhere before, and it is never copied as a whole.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from graphql import GraphQLError
from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from api.candidate_words import SAID
from api.identity import bearer
from api.requests import record
from graph import proofs
from graph.client import EngineUnavailable
from graph.exporting import Damaged
from graph.file_faults import SENTENCES as FAULTS
from graph.file_faults import Content, FileFault, NotTaken
from graph.file_kinds import MOST_BYTES, FileKind, name_fault
from graph.file_unfolding import in_pieces
from graph.proofs import OpenFile, TicketRow
from graph.refusals import SENTENCES as REFUSALS
from graph.refusals import Code, Refusal
from schema.ids import id_of, to_global

if TYPE_CHECKING:
    from api.candidate_pages import CandidatePages
    from api.http import Server

AROUND = 64 * 1024
"""Bytes that a form may have besides the file."""
AT_ONCE = 4
"""Files that a process takes in at the same time: each is in memory until it is sealed."""
LONGEST = 120.0
"""Seconds in which a file must have come: ten megabytes at a slow phone's 100 kB a second."""
MEDIA = {
    FileKind.PDF: ("application/pdf", "pdf"),
    FileKind.JPEG: ("image/jpeg", "jpg"),
    FileKind.PNG: ("image/png", "png"),
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
STATUSES = {FileFault.TOO_LARGE: 413, FileFault.WRONG_TYPE: 415}
REFUSED = {Code.NOT_ALLOWED: 403, Code.NOT_FOUND: 404, Code.PROOF_PURGED: 410}


@dataclass(frozen=True, slots=True)
class Told:
    """What an upload came to: a code, and a sentence in both languages; `page` is where the form then leads."""

    status: int
    code: str
    sentences: tuple[str, str]
    proof: str | None = None
    page: str = "proof"


GONE = Told(404, "TICKET_GONE", SAID["TICKET_GONE"], page="record")
SLOW = Told(408, "TOO_SLOW", SAID["TOO_SLOW"])
BUSY = Told(503, "BUSY", SAID["BUSY"])
BROKEN = Told(400, "BAD_REQUEST", SAID["BAD_REQUEST"])
UNREADABLE = ("该文件无法打开。", "This file cannot be opened.")
NOBODY = ("请先登录。", "Sign in first.")


class Proofs:
    """The two routes of files."""

    def __init__(self, server: Server, pages: CandidatePages) -> None:
        self._server = server
        self._pages = pages
        self._room = asyncio.Semaphore(AT_ONCE)

    def routes(self) -> list[Route]:
        return [
            Route("/c/proof/{ticket}", self.upload, methods=["POST"]),
            Route("/proofs/{id}", self.download, methods=["GET"]),
        ]

    async def upload(self, request: Request) -> Response:
        told = await self.take(request, request.path_params["ticket"])
        if (log := record()) is not None and told.proof is None:
            log.failed([told.code])
        if "text/html" not in request.headers.get("accept", ""):
            return _json(told)
        return self._pages.after_upload(request, told.code, status=told.status, to=told.page)

    async def take(self, request: Request, ticket: str) -> Told:
        """Takes the file that a request carries, by a ticket; each refusal is a sentence, and nothing is stored."""
        rates, graph = self._server.rates, self._server.graph
        if await rates.admit(rates.caller(None, request.client and request.client.host)) is not None:
            return BUSY
        try:
            found = await proofs.find_ticket(graph, ticket, self._server.clock())
            if found is None:
                return GONE
            if self._room.locked():
                return BUSY
            async with self._room, asyncio.timeout(LONGEST):
                plain = await _file(request)
                outcome = await proofs.receive(graph, found, plain, self._server.clock())
        except NotTaken as refused:
            return Told(STATUSES.get(refused.fault, 422), refused.fault.value, FAULTS[refused.fault])
        except TimeoutError:
            return SLOW
        except ClientDisconnect:
            return BROKEN
        except EngineUnavailable:
            return BUSY
        if isinstance(outcome, Refusal):
            used = outcome.code in (Code.KEY_REUSED, Code.NOT_FOUND)
            return GONE if used else Told(409, outcome.code.value, REFUSALS[outcome.code], page="record")
        return Told(201, "RECEIVED", SAID["RECEIVED"], to_global("Proof", outcome.id), _page_of(found))

    async def download(self, request: Request) -> Response:
        id = id_of("Proof", request.path_params["id"])
        context = await self._server.context(request, bearer(request.headers.get("authorization")))
        try:
            act = await context.act("openProof", None, {"proof": id})
            rates = self._server.rates
            if await rates.admit(rates.caller(context.subject, request.client and request.client.host)) is not None:
                return _json(BUSY)
            opened = await proofs.open_file(self._server.graph, act, id)
        except GraphQLError as error:
            return _json(Told(401, str((error.extensions or {}).get("code")), NOBODY))
        except EngineUnavailable:
            return _json(BUSY)
        except Damaged:
            return _json(Told(500, FileFault.DAMAGED.value, UNREADABLE))
        if isinstance(opened, Refusal):
            return _json(Told(REFUSED.get(opened.code, 409), opened.code.value, REFUSALS[opened.code]))
        return attachment(id, opened)


def attachment(id: str, opened: OpenFile) -> Response:
    """A file as it is given out: to be kept, never to be shown within a page of ours."""
    media, ending = MEDIA[opened.kind]
    attached = {"Content-Disposition": f'attachment; filename="proof-{id[:8]}.{ending}"'}
    length = {"Content-Length": str(len(opened.plain))}
    return StreamingResponse(_given_out(opened.plain), 200, HEADERS | attached | length, media)


async def _given_out(plain: Content) -> AsyncGenerator[bytes]:
    """As fast as whoever reads it takes them, so that no more than one waits beside the file itself."""
    for piece in in_pieces([memoryview(plain)]):
        yield bytes(piece)


async def _file(request: Request) -> bytearray:
    """The one file that a request carries: as its body, or in a form."""
    length = request.headers.get("content-length", "0")
    if not length.isdigit() or int(length) > MOST_BYTES + AROUND:
        raise NotTaken(FileFault.TOO_LARGE)
    media, options = parse_options_header(request.headers.get("content-type", ""))
    async with aclosing(_bounded(request)) as pieces:
        if media == b"multipart/form-data":
            if not options.get(b"boundary"):
                raise NotTaken(FileFault.DAMAGED)
            return await of_form(pieces, options.get(b"boundary", b""))
        _check_name(request.headers.get("content-disposition", ""))
        plain = bytearray()
        async for piece in pieces:
            plain += piece
        return plain


async def _bounded(request: Request) -> AsyncGenerator[bytes]:
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > MOST_BYTES + AROUND:
            raise NotTaken(FileFault.TOO_LARGE)
        yield piece


def _check_name(disposition: str) -> None:
    """Refuses a name that leads elsewhere, as it was written: what reads headers takes paths away."""
    _, options = parse_options_header(disposition)
    given = [options.get(b"filename", b"").decode(errors="replace"), *re.findall(r"filename\*?=(.*)", disposition)]
    if any(fault := name_fault(name) for name in given):
        raise NotTaken(fault or FileFault.BAD_NAME)


class _Form:
    """The parts of a form as they come; only what is a file is kept."""

    def __init__(self, boundary: bytes) -> None:
        self.file = bytearray()
        self.whole = False
        self._files = 0
        self._is_file = False
        self._headers: dict[bytes, bytes] = {}
        self._name, self._value = b"", b""
        heard: Any = {name: getattr(self, name) for name in dir(self) if name.startswith("on_")}
        self._parser = MultipartParser(boundary, heard)

    def write(self, piece: bytes) -> None:
        self._parser.write(piece)

    def on_part_begin(self) -> None:
        self._headers, self._is_file = {}, False

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def on_header_end(self) -> None:
        self._headers[self._name.lower()] = self._value
        self._name, self._value = b"", b""

    def on_headers_finished(self) -> None:
        disposition = self._headers.get(b"content-disposition", b"")
        if b"filename" not in disposition:
            return
        _check_name(disposition.decode(errors="replace"))
        self._is_file, self._files = True, self._files + 1
        if self._files > 1:
            raise NotTaken(FileFault.AMBIGUOUS)

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self.file += data[start:end]

    def on_end(self) -> None:
        self.whole = True


async def of_form(pieces: AsyncIterator[bytes], boundary: bytes) -> bytearray:
    """The one file of a form; NotTaken where the form is not whole, or has more than one."""
    try:
        form = _Form(boundary)
        async for piece in pieces:
            form.write(piece)
    except FormParserError as error:
        raise NotTaken(FileFault.DAMAGED) from error
    if not form.whole:
        raise NotTaken(FileFault.DAMAGED)
    # The parser and what it tells of the parts know each other: what is left to them is there until both are collected.
    file, form.file = form.file, bytearray()
    return file


def _json(told: Told) -> Response:
    zh, en = told.sentences
    body: Mapping[str, Any] = (
        {"data": {"proof": told.proof}}
        if told.proof
        else {"errors": [{"message": en, "extensions": {"code": told.code, "messageZh": zh}}]}
    )
    headers = HEADERS | ({"Retry-After": "5"} if told.status == 503 else {})
    return Response(orjson.dumps(body), told.status, headers, "application/json; charset=utf-8")


def _page_of(ticket: TicketRow) -> str:
    """Where the candidate sees what the file bears on."""
    return "" if ticket.finding is None else "record"
