"""A design in a database: every revision is kept, with who and when, and nothing secret is shown."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backendkit.model import Evidence, Set, UserError
from backendkit.store import OpenDesign, design_exists, new_design, open_design

EVIDENCE = Evidence(requirement="Q1", value=0.12, at="2026-11-22T09:00:00Z", by="load", depends="abc")


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, without the name of a design."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'team.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url.replace("postgresql+psycopg", "postgresql")


@pytest.fixture
def shop(address: str) -> OpenDesign:
    return new_design(f"{address}#shop")


def test_a_design_is_made_opened_and_never_made_twice(address: str, shop: OpenDesign) -> None:
    assert design_exists(f"{address}#shop")
    assert not design_exists(f"{address}#library")
    with pytest.raises(UserError, match="holds a design already"):
        new_design(f"{address}#shop")
    with pytest.raises(UserError, match=r"^There is no design in "):
        open_design(f"{address}#library")
    with pytest.raises(UserError, match=r"Say which design: .* In this database: shop"):
        open_design(address)
    assert (shop.name, shop.folder, shop.out) == ("shop", None, Path("work/out/shop"))


def test_every_revision_is_kept_with_author_and_time_and_can_be_restored(
    address: str, shop: OpenDesign
) -> None:
    kim = open_design(f"{address}#shop", author="Kim")
    kim.update(Set("", "name", "First"))
    kim.update(Set("", "name", "Second"))
    history = shop.history()
    assert [revision.number for revision in history] == [1, 2, 3]
    assert [revision.author for revision in history[1:]] == ["Kim", "Kim"]
    assert abs(datetime.now(UTC) - history[-1].at) < timedelta(minutes=1)
    assert shop.restore(2).name == "First"
    assert open_design(f"{address}#shop").design.name == "First"
    assert len(shop.history()) == 4
    with pytest.raises(UserError, match=r"^There is no revision 9 of .*: history\(\) lists them\.$"):
        shop.restore(9)


def test_notes_and_evidence_live_there_too(shop: OpenDesign, tmp_path: Path) -> None:
    shop.write_notes("api", "We speak REST.\n")
    shop.append_evidence(EVIDENCE)
    shop.append_evidence(EVIDENCE)
    copy = shop.copy_to(tmp_path / "copy")
    assert copy.notes("api") == shop.notes("api") == "We speak REST.\n"
    assert copy.evidence() == shop.evidence() == (EVIDENCE, EVIDENCE)
    assert copy.design == shop.design
    assert shop.asset("logo.png") is None


def test_a_design_seen_by_two_is_always_fresh_also_from_other_threads(address: str, shop: OpenDesign) -> None:
    other = open_design(f"{address}#shop")
    assert other.design == shop.design
    thread = threading.Thread(target=lambda: shop.update(Set("", "name", "Shop")))
    thread.start()
    thread.join()
    assert other.design.name == "Shop"


@pytest.mark.parametrize(
    "where",
    [
        "postgresql://kim:s3cret@127.0.0.1:1/none#shop",
        "postgresql://kim:s3cret@127.0.0.1:1/none",
        "nonsense://kim:s3cret@host/none#shop",
        "postgresql://kim:s3cret@[bad#shop",
        "postgresql://kim:half@s3cret@127.0.0.1:1/none#shop",
        "postgresql://kim:half@s3cret/x@127.0.0.1:1/none#shop",
        "postgresql://kim:x@127.0.0.1:1/none?password=s3cret#shop",
    ],
)
def test_no_password_is_ever_shown(where: str) -> None:
    with pytest.raises(UserError) as caught:
        open_design(where)
    assert "s3cret" not in str(caught.value)
    assert "kim:***@" in str(caught.value)
    assert "Traceback" not in str(caught.value)


def test_asking_for_a_design_makes_no_database(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"^There is no design in "):
        open_design(f"sqlite:///{tmp_path / 'none.db'}#shop")
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_no_database_and_a_folder_that_is_none_get_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("x" * 2000, encoding="utf-8")
    for file in (tmp_path / "text.db", tmp_path / "nowhere" / "team.db"):
        with pytest.raises(UserError, match=r"^The database of 'sqlite:.*' did not do it: .*\.$"):
            new_design(f"sqlite:///{file}#shop")


def test_a_name_leads_nowhere_else_and_no_user_of_a_home_is_no_crash(tmp_path: Path) -> None:
    made = new_design(f"sqlite:///{tmp_path / 'team.db'}#../../etc")
    assert made.out == Path("work", "out", "-etc")
    with pytest.raises(UserError, match="There is no design in '~nobody-of-that-name/x'"):
        open_design("~nobody-of-that-name/x")
