"""What every call answers, the same on SQLite and PostgreSQL: rows, pages, ETags and problems (RFC 9110, RFC 9457)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from backendkit.model import Design
from backendkit.prototype import Running, start
from tests.prototype.conftest import SHOP


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The problem that an answer is."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    assert found["status"] == status
    assert found["title"]
    return found


def test_a_row_comes_back_exactly_as_it_was_sent(api: Running) -> None:
    api.post("/makers", json={"name": "A/S & Søn"}).raise_for_status()
    sent = {
        "class": "x", "price": "12345678.90", "exact": "123456789012345678.123456789012", "maker": "A/S & Søn",
        "made": "2027-01-31T09:30:00.250000", "day": "0001-01-01", "hour": "23:59:59.999999", "good": False,
        "extra": {"a": [1, 2.5, None, "ü"]}, "raw": "AP8=",
    }  # fmt: skip
    made = api.post("/things", json={**sent, "secret": "hush"})
    assert made.status_code == 201
    again = api.get(made.headers["Location"])
    assert again.json() == made.json()
    assert {key: value for key, value in again.json().items() if key in sent} == sent
    assert "secret" not in again.json()
    assert again.headers["ETag"] == made.headers["ETag"]


def test_a_moment_with_an_offset_is_kept_in_utc(api: Running) -> None:
    made = api.post("/things", json={"class": "x", "made": "2027-01-31T00:30:00+01:00"})
    assert made.json()["made"] == "2027-01-30T23:30:00"
    assert len(api.get("/things", params={"made": "2027-01-30T23:30:00Z"}).json()["items"]) == 1


def test_numbers_are_taken_for_decimals_when_nothing_is_lost(api: Running) -> None:
    assert api.post("/things", json={"class": "a", "price": 0.1}).json()["price"] == "0.10"
    assert api.post("/things", json={"class": "b", "price": 7}).json()["price"] == "7.00"
    problem(api.post("/things", json={"class": "c", "price": 0.123}), 422)
    problem(api.post("/things", json={"class": "d", "price": True}), 422)


def test_defaults_stand_in_for_what_is_left_out(api: Running) -> None:
    row = api.post("/things", json={"class": "x"}).json()
    assert (row["price"], row["good"], row["maker"]) == ("9.50", True, None)
    assert len(row["token"]) == 36
    assert row["made"].startswith("20")


def test_lists_are_cut_into_pages_that_lead_through_all_rows(api: Running) -> None:
    for number in range(8):
        api.post("/things", json={"class": f"c{number}", "price": number % 2}).raise_for_status()
    found, page, pages = [], api.get("/things?sort=-price,class").json(), 1
    while True:
        found += [(row["price"], row["class"]) for row in page["items"]]
        if not page["next"]:
            break
        page, pages = api.get(page["next"]).json(), pages + 1
    assert pages == 3
    assert found == sorted(found, key=lambda row: (-float(row[0]), row[1]))
    assert len(set(found)) == 8


def test_lists_are_narrowed_by_value_and_by_range(api: Running) -> None:
    for number in (9, 10, 11):
        api.post("/things", json={"class": f"c{number}", "price": number, "day": f"2027-01-{number:02}"})
    prices = [
        row["price"] for row in api.get("/things?price_from=9.5&price_to=11&sort=price").json()["items"]
    ]
    assert prices == ["10.00", "11.00"]
    for query in ("class=c9", "day_to=2027-01-09", "price=9", "good=true&number_to=1"):
        assert [row["class"] for row in api.get(f"/things?{query}").json()["items"]] == ["c9"]


def test_an_unknown_or_impossible_filter_is_refused(api: Running) -> None:
    for query in (
        "colour=red",
        "secret=x",
        "price=cheap",
        "sort=secret",
        "limit=0",
        "limit=11",
        "day=0",
        "number=1.0",
    ):
        assert problem(api.get(f"/things?{query}"), 422)["errors"][0]["at"].startswith("query.")


def test_nothing_comes_last_in_either_direction(api: Running) -> None:
    for day in (None, "2027-01-01", "2027-01-02"):
        api.post("/things", json={"class": str(day), "day": day}).raise_for_status()
    assert [row["day"] for row in api.get("/things?sort=day").json()["items"]] == [
        "2027-01-01",
        "2027-01-02",
        None,
    ]
    assert [row["day"] for row in api.get("/things?sort=-day").json()["items"]] == [
        "2027-01-02",
        "2027-01-01",
        None,
    ]


def test_a_change_meant_for_another_state_is_refused(api: Running) -> None:
    made = api.post("/things", json={"class": "x"})
    where, old = made.headers["Location"], made.headers["ETag"]
    changed = api.patch(where, json={"price": "1.00"}, headers={"If-Match": old})
    assert changed.json()["price"] == "1.00"
    assert changed.headers["ETag"] != old
    for call in (api.patch, api.put):
        problem(call(where, json={"class": "y"}, headers={"If-Match": old}), 412)
    problem(api.delete(where, headers={"If-Match": old}), 412)
    problem(api.delete(where, headers={"If-Match": "W/" + changed.headers["ETag"]}), 412)
    both = f'"other", {changed.headers["ETag"]}'
    assert api.patch(where, json={"good": False}, headers={"If-Match": both}).status_code == 200
    assert api.delete(where, headers={"If-Match": "*"}).status_code == 204
    problem(api.get(where), 404)


def test_what_the_caller_has_already_is_not_sent_again(api: Running) -> None:
    made = api.post("/things", json={"class": "x"})
    for tag in (made.headers["ETag"], f"W/{made.headers['ETag']}", "*"):
        again = api.get(made.headers["Location"], headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
    assert api.get(made.headers["Location"], headers={"If-None-Match": '"x"'}).status_code == 200


def test_replacing_lets_what_is_left_out_fall_back(api: Running) -> None:
    made = api.post("/things", json={"class": "x", "price": "1.00", "day": "2027-01-01", "secret": "s"})
    row = api.put(made.headers["Location"], json={"class": "y", "number": made.json()["number"]}).json()
    assert (row["class"], row["price"], row["day"]) == ("y", "9.50", None)
    assert row["token"] == made.json()["token"]
    problem(api.put(made.headers["Location"], json={"price": "1.00"}), 422)


def test_the_key_may_be_repeated_and_never_changed(api: Running) -> None:
    where = api.post("/makers", json={"name": "a"}).headers["Location"]
    assert api.patch(where, json={"name": "a"}).status_code == 200
    problem(api.patch(where, json={"name": "b"}), 409)
    problem(api.put(where, json={"name": "b"}), 409)


def test_a_patch_of_nothing_changes_nothing(api: Running) -> None:
    made = api.post("/makers", json={"name": "a"})
    assert api.patch(made.headers["Location"], json={}).headers["ETag"] == made.headers["ETag"]


def test_composite_keys_and_references_to_itself_work(api: Running) -> None:
    api.post("/things", json={"class": "x"}).raise_for_status()
    outer = api.post("/parts", json={"thing": 1, "place": "a b/c?"})
    assert outer.headers["Location"] == "/parts/1/a%20b%2Fc%3F"
    assert api.get(outer.headers["Location"]).json() == outer.json()
    api.post("/parts", json={"thing": 1, "place": "in", "inside": "a b/c?"}).raise_for_status()
    assert api.get("/parts/1/in").json()["inside"] == "a b/c?"
    problem(api.post("/parts", json={"thing": 1, "place": "no", "inside": "nowhere"}), 409)
    api.post("/makers", json={"name": "a"}).raise_for_status()
    assert api.patch("/makers/a", json={"belongs_to": "a"}).status_code == 200


def test_what_the_tables_forbid_is_a_conflict(api: Running) -> None:
    api.post("/makers", json={"name": "a"}).raise_for_status()
    api.post("/things", json={"class": "x", "maker": "a"}).raise_for_status()
    assert "already" in problem(api.post("/things", json={"class": "x"}), 409)["detail"]
    assert "reference" in problem(api.post("/things", json={"class": "y", "maker": "b"}), 409)["detail"]
    assert (
        "price_not_negative"
        in problem(api.post("/things", json={"class": "z", "price": "-1"}), 409)["detail"]
    )
    problem(api.delete("/makers/a"), 409)
    problem(api.patch("/things/1", json={"price": "-1"}), 409)
    assert api.get("/things/1").json()["price"] == "9.50"


def test_values_that_cannot_be_taken_are_named(api: Running) -> None:
    found = problem(
        api.post("/things", json={"class": "x" * 21, "good": "yes", "colour": 1, "made": 5, "raw": "?"}), 422
    )
    assert {each["at"] for each in found["errors"]} == {
        "body.class", "body.good", "body.colour", "body.made", "body.raw",
    }  # fmt: skip
    problem(api.post("/things", json={}), 422)
    problem(api.post("/things", json={"class": None}), 422)
    problem(api.post("/things", json={"class": "x", "token": "mine"}), 422)
    problem(api.patch("/things/1", json={"class": None}), 422)
    problem(api.post("/things", json=[]), 422)
    problem(api.post("/things", content="class=x"), 422)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"\xff", 400),
        (b"[" * 100_000, 400),
        (b"1" * 5000, 400),
        (b"", 422),
        (b'{"class": "x", "extra": NaN}', 422),
    ],
)
def test_a_body_that_is_no_json_is_a_problem(api: Running, body: bytes, status: int) -> None:
    problem(api.post("/things", content=body, headers={"Content-Type": "application/json"}), status)


def test_numbers_out_of_range_are_refused_and_never_an_error(api: Running) -> None:
    for key in ("99999999999", "-99999999999999999999999", "1e5", "x", "%00"):
        assert api.get(f"/things/{key}").status_code == 422
    problem(api.get("/things?offset=99999999999999999999"), 422)
    problem(api.post("/things", json={"class": "x", "price": "123456789.00"}), 422)
    problem(api.post("/things", json={"class": "x", "made": "0001-01-01T00:00:00+14:00"}), 422)
    assert api.get("/makers/%00").status_code in (404, 422)
    assert api.post("/makers", json={"name": "a\x00b"}).status_code in (201, 422)


def test_unknown_paths_and_methods_are_problems(api: Running) -> None:
    problem(api.get("/nothing"), 404)
    problem(api.get("/things/1"), 404)
    answer = api.put("/things", json={})
    problem(answer, 405)
    assert answer.headers["Allow"] == "GET, HEAD, POST"
    assert api.delete("/only/read/1").headers["Allow"] == "GET, HEAD"
    assert api.request("OPTIONS", "/things/1").headers["Allow"] == "GET, HEAD, PUT, PATCH, DELETE"


def test_head_is_get_without_the_body(api: Running) -> None:
    whole, bare = api.get("/things"), api.request("HEAD", "/things")
    assert (bare.status_code, bare.content) == (200, b"")
    assert bare.headers["ETag"] == whole.headers["ETag"]


def test_a_slash_at_the_end_leads_to_the_list(api: Running) -> None:
    assert api.get("/makers/").headers["Location"] == f"{api.url}/makers"


def test_rows_without_a_key_are_listed_and_added(api: Running) -> None:
    for line in ("b", "a", "a"):
        assert api.post("/notes", json={"line": line}).status_code == 201
    assert [row["line"] for row in api.get("/notes").json()["items"]] == ["a", "a", "b"]
    problem(api.get("/notes/1"), 404)


def test_two_resources_show_one_table(api: Running) -> None:
    api.post("/things", json={"class": "x", "secret": "s"}).raise_for_status()
    assert api.get("/only/read/1").json()["secret"] == "s"


def test_the_docs_page_needs_no_other_machine(api: Running) -> None:
    page = api.get("/docs")
    assert page.status_code == 200
    assert "cdn" not in page.text
    for name in ("swagger-ui-bundle.js", "swagger-ui.css", "favicon.png"):
        assert api.client.get(f"/static-offline-docs/{name}").status_code == 200
    assert api.get("/").headers["Location"] == "docs"


def test_a_cursor_leads_through_all_rows_also_where_values_are_missing() -> None:
    values = {**SHOP, "api": {**SHOP["api"], "pagination": {"by": "cursor", "size": 2}}}
    with start(Design.load(values), rows=0) as api:
        for number in range(7):
            day = None if number % 3 == 0 else f"2027-01-0{number % 3}"
            api.post("/things", json={"class": f"c{number}", "day": day}).raise_for_status()
        for sort, down in (("day", False), ("-day", True)):
            found, page = [], api.get(f"/things?sort={sort}").json()
            while page["next"]:
                found += page["items"]
                page = api.get(page["next"]).json()
            found += page["items"]
            days = [row["day"] for row in found]
            known = sorted(filter(None, days), reverse=down)
            assert days == [*known, None, None, None]
            assert len({row["number"] for row in found}) == 7
        for cursor in ("x", "W10=", "e30=", "/" * 9):
            problem(api.get("/things", params={"cursor": cursor}), 404)
