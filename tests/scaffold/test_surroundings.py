"""The files around the code: read back by somebody else's parsers, and typed text never becomes more than a value."""

from __future__ import annotations

import importlib
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from dotenv import dotenv_values

from backendkit.model import Design
from backendkit.scaffold import generate
from backendkit.scaffold.surroundings import BUILT_IN, own_settings, settings, surroundings
from tests.scaffold.hostile import AWKWARD

SHOP = {
    "name": "Shop",
    "environment": {
        "tools": [{"id": "python", "kind": "language", "version": "3.13"}],
        "services": [
            {
                "id": "postgres", "image": "postgres:17", "port": 5433, "variables": ["PG_PASSWORD", "PG_USER", "gone"],
                "volume": "/var/lib/postgresql/data", "health": "pg_isready -U $PG_USER",
            },
            {"id": "mailbox", "image": "axllent/mailpit:v1.27", "port": 1025, "page": 8025},
            {"id": "later"},
        ],
        "variables": [
            {"id": "PG_PASSWORD", "secret": True, "about": "Opens the database", "default": "hunter2", "example": "hunter3"},
            {"id": "PG_USER", "default": "shop", "about": "Who asks."},
            {"id": "MAIL_URL", "example": "smtp://127.0.0.1:1025", "about": "Where mails go."},
            {"id": "TRACE", "optional": True, "about": "Writes down every call."},
            {"id": "LOG_LEVEL", "default": "DEBUG", "about": "Much, on our machines."},
            {"id": "not a name", "default": "x"},
        ],
    },
}  # fmt: skip


def files(values: dict[str, Any] | None = None) -> dict[str, str]:
    return surroundings(Design.load(SHOP if values is None else values))


def variables(text: str) -> dict[str, str | None]:
    """What the service reads of the file."""
    return dict(dotenv_values(stream=io.StringIO(text)))


def compose(values: dict[str, Any] | None = None) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(files(values)["compose.yaml"])
    return found


def test_every_variable_is_explained_and_those_of_every_service_come_first() -> None:
    text = files()[".env.example"]
    named = re.findall(r"(?m)^(?:# )?([A-Z_]+)=", text)
    assert named[: len(BUILT_IN)] == [name for name, *_ in BUILT_IN]
    assert named[len(BUILT_IN) :] == ["PG_PASSWORD", "PG_USER", "MAIL_URL", "TRACE"]
    for block in text.split("\n\n")[1:]:
        assert block.startswith("# ")
        assert len(block.splitlines()) > 1


def test_no_secret_stands_in_the_file_and_examples_do() -> None:
    text = files()[".env.example"]
    assert "hunter" not in "".join(files().values())
    assert variables(text) == {
        "DATABASE_URL": "sqlite:///service.db",
        "JWT_KEYS": "",
        "ENCRYPTION_KEYS": "",
        "API_KEYS": "",
        "ALLOWED_HOSTS": "127.0.0.1,localhost,[::1]",
        "LOG_LEVEL": "DEBUG",
        "CREATE_TABLES": "true",
        "RATE_STORAGE": "memory://",
        "OIDC_CLAIM": "email",
        "PG_PASSWORD": "",
        "PG_USER": "shop",
        "MAIL_URL": "smtp://127.0.0.1:1025",
    }


def test_a_secret_address_of_the_database_leaves_the_one_of_the_service() -> None:
    text = files({"environment": {"variables": [{"id": "DATABASE_URL", "secret": True}]}})[".env.example"]
    assert "# DATABASE_URL=\n" in text
    assert "DATABASE_URL" not in variables(text)


def test_the_provider_of_the_design_is_the_one_whose_tokens_are_taken() -> None:
    login = {"id": "log-in", "provider": "https://id.example"}
    text = files({"security": {"authentication": login}})[".env.example"]
    assert variables(text)["OIDC_ISSUER"] == "https://id.example"
    assert variables(text)["OIDC_AUDIENCE"] == "service"


def test_the_service_reads_its_own_variables_and_not_those_of_the_programs_beside_it() -> None:
    assert [each.name for each in own_settings(Design.load(SHOP))] == ["mail_url", "trace"]


