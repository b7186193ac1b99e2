"""Icons: exact names only, from the diagrams package only."""

from __future__ import annotations

import pytest

from backendkit.draw import technologies
from backendkit.draw.icons import _files, _table, icon


def test_every_name_on_our_list_has_an_icon() -> None:
    assert [name for name, path in _table()["icons"].items() if path not in _files()[""]] == []


def test_every_provider_on_our_list_has_icons() -> None:
    assert set(_table()["providers"].values()) <= set(_files())


@pytest.mark.parametrize(
    "technology",
    [
        "postgres",
        "PostgreSQL 16",
        "FastAPI, Python 3.12",
        "react",
        "aws lambda",
        "Kubernetes",
        "Node.js",
        "redis",
    ],
)
def test_a_technology_is_known_by_the_name_people_use(technology: str) -> None:
    assert icon(technology).startswith("data:image/png;base64,")


@pytest.mark.parametrize(
    "technology", ["", "post", "sql database", "../../etc/passwd", "k8s.png", "my own", "lambda "]
)
def test_anything_else_has_none(technology: str) -> None:
    assert icon(technology) == ""


def test_case_and_version_do_not_matter() -> None:
    assert icon("POSTGRESQL v16.2") == icon("postgres") == icon("pg")


def test_every_name_that_is_offered_has_an_icon_and_is_one_people_write() -> None:
    names = technologies()
    assert {"postgres", "postgresql", "fastapi", "react", "redis", "stripe", "aws lambda"} <= {*names}
    assert all(icon(name) for name in names[::25])
    assert "decision" not in names
