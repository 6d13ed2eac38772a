"""Trusted documents: read from where the operator keeps them, and found by the ids that requests send."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

import orjson

from api.settings import Settings, SetupError

SUFFIXES = frozenset({".graphql", ".gql"})
ID = re.compile(r"[A-Za-z0-9._~-]{1,200}")
"""An id of GraphQL over HTTP; one with a colon is the prefix of a method and what it yields."""


class Unknown(Exception):
    """A document that a request may not have; its text is a sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Library:
    """Texts by id, and by `sha256:` with the hash of the text; with `only`, no other text is answered."""

    def __init__(self, texts: Mapping[str, str], *, only: bool = False) -> None:
        self._texts = {f"sha256:{sha256(text.encode()).hexdigest()}": text for text in texts.values()} | dict(texts)
        self._only = only

    def text(self, query: Any, id: Any) -> Any:
        """The text that a request asks for, by itself or by its id; Unknown where it may not have it."""
        if id is None:
            if self._only:
                raise Unknown("DOCUMENT_REQUIRED", "This server answers trusted documents only: send a documentId.")
            return query
        if query is not None:
            raise Unknown("BAD_REQUEST", "Send a query or a documentId, not both.")
        if not isinstance(id, str):
            raise Unknown("BAD_REQUEST", "The documentId is not a text.")
        if id not in self._texts:
            raise Unknown("DOCUMENT_NOT_FOUND", "There is no document of this id on this server.")
        return self._texts[id]


def read_documents(settings: Settings) -> dict[str, str]:
    """Texts by id, of a folder or of the file that relay-compiler writes; SetupError where there are none to read."""
    place = settings.documents
    if place is None:
        if settings.documents_only:
            raise SetupError("Set TURNOUT_DOCUMENTS too: TURNOUT_DOCUMENTS_ONLY leaves nothing else to answer.")
        return {}
    try:
        texts = _of_folder(place) if place.is_dir() else _of_file(place)
    except OSError as error:
        raise SetupError(f"TURNOUT_DOCUMENTS cannot be read: {error.strerror}: {error.filename}.") from error
    except UnicodeDecodeError as error:
        raise SetupError("TURNOUT_DOCUMENTS holds a file that is not UTF-8.") from error
    for id in texts:
        if not ID.fullmatch(id):
            raise SetupError(f"TURNOUT_DOCUMENTS: {id!r} cannot be an id: use letters, digits and any of -._~ alone.")
    return texts


def _of_folder(place: Path) -> dict[str, str]:
    """A document for each file, below folders too; its id is the file's name without the ending."""
    texts: dict[str, str] = {}
    for path in sorted(path for path in place.rglob("*") if path.suffix in SUFFIXES):
        if path.stem in texts:
            raise SetupError(f"TURNOUT_DOCUMENTS holds two files that are named {path.stem}.")
        texts[path.stem] = path.read_text("utf-8")
    if not texts:
        raise SetupError(f"TURNOUT_DOCUMENTS names {place}, which holds no .graphql file.")
    return texts


def _of_file(place: Path) -> dict[str, str]:
    try:
        held: Any = orjson.loads(place.read_bytes())
    except orjson.JSONDecodeError as error:
        raise SetupError(f"TURNOUT_DOCUMENTS names {place}, which is neither a folder nor JSON.") from error
    texts = cast(dict[str, Any], held) if isinstance(held, dict) else {}
    if not texts or not all(isinstance(text, str) for text in texts.values()):
        raise SetupError(f"TURNOUT_DOCUMENTS names {place}, which is not an object of texts by id.")
    return texts
