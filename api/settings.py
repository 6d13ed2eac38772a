"""What an operator may set, by environment variables that begin with TURNOUT_."""

from __future__ import annotations

import base64
import binascii
import os
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class SetupError(Exception):
    """Something stands in the way of starting; its text is one sentence for the operator."""


class Profile(Enum):
    """How open a server is: development shows introspection, queries by GET and the demo page."""

    PRODUCTION = "production"
    DEVELOPMENT = "development"


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose tokens count: the issuer, the audience that they must name, where its keys are, which claim is the user."""

    issuer: str
    audience: str
    jwks_url: str | None
    subject_claim: str


class Settings(BaseSettings):
    """All settings, with what they mean as the README tells it."""

    model_config = SettingsConfigDict(env_prefix="TURNOUT_", extra="ignore")

    profile: Profile = Field(Profile.PRODUCTION, description="`production` or `development`.")
    host: str = Field("127.0.0.1", description="The address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="The port to listen on.")
    data: Path = Field(Path("var"), description="The folder for the embedded engine, keys and logs.")
    neo4j_uri: str | None = Field(
        None, description="`bolt://` or `neo4j://` address of a Neo4j; the embedded engine where it is not set."
    )
    neo4j_user: str = Field("neo4j", description="The Neo4j user.")
    neo4j_password: str | None = Field(None, description="The Neo4j password; no authentication where it is not set.")
    neo4j_database: str | None = Field(None, description="The Neo4j database; the server's default where not set.")
    master_key: str | None = Field(
        None,
        description="32 bytes in base64 that wrap every candidate's key; several as `2:…,1:…`, each with its version. "
        "Alone it is version 1. In development a key is made in the data "
        "folder; in production it must be set.",
    )
    candidate_keys: str | None = Field(
        None, description="Where candidates' keys are kept: a folder or an `s3://` address; in the data folder else."
    )
    public_url: str | None = Field(
        None,
        description="The address under which candidates reach this server, as `https://jobs.example.com`; by default "
        "this machine's own. Their links begin with it.",
    )
    smtp_url: str | None = Field(
        None,
        description="The mail server for messages, as `smtps://user:password@mail.example.com:465` or `smtp://…:587`; "
        "beyond this machine never without TLS.",
    )
    mail_from: str = Field("turnout@localhost", description="Whom messages are from, and calendars answer to.")
    message_webhook_url: str | None = Field(
        None, description="Takes messages instead of a mail server, signed after Standard Webhooks."
    )
    message_webhook_secret: str | None = Field(
        None, description="The key that signs them: `whsec_` and 24 or more bytes in base64."
    )
    outbox: Path | None = Field(
        None,
        description="A folder that takes messages as `.eml` files where neither is set; in development `outbox` in the "
        "data folder.",
    )
    proofs: str | None = Field(
        None,
        description="Where candidates' proof is kept, sealed: a folder or an `s3://` address; in the data folder else.",
    )
    introspection: bool | None = Field(
        None, description="Whether the schema may be asked for; by default in development only."
    )
    origins: str | None = Field(
        None,
        description="Origins whose pages may ask `/graphql` from a browser (CORS), as `https://hr.example.com`, with "
        "commas between them; none by default.",
    )
    ide: bool = Field(False, description="Serves GraphiQL at `/graphiql`; its page loads from a CDN.")
    oidc_issuer: str | None = Field(
        None, description="The OIDC issuer whose tokens count, as in their `iss`; local tokens are refused then."
    )
    oidc_audience: str | None = Field(None, description="What the tokens' `aud` must name; needed with an issuer.")
    oidc_jwks_url: str | None = Field(
        None, description="Where the issuer's keys are; found by `/.well-known/openid-configuration` else."
    )
    oidc_subject_claim: str = Field("sub", min_length=1, description="The claim that is a user's external id.")
    metrics: bool | None = Field(
        None, description="Serves `/metrics` for Prometheus, to anyone; by default in development only."
    )
    rate_points: int = Field(6000, ge=0, description="Points that a caller may spend in a minute; 0 for no limit.")
    rate_storage: str = Field(
        "memory://", description="Where points are counted: `memory://`, or `redis://` to share them among processes."
    )

    streams: int = Field(
        1000,
        ge=1,
        description="WebSockets and event streams that a process has open; others close with 1013 or get 503.",
    )
    traces_url: str | None = Field(
        None,
        description="Where OpenTelemetry spans are sent by OTLP over HTTP, as `http://collector:4318/v1/traces`; needs "
        "the extra `otel`.",
    )
    documents: Path | None = Field(
        None,
        description="Trusted documents: a folder of `.graphql` files, or the JSON of texts by id that relay-compiler "
        "writes. Requests name them by `documentId`.",
    )
    documents_only: bool = Field(False, description="Refuses every text that is not a trusted document.")

    @property
    def is_development(self) -> bool:
        return self.profile is Profile.DEVELOPMENT

    @property
    def shows_schema(self) -> bool:
        return self.is_development if self.introspection is None else self.introspection

    @property
    def shows_metrics(self) -> bool:
        return self.is_development if self.metrics is None else self.metrics

    @property
    def is_loopback(self) -> bool:
        return self.host in LOOPBACK

    def trust(self) -> Trust | None:
        """The issuer that is trusted; null where none is set. SetupError where what is set is not enough."""
        if not self.oidc_issuer:
            return None
        if not self.oidc_audience:
            raise SetupError(
                "Set TURNOUT_OIDC_AUDIENCE too: a token of the issuer for anybody else must not open this."
            )
        for name, url in (("ISSUER", self.oidc_issuer), ("JWKS_URL", self.oidc_jwks_url)):
            if url is not None and not is_safe_url(url):
                raise SetupError(f"TURNOUT_OIDC_{name} must begin with https://, or with http:// on loopback.")
        return Trust(self.oidc_issuer, self.oidc_audience, self.oidc_jwks_url, self.oidc_subject_claim)

    def address(self, port: int) -> str:
        """Where candidates' links lead; SetupError where what they send there could be read on the way."""
        if self.public_url is None:
            host = self.host if self.is_loopback else "127.0.0.1"
            return f"http://{f'[{host}]' if ':' in host else host}:{port}"
        return origin("PUBLIC_URL", self.public_url)

    def allowed_origins(self) -> list[str]:
        """Whose pages may ask from a browser; SetupError where what is set is no origin."""
        return [origin("ORIGINS", each.strip()) for each in (self.origins or "").split(",") if each.strip()]

    @property
    def engine_folder(self) -> Path:
        return self.data / "engine"

    @property
    def engine_address(self) -> Path:
        """Where a running server leaves its engine's address for the operator's other commands."""
        return self.data / "engine-address.json"

    def key_place(self) -> Path | str:
        place = self.candidate_keys
        if place is None:
            return self.data / "candidate-keys"
        return place if "://" in place else Path(place)

    def proof_place(self) -> Path | str:
        place = self.proofs
        if place is None:
            return self.data / "proofs"
        return place if "://" in place else Path(place)

    def read_master_keys(self) -> dict[int, bytes]:
        """The master key by its versions: as set, or in development as in the data folder, made where there is none."""
        if self.master_key is not None:
            return _versions(self.master_key)
        path = self.data / "master.key"
        if path.exists():
            return _versions(path.read_text().strip())
        if not self.is_development:
            raise SetupError(
                "Set TURNOUT_MASTER_KEY to 32 random bytes in base64, for example from: openssl rand -base64 32"
            )
        return {1: _made(path)}


