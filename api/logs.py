"""The log: lines of JSON on stderr, or of text in development, that hold nothing a client wrote about anybody.

Never in it: variables, query text, tokens, names, contacts, reasons, nor the text of an exception, which may quote a
stored value. An exception is told by its types, its database code, and where it was raised; whole in development alone.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO, cast

import orjson
import structlog
from structlog.typing import FilteringBoundLogger, Processor

from graph.watching import watcher

OWN = "turnout"
"""The logger of our own modules, whose texts and values are ours; of other loggers' only the template is told."""
FRAMES = 12
CODE = re.compile(r"[A-Za-z0-9_.]{1,100}")

Failure = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def open_log(*, development: bool, stream: TextIO | None = None) -> FilteringBoundLogger:
    """A log on `stream`, stderr by default: to be read by people in development, by machines else."""
    stream = stream or cast(TextIO, sys.stderr)
    stamps: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if development:
        render: Processor = structlog.dev.ConsoleRenderer(colors=stream.isatty(), sort_keys=False)
    else:
        render = structlog.processors.JSONRenderer(serializer=_json)
    return structlog.wrap_logger(
        Lines(stream),
        processors=[*stamps, render],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )


def _json(event: Any, **_: Any) -> str:
    return orjson.dumps(event, default=str).decode()


class Lines(structlog.WriteLogger):
    """Writes lines; a reader that went away must not take requests with it."""

    def msg(self, message: str) -> None:
        with suppress(OSError):
            super().msg(message)

    debug = info = warning = error = critical = log = msg


class Forward(logging.Handler):
    """Hands on what modules and libraries log by the standard library, with the request that it happened in."""

    def __init__(self, log: FilteringBoundLogger, *, development: bool) -> None:
        super().__init__(logging.WARNING)
        self._log = log
        self._failure = whole_failure if development else failure

    def emit(self, record: logging.LogRecord) -> None:
        fields: dict[str, Any] = {"logger": record.name}
        if (id := getattr(watcher(), "id", None)) is not None:
            fields["id"] = id
        if record.exc_info:
            fields |= self._failure(record.exc_info)
        self._log.log(record.levelno, _text(record), **fields)


def forward(log: FilteringBoundLogger, *, development: bool) -> None:
    """Makes `log` the place of everything that is logged in this process."""
    root = logging.getLogger()
    root.handlers[:] = [Forward(log, development=development)]
    root.setLevel(logging.WARNING)


def _text(record: logging.LogRecord) -> str:
    is_own = record.name.split(".")[0] == OWN
    return record.getMessage() if is_own else str(record.msg).partition("\n")[0]


def failure(raised: Failure) -> dict[str, Any]:
    """An exception without its text: the types of it and its causes, the database's code, and where it was raised."""
    error = raised[1]
    if error is None:
        return {}
    chain = list(_chain(error))
    frames = traceback.extract_tb(chain[-1].__traceback__)[-FRAMES:]
    fields: dict[str, Any] = {
        "errors": [f"{type(each).__module__}.{type(each).__qualname__}" for each in chain],
        "at": [f"{'/'.join(Path(frame.filename).parts[-2:])}:{frame.lineno} {frame.name}" for frame in frames],
    }
    code = getattr(chain[-1], "code", None)
    if isinstance(code, str) and CODE.fullmatch(code):
        fields["code"] = code
    return fields


def whole_failure(raised: Failure) -> dict[str, Any]:
    return {"exception": "".join(traceback.format_exception(raised[1]))}


def _chain(error: BaseException) -> Generator[BaseException]:
    """The exception and what led to it, the first cause last."""
    seen: set[int] = set()
    each: BaseException | None = error
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        yield each
        each = each.__cause__ or each.__context__
