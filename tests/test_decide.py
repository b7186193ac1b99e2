"""Weighing options: at the flip point the sums are equal, just beyond it the winner is another."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from backendkit.decide import Weighing, weigh_options
from backendkit.model.architecture import Decision

STEP = Fraction(1, 10**6)
HALVES = st.integers(0, 20).map(lambda n: n / 2)
SCORES = st.one_of(
    st.none(), st.integers(0, 10).map(lambda n: n / 2), st.floats(0, 5).map(lambda x: round(x, 2))
)


def decision(weights: list[float], scores: list[list[float | None]], **rest: Any) -> Decision:
    rows = [{f"c{n}": score for n, score in enumerate(row) if score is not None} for row in scores]
    return Decision.model_validate(
        {
            "criteria": [{"id": f"c{n}", "weight": weight} for n, weight in enumerate(weights)],
            "options": [{"id": f"o{n}", "scores": row} for n, row in enumerate(rows)],
            **rest,
        }
    )


@st.composite
def decisions(draw: st.DrawFn) -> Decision:
    criteria, options = draw(st.integers(1, 4)), draw(st.integers(2, 4))
    weights = draw(st.lists(HALVES, min_size=criteria, max_size=criteria))
    row = st.lists(SCORES, min_size=criteria, max_size=criteria)
    return decision(weights, draw(st.lists(row, min_size=options, max_size=options)))


def totals(
    it: Decision, weights: dict[int, Fraction], scores: dict[tuple[int, int], Fraction]
) -> list[Fraction]:
    """The sums by hand, with some weights and scores replaced."""
    found = []
    for o, option in enumerate(it.options):
        sum_ = Fraction()
        for c, criterion in enumerate(it.criteria):
            score = scores.get((o, c), Fraction(repr(option.scores.get(criterion.id, 0))))
            sum_ += weights.get(c, Fraction(repr(criterion.weight))) * score
        found.append(sum_)
    return found


def best(values: list[Fraction]) -> tuple[int, ...]:
    return tuple(place for place, value in enumerate(values) if value == max(values))


def beyond(now: Fraction, to: Fraction) -> Fraction:
    """A little past the point: less than any distance between two points of such small numbers."""
    return to + STEP * STEP if to > now else to - STEP * STEP


@given(decisions())
def test_at_the_flip_point_the_sums_are_equal_and_just_beyond_it_the_winner_is_another(it: Decision) -> None:
    found = weigh_options(it)
    for flip in found.flips:
        level = totals(it, {flip.criterion: flip.to}, {})
        assert {*found.winners, *flip.winners} <= {*best(level)}
        assert best(totals(it, {flip.criterion: beyond(flip.weight, flip.to)}, {})) == flip.winners
        assert not {*flip.winners} & {*found.winners}


@given(decisions())
def test_no_other_weight_flips_it_before_or_at_all(it: Decision) -> None:
    found = weigh_options(it)
    assume(len(found.winners) == 1)
    for c, criterion in enumerate(it.criteria):
        now = Fraction(repr(criterion.weight))
        ends = [flip.to for flip in found.flips if flip.criterion == c]
        low = max((end for end in ends if end < now), default=Fraction())
        high = min((end for end in ends if end > now), default=Fraction(10**6))
        for part in (Fraction(1, 7), Fraction(1, 2), Fraction(999, 1000)):
            inside = low + (high - low) * part
            assert best(totals(it, {c: inside}, {})) == found.winners
        assert (c in found.firm) == (not ends)


@given(decisions())
def test_a_single_score_turns_it_where_it_is_said_and_nowhere_else(it: Decision) -> None:
    found = weigh_options(it)
    assume(len(found.winners) == 1)
    turns = {(turn.option, turn.criterion): turn for turn in found.turns}
    for o, c in product(range(len(it.options)), range(len(it.criteria))):
        turn = turns.get((o, c))
        if turn:
            assert {*found.winners, *turn.winners} <= {*best(totals(it, {}, {(o, c): turn.to}))}
            assert best(totals(it, {}, {(o, c): beyond(turn.score, turn.to)})) == turn.winners
        else:
            for end in (Fraction(), Fraction(5)):
                assert found.winners[0] in best(totals(it, {}, {(o, c): end}))


@given(decisions())
def test_the_smallest_change_comes_first(it: Decision) -> None:
    found = weigh_options(it)
    relative = [abs(flip.to - flip.weight) / flip.weight for flip in found.flips if flip.weight]
    assert relative == sorted(relative)
    assert all(flip.weight == 0 for flip in found.flips[len(relative) :])
    changes = [abs(turn.to - turn.score) for turn in found.turns]
    assert changes == sorted(changes)


@given(decisions())
def test_sums_order_and_margin_belong_together(it: Decision) -> None:
    found = weigh_options(it)
    assert list(found.totals) == totals(it, {}, {})
    assert [found.totals[place] for place in found.ranking] == sorted(found.totals, reverse=True)
    assert all(0 <= share <= 1 for share in found.shares)
    if len(found.winners) == 1:
        assert found.margin == max(found.totals) - sorted(found.totals)[-2] > 0
    assert all(sentence.endswith(".") for sentence in found.sentences)


def told(*arguments: Any, **rest: Any) -> Weighing:
    return weigh_options(decision(*arguments, **rest))


def test_a_tenth_three_times_is_three_tenths() -> None:
    found = told([0.1, 0.2, 0.3], [[1, 1, 0], [0, 0, 1]])
    assert found.verdict == "A tie: o0 and o1 have 0.3 each. Any weight that tells them apart decides it."
    assert not found.flips


def test_the_flip_point_is_told_with_both_weights_and_their_difference() -> None:
    found = told([5, 2], [[5, 2], [3, 5]])
    assert found.verdict == "o0 wins with 29, 4 ahead of o1."
    assert found.flip == "“c0” would have to count less than 3 instead of 5 (−2) for o1 to win."
    assert [flip.to for flip in found.flips] == [3, Fraction(10, 3)]
    assert found.turn == "Or o0 would have to score less than 4.2 instead of 5 (−0.8) by “c0” for o1 to win."


def test_criteria_that_cannot_flip_it_are_said() -> None:
    found = told([5, 2, 1], [[5, 2, 3], [3, 5, 3]])
    assert found.firm == (2,)
    assert found.unmoved == "No weight of “c2” alone changes the winner."
    assert told([5, 2], [[5, 5], [3, 5]]).flip == "No weight alone can change the winner."


def test_a_score_that_is_missing_adds_nothing_and_is_said() -> None:
    found = told([1, 1], [[2, 3], [4, None]])
    assert [*found.totals] == [5, 4]
    assert found.missing == "Not scored yet, so it adds nothing: o1 by “c1”."
    many = told([1, 1, 1, 1, 1], [[1, 1, 1, 1, 1], [None] * 5])
    assert many.missing.endswith("o1 by “c0”, o1 by “c1”, o1 by “c2” and 2 more.")


def test_a_choice_against_the_sum_is_told_until_it_says_why() -> None:
    found = told([1], [[5], [2]], chosen="o1")
    assert found.difference == "The sum says o0, you chose o1: say why in “because”."
    found = told([1], [[5], [2]], chosen="o1", because="We know it.")
    assert found.difference == "The sum says o0, you chose o1, and “because” says why."
    assert not told([1], [[5], [2]], chosen="o0").difference
    assert not told([1], [[5], [5]], chosen="o1").difference


@pytest.mark.parametrize(
    ("weights", "scores", "verdict"),
    [
        ([], [], "Nothing to weigh yet: write down two options or more."),
        ([], [[], []], "Nothing to weigh by yet: write down what the options are judged by."),
        ([0.0], [[1], [2]], "No criterion counts anything yet: give the important ones a weight."),
        ([1.0], [[None], [None]], "Nothing is scored yet: say how well each option does, from 0 to 5."),
        ([1.0], [[3]], "o0 has 3, and nothing stands against it: add what else there was."),
    ],
)
def test_what_is_missing_before_one_can_weigh_is_said(
    weights: list[float], scores: list[list[float | None]], verdict: str
) -> None:
    found = told(weights, scores)
    assert found.sentences[0] == verdict
    assert not found.flips


def test_numbers_that_nobody_can_count_with_are_gaps() -> None:
    found = told([1, float("inf")], [[1, 2], [float("nan"), 3]])
    assert found.winners == (0,)
    assert found.gaps == ((1, 0),)