def test_its_settings_have_them_as_fields_whatever_they_are_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("MAIL_URL", "BANK_KEY", "CLASS", "JSON", "COPY", "MODEL_CONFIG", "_X", "LOG_LEVEL")
    own = [{"id": name, "secret": name == "BANK_KEY", "default": "it's \"\n{{ x }}"} for name in names]
    source = generate(Design.load({"environment": {"variables": own}}))["service/settings.py"]
    (tmp_path / "settings_made_here.py").write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    made = importlib.import_module("settings_made_here").Settings
    monkeypatch.setenv("MAIL_URL", "smtp://here")
    monkeypatch.setenv("BANK_KEY", "hunter2")
    found = made(_env_file=None)
    assert (found.mail_url, found.bank_key.get_secret_value()) == ("smtp://here", "hunter2")
    assert "hunter2" not in repr(found)
    assert {"class", "json", "copy", "_x"}.isdisjoint(made.model_fields)


def test_services_listen_on_this_machine_only_and_start_with_what_they_need() -> None:
    found = compose()
    assert found["services"]["postgres"] == {
        "image": "postgres:17",
        "environment": {"PG_PASSWORD": "${PG_PASSWORD:?write it into .env}", "PG_USER": "${PG_USER}"},
        "ports": ["127.0.0.1:5433:5432"],
        "volumes": [{"type": "volume", "source": "postgres-data", "target": "/var/lib/postgresql/data"}],
        "healthcheck": {
            "test": ["CMD-SHELL", "pg_isready -U $$PG_USER"],
            "interval": "5s",
            "timeout": "3s",
            "retries": 12,
        },
    }
    assert found["services"]["mailbox"]["ports"] == ["127.0.0.1:1025:1025", "127.0.0.1:8025:8025"]
    assert found["volumes"] == {"postgres-data": {}}
    assert found.keys() == {"services", "volumes"}
    assert found["services"].keys() == {"postgres", "mailbox"}


def test_without_services_there_is_nothing_to_start() -> None:
    assert "compose.yaml" not in files({})
    assert "initializeCommand" not in json.loads(files({})[".devcontainer/devcontainer.json"])


def test_the_editors_container_has_the_python_of_the_design_and_starts_the_services() -> None:
    found = json.loads(files()[".devcontainer/devcontainer.json"])
    assert (found["name"], found["image"]) == ("Shop", "python:3.13")
    assert found["initializeCommand"].startswith("docker compose up")


def test_the_checks_before_a_commit_fetch_nothing() -> None:
    (repo,) = yaml.safe_load(files()[".pre-commit-config.yaml"])["repos"]
    assert repo["repo"] == "local"
    assert [hook["entry"] for hook in repo["hooks"]] == ["ruff check --fix", "ruff format", "mypy"]
    assert {hook["language"] for hook in repo["hooks"]} == {"system"}


def test_the_filled_file_is_ignored_by_git() -> None:
    assert ".env" in files()[".gitignore"].splitlines()


@pytest.mark.parametrize(
    "text", [*AWKWARD, "a\nEVIL=1", "x'\nEVIL=1", "$EVIL", "${EVIL:-1}", "*/ # x", "a=b"]
)
def test_typed_text_stays_a_value_or_a_comment(text: str) -> None:
    prose = {"name": text, "about": text}
    service = {
        "image": text,
        "port": 5432,
        "health": text,
        "volume": f"/{text}",
        "variables": ["A", "B"],
        **prose,
    }
    kinds = [{"default": text}, {"example": text}, {"secret": True, "default": text}, {"optional": True}]
    found = files(
        {
            "name": text,
            "environment": {
                "tools": [{"id": "python", "version": text}],
                "services": [{"id": text, **service}, {"id": f"{text} 2", **service}],
                "variables": [{"id": id, **prose, **more} for id, more in zip("ABCD", kinds, strict=True)],
            },
        }
    )
    read = variables(found[".env.example"])
    assert read.keys() <= {name for name, *_ in BUILT_IN} | {"A", "B", "C", "D"}
    one_line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    assert read.get("A") in (None, one_line)
    assert read["C"] == ""
    assert all(line.startswith("#") or "=" in line or not line for line in found[".env.example"].split("\n"))
    about = json.loads(found[".devcontainer/devcontainer.json"])
    assert "${" not in about["name"]
    assert about["image"] == "python:3.12"
    for service in (
        yaml.safe_load(found["compose.yaml"])["services"] if "compose.yaml" in found else {}
    ).values():
        assert service["image"] == one_line.replace("$", "$$")
        assert not re.search(r"(?<!\$)(\$\$)*\$(?!\$)", service["image"] + service["healthcheck"]["test"][1])
        assert service["ports"] == ["127.0.0.1:5432:5432"]
        assert service["environment"] == {"A": "${A}", "B": "${B}"}


def test_settings_are_the_same_every_time() -> None:
    assert settings(Design.load(SHOP)) == settings(Design.load(SHOP))
    assert files() == files()
