"""The graph: the same rows, the same rights, the same words as the other calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from backendkit.model import Design
from backendkit.prototype import Running, start
from tests.scaffold.guarded import GUARDED, graphed
from tests.scaffold.hostile import AWKWARD, everything

DEEP = "{ things { box_row { owner_row { number } } } }"


@pytest.fixture(scope="module")
def api() -> Iterator[Running]:
    with start(graphed(depth=4), rows=12) as made:
        yield made


def asked(api: Running, question: str, user: str | None = "member", **variables: Any) -> dict[str, Any]:
    """The whole answer to a question."""
    answer = api.post("/graphql", json={"query": question, "variables": variables}, user=user)
    assert answer.status_code in (200, 400), answer.text
    found: dict[str, Any] = answer.json()
    return found


def refused(api: Running, question: str, user: str | None = "member", **variables: Any) -> str:
    """The first sentence of a refusal."""
    found = asked(api, question, user, **variables)
    return str(found["errors"][0]["message"])


def test_rows_are_those_of_the_other_calls_in_the_form_that_was_asked_for(api: Running) -> None:
    rest = api.get("/boxes?limit=2", user="keeper").json()["items"]
    graph = asked(api, "{ boxes(limit: 2) { id label height area state owner } }", "keeper")["data"]["boxes"]
    assert graph == [{name: row[name] for name in graph[0]} for row in rest]
    one = asked(api, "query ($id: String!) { box(id: $id) { label } }", None, id=str(rest[0]["id"]))
    assert one == {"data": {"box": {"label": rest[0]["label"]}}}


def test_what_rows_point_to_comes_along_with_one_statement_for_each_level(api: Running) -> None:
    (box, *_) = asked(api, "{ boxes { id } }")["data"]["boxes"]
    for name in ("Left", "Right", "Lace"):
        asked(api, f'mutation {{ createThing(values: {{box: {box["id"]}, name: "{name}"}}) {{ id }} }}')
    engine, counted = api.app.state.database.engine, []
    for limit in (1, 50):
        statements: list[str] = []

        def note(*said: Any, kept: list[str] = statements) -> None:
            kept.append(said[2])

        sa.event.listen(engine, "before_cursor_execute", note)
        rows = asked(api, DEEP.replace("things", f"things(limit: {limit})"))["data"]["things"]
        sa.event.remove(engine, "before_cursor_execute", note)
        assert all(row["box_row"]["owner_row"]["number"] == api.users[0].key for row in rows)
        counted.append(len([each for each in statements if each.startswith("SELECT")]))
    assert len(rows) > 1
    assert counted == [3, 3]


def test_of_two_people_of_one_role_neither_sees_or_changes_what_is_the_others(api: Running) -> None:
    mine, theirs = ({row["id"] for row in asked(api, "{ boxes { id } }", user)["data"]["boxes"]}
                    for user in ("member", "member 2"))  # fmt: skip
    assert mine
    assert theirs
    assert not mine & theirs
    other = str(min(theirs))
    for change in (
        f'patchBox(id: "{other}", values: {{label: "Mine"}}) {{ id }}',
        f'deleteBox(id: "{other}")',
    ):
        assert refused(api, f"mutation {{ {change} }}") == "There is no such row."
    me = api.users[0].key
    assert refused(
        api, f'mutation {{ patchPerson(number: "{api.users[1].key}", values: {{}}) {{ number }} }}'
    )
    assert asked(api, f'{{ person(number: "{me}") {{ number }} }}')["data"]["person"] == {"number": me}
    made = f'mutation {{ createBox(values: {{owner: {api.users[1].key}, label: "Gift"}}) {{ id }} }}'
    assert refused(api, made) == "The row would not be yours."


def test_without_a_grant_there_is_an_answer_and_no_row(api: Running) -> None:
    assert refused(api, "{ boxes { id } }", None) == "This needs a login."
    assert refused(api, "{ people { number } }") == "The role member may not do this."
    assert asked(api, "{ people { number } }")["data"] is None


def test_what_is_hidden_or_not_the_callers_to_write_is_not_even_there(api: Running) -> None:
    assert "Cannot query field 'hash'" in refused(api, '{ person(number: "1") { hash } }')
    patch = 'mutation { patchPerson(number: "1", values: {role: "keeper"}) { number } }'
    assert "unknown field 'role'" in refused(api, patch)


def test_rules_and_states_hold_in_the_words_of_the_other_calls(api: Running) -> None:
    me = api.users[0].key
    made = asked(
        api,
        "mutation ($v: BoxCreate!) { createBox(values: $v) { id state area } }",
        v={"owner": me, "label": "Hats"},
    )["data"]["createBox"]
    assert made["state"] == "open"
    begun = f'mutation {{ createBox(values: {{owner: {me}, label: "Hats", state: "shut"}}) {{ id }} }}'
    assert "begins as" in refused(api, begun) or "not defined" in refused(api, begun)
    wide = f'mutation {{ patchBox(id: "{made["id"]}", values: {{width: 0}}) {{ id }} }}'
    assert "rule would be broken" in refused(api, wide) or "cannot be taken" in refused(api, wide)
    long = asked(
        api, f'mutation {{ patchBox(id: "{made["id"]}", values: {{label: "{"x" * 99}"}}) {{ id }} }}'
    )
    assert long["errors"][0]["extensions"]["errors"][0]["at"] == "label"
    assert asked(api, f'mutation {{ deleteBox(id: "{made["id"]}") }}')["data"] == {"deleteBox": True}


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("{ things { box_row { owner_row { number } } } boxes { id } } ", ""),
        ("{ things { ...A } } fragment A on Thing { box_row { ...B } } fragment B on Box { id }", ""),
        ("query { things { ...A } } fragment A on Thing { box_row { ...C } } fragment C on Box { id ...C }", "deep"),
        ("{ " + " ".join(f"a{n}: boxes {{ id }}" for n in range(30)) + " }", "20 fields at its top"),
        ("{ boxes { " + "id " * 3000 + "} }", "more than 2000 tokens"),
        ("{" * 5000, ""),
        ("", "Syntax Error"),
        ("{ nothing }", "Cannot query field"),
        ("mutation { createBox(values: 3) { id } }", "Expected"),
    ],
)  # fmt: skip
def test_a_question_that_asks_for_too_much_gets_one_sentence(
    api: Running, question: str, sentence: str
) -> None:
    found = asked(api, question)
    told = str(found.get("errors", ""))
    assert sentence in told
    assert "Traceback" not in told
    assert bool(sentence) <= bool(told)


def test_a_question_is_as_deep_as_the_design_says_at_the_most() -> None:
    with start(graphed(depth=2), rows=2) as api:
        assert refused(api, DEEP) == "A question is 2 levels deep at the most."


def test_a_mistake_of_the_service_is_told_without_its_inside(
    api: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("SELECT secrets")

    module = type(api.app.state.database)
    monkeypatch.setattr(module, "do", broken)
    assert refused(api, "{ boxes { id } }", "keeper") == "The service made a mistake. Its log says more."


def test_only_what_the_design_names_is_in_the_graph() -> None:
    with start(graphed(resources=["boxes"]), rows=1) as api:
        names = asked(api, "{ __schema { queryType { fields { name } } } }")["data"]["__schema"]["queryType"][
            "fields"
        ]
        assert [each["name"] for each in names] == ["box", "boxes"]
    with start(Design.load(GUARDED), rows=0) as api:
        assert api.post("/graphql", json={"query": "{ boxes { id } }"}).status_code == 404


@pytest.mark.parametrize("text", AWKWARD[::7])
def test_awkward_names_become_names_of_a_graph(text: str) -> None:
    values = everything(text).values()
    values["api"]["graphql"] = {"depth": 3}
    with start(Design.load(values), rows=3) as api:
        fields = api.post("/graphql", json={"query": "{ __schema { queryType { fields { name } } } }"}).json()
        names = [each["name"] for each in fields["data"]["__schema"]["queryType"]["fields"]]
        user = next(user for user in api.users if not user.api_key)
        answer = api.post("/graphql", json={"query": f"{{ {names[-1]} {{ __typename }} }}"}, user=user)
        assert answer.json()["data"], answer.text
