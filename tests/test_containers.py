"""Dockerfile and docker-compose.yml, as far as they can be tested without Docker.

The image's steps take a minute and are run where TURNOUT_TEST_IMAGE is set.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
import tomllib
import urllib.error
import urllib.request
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.settings import Profile, Settings, read_settings
from tests.ports import free_port

ROOT = Path(__file__).parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
STEPS = [
    tuple(line.split(None, 1))
    for line in (ROOT / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    if line and not line.startswith("#")
]
REQUIRED = re.compile(r"(neo4j/)?\$\{[A-Z0-9_]+:\?[^}]{20,}\}")
"""What compose refuses to start without, saying the sentence."""
SECRET = re.compile("PASSWORD|KEY|AUTH|SECRET|TOKEN")
PINNED = re.compile(r"[a-z0-9/]+:\d+\.\d+\.\d+-[a-z0-9-]+")


def steps(name: str) -> list[str]:
    return [rest for step, rest in STEPS if step == name]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_asked_for_its_health(name: str) -> None:
    command = " ".join(SERVICES[name]["healthcheck"]["test"])
    assert {"neo4j": "bolt://127.0.0.1:7687 'RETURN 1'", "api": "http://127.0.0.1:8000/readyz"}[name] in command
    assert SERVICES[name]["healthcheck"].keys() >= {"interval", "timeout", "retries", "start_period"}


def test_the_image_is_asked_as_the_service_is() -> None:
    (health,) = steps("HEALTHCHECK")
    assert json.loads(health.split("CMD", 1)[1]) == SERVICES["api"]["healthcheck"]["test"][1:]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_does_not_start_without_its_secrets(name: str) -> None:
    given = SERVICES[name]["environment"]
    secrets = {variable: value for variable, value in given.items() if SECRET.search(variable)}
    assert secrets
    assert not [variable for variable, value in secrets.items() if not REQUIRED.fullmatch(value)]
    assert ":-" not in json.dumps(given), "a default would be everybody's password"


@pytest.mark.parametrize("file", ["Dockerfile", "docker-compose.yml"])
def test_no_secret_is_in_a_file(file: str) -> None:
    text = (ROOT / file).read_text()
    assert not re.search(r"[A-Za-z0-9+/]{40,}={0,2}", text)
    assert not re.search(r"(?i)(password|secret|token|_key|auth)\s*[=:]\s*[\"']?(?!neo4j/\$)[a-z0-9]", text)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_published_to_this_machine_alone(name: str) -> None:
    assert SERVICES[name]["ports"]
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name]["ports"])
    assert "network_mode" not in SERVICES[name]


def test_images_are_pinned() -> None:
    images = [rest.split()[0] for rest in steps("FROM")] + [SERVICES["neo4j"]["image"]]
    assert len(images) == 3
    assert not [image for image in images if not PINNED.fullmatch(image)]


def test_the_api_may_do_little() -> None:
    api = SERVICES["api"]
    assert api["read_only"] is True
    assert api["cap_drop"] == ["ALL"]
    assert all("no-new-privileges:true" in service["security_opt"] for service in SERVICES.values())
    last = STEPS[max(at for at, (step, _) in enumerate(STEPS) if step == "FROM") :]
    (user,) = [rest for step, rest in last if step == "USER"]
    assert int(user) > 0


def test_what_is_kept_is_on_a_volume() -> None:
    assert SERVICES["api"]["volumes"] == ["keys:/var/lib/turnout"]
    assert steps("VOLUME") == ["/var/lib/turnout"]
    assert SERVICES["neo4j"]["volumes"] == ["neo4j:/data"]
    assert COMPOSE["volumes"].keys() == {"keys", "neo4j"}


def environment() -> dict[str, str]:
    """What the API finds in its container, where only what must be set was set."""
    image = dict(part.split("=", 1) for part in steps("ENV")[0].split())
    secrets = {"TURNOUT_NEO4J_PASSWORD": "a password", "TURNOUT_MASTER_KEY": b64encode(b"k" * 32).decode()}
    given = {name: value for name, value in SERVICES["api"]["environment"].items() if value is not None}
    return image | given | secrets


def test_the_containers_settings_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("TURNOUT_"):
            monkeypatch.delenv(name)
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    settings = read_settings()
    assert settings.profile is Profile.PRODUCTION
    assert settings.read_master_keys() == {1: b"k" * 32}
    assert (settings.host, settings.port, str(settings.data)) == ("0.0.0.0", 8000, "/var/lib/turnout")
    named = {name for name in [*SERVICES["api"]["environment"], *environment()] if name.startswith("TURNOUT_")}
    assert named <= {f"TURNOUT_{name.upper()}" for name in Settings.model_fields}


def test_the_image_holds_every_package() -> None:
    copied = [rest.split() for rest in steps("COPY") if not rest.startswith("--from")]
    sources = {source for sources in copied for source in sources[:-1]}
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert sources == {*packages["packages"], "requirements.lock", "pyproject.toml", "README.md"}
    assert all((ROOT / source).exists() for source in sources)
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert kept == sources, "nothing else, such as var/, reaches the builder"


@pytest.mark.skipif(not os.environ.get("TURNOUT_TEST_IMAGE"), reason="TURNOUT_TEST_IMAGE is not set; takes a minute")
def test_the_images_steps_make_a_server_that_is_ready(tmp_path: Path) -> None:
    """In a fresh folder with an environment of its own, on the embedded engine for want of a Neo4j beside it."""
    image = tmp_path / "image"
    image.mkdir()
    for step, rest in STEPS[: [step for step, _ in STEPS].index("FROM", 1)]:
        if step == "COPY":
            *sources, target = rest.split()
            for source in sources:
                copy(ROOT / source, image / target / source if target == "./" else image / target)
        elif step == "RUN":
            subprocess.run(["sh", "-euc", rest], cwd=image, check=True)
    port = free_port()
    given = environment() | {
        "TURNOUT_HOST": "127.0.0.1",
        "TURNOUT_PORT": str(port),
        "TURNOUT_DATA": str(tmp_path / "d"),
    }
    del given["TURNOUT_NEO4J_URI"], given["TURNOUT_NEO4J_PASSWORD"]
    command = json.loads(steps("ENTRYPOINT")[0]) + json.loads(steps("CMD")[0])
    server = subprocess.Popen(command, cwd=image, env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), **given})
    try:
        until_ready(port)
        health = [part.replace(":8000/", f":{port}/") for part in SERVICES["api"]["healthcheck"]["test"][1:]]
        subprocess.run(health, cwd=image, check=True)
    finally:
        server.terminate()
        assert server.wait(20) == 0
    assert subprocess.run(health, cwd=image, check=False, capture_output=True).returncode != 0


def copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


def until_ready(port: int) -> None:
    give_up = time.monotonic() + 120
    while time.monotonic() < give_up:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2)
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise AssertionError("it never was ready")
