"""What the scores of a decision say, and what would have to change for another option to win.

The weighted sum model (https://en.wikipedia.org/wiki/Weighted_sum_model), as Kepner and Tregoe use it: every option is
scored from 0 to 5 by every criterion, a score counts by the weight of its criterion, the highest sum wins.
Calculated in fractions: a tie is a tie.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor, isfinite
from typing import NamedTuple

from backendkit.model.architecture import Decision

METHOD = "Weighted sum: each score, from 0 to 5, counts by the weight of its criterion; the highest sum wins."
MOST = 5


class Gap(NamedTuple):
    """A score that nobody gave; it adds nothing to the sum."""

    option: int
    criterion: int


class Flip(NamedTuple):
    """The weight of a criterion at which the winner ties with others; just beyond it they win alone."""

    criterion: int
    weight: Fraction
    to: Fraction
    winners: tuple[int, ...]


class Turn(NamedTuple):
    """The score of an option at which the winner ties with others; just beyond it they win alone."""

    option: int
    criterion: int
    score: Fraction
    to: Fraction
    winners: tuple[int, ...]


@dataclass(frozen=True)
class Weighing:
    """The result. Options and criteria are named by their place in the decision, from 0."""

    decision: Decision
    totals: tuple[Fraction, ...]
    shares: tuple[Fraction, ...]
    """Each sum as a part of the highest that is possible, from 0 to 1."""
    ranking: tuple[int, ...]
    winners: tuple[int, ...]
    """One option, several when their sums are equal, none while nothing is scored."""
    margin: Fraction
    """How far the winner is before the next."""
    gaps: tuple[Gap, ...]
    flips: tuple[Flip, ...]
    """Weights that would change the winner, the smallest relative change first."""
    firm: tuple[int, ...]
    """Criteria whose weight alone cannot change the winner."""
    turns: tuple[Turn, ...]
    """Single scores that would change the winner, the smallest change first."""

    def option(self, place: int) -> str:
        """What an option is called."""
        return self.decision.options[place].title or f"option {place + 1}"

    def criterion(self, place: int) -> str:
        """What a criterion is called."""
        return self.decision.criteria[place].title or f"criterion {place + 1}"

    @property
    def verdict(self) -> str:
        """Who wins, in one sentence."""
        if not self.winners:
            return _nothing(self.decision)
        names = _listed(map(self.option, self.winners))
        sum_ = number(self.totals[self.winners[0]])
        if len(self.winners) > 1:
            return f"A tie: {names} have {sum_} each. Any weight that tells them apart decides it."
        after = [place for place in self.ranking if place not in self.winners]
        if not after:
            return f"{names} has {sum_}, and nothing stands against it: add what else there was."
        second = [place for place in after if self.totals[place] == self.totals[after[0]]]
        return (
            f"{names} wins with {sum_}, {number(self.margin)} ahead of {_listed(map(self.option, second))}."
        )

    @property
    def flip(self) -> str:
        """The smallest change of a weight that flips the winner, in one sentence; empty when there is no winner."""
        if len(self.winners) != 1 or len(self.totals) < 2:
            return ""
        if not self.flips:
            return "No weight alone can change the winner."
        criterion, weight, to, winners = self.flips[0]
        return (
            f"“{self.criterion(criterion)}” would have to count {_beyond(weight, to)} "
            f"for {_listed(map(self.option, winners))} to win."
        )

    @property
    def turn(self) -> str:
        """The smallest change of a score that flips the winner, in one sentence; empty when there is none."""
        if not self.turns:
            return ""
        option, criterion, score, to, winners = self.turns[0]
        return (
            f"Or {self.option(option)} would have to score {_beyond(score, to)} "
            f"by “{self.criterion(criterion)}” for {_listed(map(self.option, winners))} to win."
        )

    @property
    def unmoved(self) -> str:
        """The criteria that can never flip it; empty when there are none, or when no criterion can."""
        if not self.flips or not self.firm:
            return ""
        names = _listed(f"“{self.criterion(place)}”" for place in self.firm)
        return f"No weight of {names} alone changes the winner."

    @property
    def missing(self) -> str:
        """The scores that nobody gave, in one sentence; empty when all are there."""
        if not self.gaps:
            return ""
        names = [f"{self.option(gap.option)} by “{self.criterion(gap.criterion)}”" for gap in self.gaps[:3]]
        if more := len(self.gaps) - len(names):
            names.append(f"{more} more")
        return f"Not scored yet, so it adds nothing: {_listed(names)}."

    @property
    def difference(self) -> str:
        """What to do when the choice is another than the sum says; empty when they agree, or nothing is chosen."""
        chosen = [
            place
            for place, one in enumerate(self.decision.options)
            if one.id and one.id == self.decision.chosen
        ]
        if not chosen or not self.winners or chosen[0] in self.winners:
            return ""
        head = f"The sum says {_listed(map(self.option, self.winners))}, you chose {self.option(chosen[0])}"
        return (
            f"{head}, and “because” says why." if self.decision.because else f"{head}: say why in “because”."
        )

    @property
    def sentences(self) -> tuple[str, ...]:
        """Everything that is to be said, the winner first."""
        told = (self.verdict, self.flip, self.turn, self.unmoved, self.missing, self.difference)
        return tuple(filter(None, told))


def weigh_options(decision: Decision) -> Weighing:
    """Weigh the options of a decision by its criteria.

    >>> decision = Decision.model_validate({"criteria": [{"id": "speed", "weight": 5}, {"id": "scaling", "weight": 2}],
    ...     "options": [{"id": "one", "scores": {"speed": 5, "scaling": 2}}, {"id": "many", "scores": {"speed": 2, "scaling": 5}}]})
    >>> for sentence in weigh_options(decision).sentences: print(sentence)
    one wins with 29, 9 ahead of many.
    “speed” would have to count less than 2 instead of 5 (−3) for many to win.
    Or one would have to score less than 3.2 instead of 5 (−1.8) by “speed” for many to win.
    """
    weights = [_exact(one.weight) or Fraction() for one in decision.criteria]
    given = [[_score(option.scores, one.id) for one in decision.criteria] for option in decision.options]
    scores = [[score or Fraction() for score in row] for row in given]
    totals = tuple(sum(map(Fraction.__mul__, weights, row), Fraction()) for row in scores)
    most = MOST * sum(weights, Fraction())
    scored = any(
        score is not None and weight for row in given for score, weight in zip(row, weights, strict=True)
    )
    winners = _best(range(len(totals)), totals) if scored else ()
    rest = [total for place, total in enumerate(totals) if place not in winners]
    alone = len(winners) == 1 and len(totals) > 1
    flips = tuple(sorted(_flips(weights, scores, totals, winners[0]), key=_relative)) if alone else ()
    moved = {flip.criterion for flip in flips}
    turns = sorted(_turns(weights, scores, totals, winners[0]), key=_change) if alone else ()
    return Weighing(
        decision=decision,
        totals=totals,
        shares=tuple(total / most if most > 0 else Fraction() for total in totals),
        ranking=tuple(sorted(range(len(totals)), key=lambda place: -totals[place])),
        winners=winners,
        margin=totals[winners[0]] - max(rest) if alone else Fraction(),
        gaps=tuple(Gap(o, c) for o, row in enumerate(given) for c, score in enumerate(row) if score is None),
        flips=flips,
        firm=tuple(place for place in range(len(weights)) if place not in moved) if alone else (),
        turns=tuple(turns),
    )


def number(value: Fraction) -> str:
    """A number with two decimals at the most; halves go up.

    >>> [number(Fraction(n, 8)) for n in (16, 20, 1)]
    ['2', '2.5', '0.13']
    """
    return f"{floor(value * 100 + Fraction(1, 2)) / 100:.2f}".rstrip("0").rstrip(".")


def _flips(
    weights: Sequence[Fraction], scores: Sequence[Sequence[Fraction]], totals: Sequence[Fraction], winner: int
) -> Iterator[Flip]:
    """Per criterion: the nearest weight above, and the nearest below, where another option draws level."""
    for criterion, weight in enumerate(weights):
        column = [row[criterion] for row in scores]
        level: dict[Fraction, list[int]] = {}
        for place, score in enumerate(column):
            if score != column[winner]:
                to = weight + (totals[winner] - totals[place]) / (score - column[winner])
                level.setdefault(to, []).append(place)
        up, down = [to for to in level if to > weight], [to for to in level if 0 < to < weight]
        if up:
            yield Flip(criterion, weight, min(up), _best(level[min(up)], column))
        if down:
            yield Flip(criterion, weight, max(down), _best(level[max(down)], [-score for score in column]))


def _turns(
    weights: Sequence[Fraction], scores: Sequence[Sequence[Fraction]], totals: Sequence[Fraction], winner: int
) -> Iterator[Turn]:
    """Per score: how low the winner's, or how high another's, would have to be, within 0 to 5."""
    others = [place for place in range(len(totals)) if place != winner]
    second = _best(others, totals)
    for criterion, weight in enumerate(weights):
        if weight <= 0:
            continue
        own = scores[winner][criterion]
        if (to := own - (totals[winner] - totals[second[0]]) / weight) > 0:
            yield Turn(winner, criterion, own, to, second)
        for place in others:
            score = scores[place][criterion]
            if (to := score + (totals[winner] - totals[place]) / weight) < MOST:
                yield Turn(place, criterion, score, to, (place,))


def _best(places: Iterable[int], values: Sequence[Fraction]) -> tuple[int, ...]:
    places = tuple(places)
    most = max((values[place] for place in places), default=Fraction())
    return tuple(place for place in places if values[place] == most)


def _relative(flip: Flip) -> tuple[bool, Fraction]:
    """Smallest relative change first; a weight of 0 has none, and comes last."""
    return not flip.weight, abs((flip.to - flip.weight) / (flip.weight or 1))


def _change(turn: Turn) -> Fraction:
    return abs(turn.to - turn.score)


def _exact(value: float) -> Fraction | None:
    """The number as it was typed, so that 0.1 is a tenth; None for what is no number to count with."""
    return Fraction(repr(value)) if isfinite(value) else None


def _score(scores: dict[str, float], criterion: str) -> Fraction | None:
    return _exact(scores[criterion]) if criterion in scores else None


def _beyond(now: Fraction, to: Fraction) -> str:
    """The sums are equal at the point itself: one more step decides."""
    than, sign = ("more", "+") if to > now else ("less", "−")
    return f"{than} than {number(to)} instead of {number(now)} ({sign}{number(abs(to - now))})"


def _nothing(decision: Decision) -> str:
    """What is missing before anything can be weighed."""
    if len(decision.options) < 2:
        return "Nothing to weigh yet: write down two options or more."
    if not decision.criteria:
        return "Nothing to weigh by yet: write down what the options are judged by."
    if not any(criterion.weight for criterion in decision.criteria):
        return "No criterion counts anything yet: give the important ones a weight."
    return "Nothing is scored yet: say how well each option does, from 0 to 5."


def _listed(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