def origin(name: str, url: str) -> str:
    """Scheme, host and port of a setting's address; SetupError where it is not safe, or names more than these."""
    if not is_safe_url(url) or urlsplit(url).path.strip("/"):
        raise SetupError(f"TURNOUT_{name} must begin with https://, or with http:// on loopback, and name no path.")
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def is_safe_url(url: str) -> bool:
    """Whether what comes from there can be believed: HTTPS, or a server on this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK))


def _versions(text: str) -> dict[int, bytes]:
    """`key`, or `2:key,1:key`."""
    keys: dict[int, bytes] = {}
    for part in text.split(","):
        version, named, key = part.strip().rpartition(":")
        if named and not (version.isascii() and version.isdigit() and 0 < int(version) < 1_000_000):
            raise SetupError(f"TURNOUT_MASTER_KEY names a version {version}; versions are 1, 2 and so on.")
        number = int(version) if named else 1
        if number in keys:
            raise SetupError(f"TURNOUT_MASTER_KEY holds two keys of version {number}: write 2:new,1:old.")
        keys[number] = _decoded(key)
    return keys


def _decoded(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise SetupError("TURNOUT_MASTER_KEY is not base64.") from error
    if len(key) != 32:
        raise SetupError(f"TURNOUT_MASTER_KEY holds {len(key)} bytes; it needs 32.")
    return key


def _made(path: Path) -> bytes:
    key = os.urandom(32)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(base64.b64encode(key).decode())
    except FileExistsError:
        return _decoded(path.read_text().strip())
    except OSError as error:
        raise SetupError(f"The folder {path.parent} cannot be written: {error.strerror}.") from error
    return key


def read_settings() -> Settings:
    """The settings of this environment; SetupError names the first that is not usable."""
    try:
        settings = Settings()  # pyright: ignore[reportCallIssue]
        settings.trust()
        settings.address(settings.port)
        return settings
    except ValidationError as error:
        first = error.errors()[0]
        name = "TURNOUT_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SetupError(f"{name} is not usable: {first['msg']}.") from error
