"""What is not saved yet waits in the page's outbox: in order, once, and never in another record's place."""

from __future__ import annotations

import json
from typing import Any

from backendkit.room.widget import script

from .conftest import node

LINE = """
class Line {
  constructor() { Object.assign(this, { id: "line", sends: [], waits: new Map() }); }
  sent(id, answered) { this.waits.set(id, answered); }
  raw({ data }) { this.sends.push(structuredClone(data)); }
  answer(answer) { const { step } = this.sends.at(-1); const done = this.waits.get(step); this.waits.delete(step); done(answer); }
}
const line = new Line();
const box = new Outbox("design");
box.wires.add(line);
const put = (at, field, value, was = null) => ({ set: { at, field, value, was } });
const add = (record, at = "", field = "requirements.functional") => ({ insert: { at, field, record } });
const changes = () => line.sends.map((each) => each.changes);
const told = [];
const tell = (what) => told.push(what);
process.exitCode = 0;
"""
END = "await new Promise((done) => setTimeout(done)); console.log(JSON.stringify(told)); process.exit();"
JS = script(("follow",))


def run(test: str) -> list[Any]:
    """What a test in the page's language tells."""
    found: list[Any] = json.loads(node(JS, LINE, test, END))
    return found


def test_what_is_typed_on_before_it_was_sent_is_one_edit_and_afterwards_another_one() -> None:
    first, then, status = run("""
        box.save([put("R1", "text", "a")]);
        box.save([put("R1", "text", "ab", "a")]);
        box.save([put("R1", "text", "abc", "a")]);
        line.answer({ ok: true });
        tell(changes()[0]); tell(changes()[1]); line.answer({ ok: true }); tell(box.status().text);
    """)
    assert first == [{"set": {"at": "R1", "field": "text", "value": "a", "was": None}}]
    assert then == [{"set": {"at": "R1", "field": "text", "value": "abc", "was": "a"}}]
    assert status == "Saved"


def test_an_edit_that_may_have_been_saved_already_is_not_changed_under_its_number() -> None:
    steps = run("""
        box.save([put("R1", "text", "a")]);
        box.landed(box.items[0], null);
        box.save([put("R1", "text", "ab", "a")]);
        tell(box.items.map((item) => item.changes[0].set.value));
    """)
    assert steps == [["a", "ab"]]


def test_of_a_step_the_rest_is_saved_and_what_was_refused_stays() -> None:
    again, held, answer, status = run("""
        const done = box.save([add({ id: "R1", text: "a", priority: "urgent" }), add({ id: "R2", text: "b" })]);
        line.answer({ refused: [{ n: 0, at: "R1", field: "priority", message: "no" }] });
        tell(changes()[1]);
        line.answer({ ok: true, ids: {} });
        tell(box.items.map(({ state, changes, answer }) => [state, changes, answer]));
        tell((await done).held); tell(box.status().text);
    """)
    assert [one["insert"]["record"] for one in again] == [
        {"id": "R1", "text": "a"},
        {"id": "R2", "text": "b"},
    ]
    put = {"set": {"at": "R1", "field": "priority", "value": "urgent", "was": None}}
    told = {"refused": [{"n": 0, "at": "R1", "field": "priority", "message": "no"}]}
    assert held == [["refused", [put], told]]
    assert answer == [put]
    assert status == "1 edit not saved: look at what is marked."


def test_where_somebody_else_wrote_too_only_that_value_waits_but_a_step_taken_back_is_whole() -> None:
    sent, held, whole = run("""
        box.save([put("R1", "text", "mine", "was"), put("R2", "text", "mine", "was")]);
        line.answer({ conflict: [{ n: 1, at: "R2", field: "text", theirs: "theirs" }] });
        tell(changes()[1].map(({ set }) => set.at));
        line.answer({ ok: true });
        tell(box.items.map(({ state, changes }) => [state, changes[0].set.at]));
        box.save([put("R3", "text", "", "a"), put("R4", "text", "", "a")], { whole: true });
        line.answer({ conflict: [{ n: 1, at: "R4", field: "text", theirs: "theirs" }] });
        tell(line.sends.length);
    """)
    assert (sent, held, whole) == (["R1"], [["conflict", "R2"]], 3)


def test_what_waits_follows_a_record_that_got_another_id_and_nothing_else_does() -> None:
    follows, inside, later = run("""
        box.save([add({ id: "price" }, "book", "attributes")]);
        box.save([put("book.price", "type", "text")]);
        box.save([put("copy.price", "type", "text")]);
        line.answer({ ok: true, ids: { price: "price-2" } });
        tell(box.items.map(({ changes }) => changes[0].set.at));
        box.save([put("book.price", "about", "of somebody else")]);
        tell(box.items.at(-1).changes[0].set.at);
        line.answer({ ok: true }); line.answer({ ok: true }); line.answer({ ok: true });
        box.save([put("book", "id", "volume")]);
        box.save([put("book.title", "type", "text")]);
        line.answer({ ok: true });
        tell(changes().at(-1)[0].set.at);
    """)
    assert (follows, inside, later) == (["book.price-2", "copy.price"], "book.price", "volume.title")


def test_inside_a_record_that_was_refused_nothing_is_sent_until_it_is_there() -> None:
    sent, after = run("""
        box.save([add({ id: "a b" }, "", "database.entities")]);
        box.save([add({ id: "x" }, "a b", "attributes")]);
        box.save([put("R1", "text", "else")]);
        line.answer({ refused: [{ n: 0, at: "a b", field: "id", message: "no" }] });
        line.answer({ ok: true });
        tell(changes().map(([change]) => Object.keys(change)[0]));
        tell(box.status().text);
    """)
    assert sent == ["insert", "set"]
    assert after == "2 edits not saved: look at what is marked."


def test_what_goes_wrong_again_and_again_does_not_hold_up_what_comes_after_it() -> None:
    states, sent = run("""
        box.save([put("R1", "text", "a")]);
        box.save([put("R2", "text", "b")]);
        for (let n = 0; n < 3; n += 1) { line.answer({ error: "That did not work." }); box.pump(); }
        tell(box.items.map(({ state }) => state ?? "waits")); tell(changes().at(-1)[0].set.at);
    """)
    assert (states, sent) == (["refused", "waits"], "R2")


def test_what_this_page_wrote_itself_is_no_conflict_but_what_others_write_later_is() -> None:
    was = run("""
        box.save([put("R1", "text", "a", "0")]);
        box.save([put("R1", "text", "ab", "0")]);
        line.answer({ ok: true });
        tell(changes()[1][0].set.was);
        line.answer({ ok: true });
        box.forget([put("R1", "text", "ab")], 0);
        await new Promise((done) => setTimeout(done, 5));
        box.save([put("R1", "text", "abc", "0")]);
        tell(changes()[2][0].set.was);
    """)
    assert was == ["a", "0"]


def test_where_nothing_can_be_kept_or_sent_it_says_so() -> None:
    said = run("""
        box.wires.clear();
        box.save([put("R1", "text", "a")]);
        box.items[0].at = 0;
        tell(box.status().text);
    """)
    assert said == ["Not saved yet: 1 edit is kept in this page only. Run the page again (Run all) to save."]
