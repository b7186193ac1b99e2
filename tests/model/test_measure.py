"""A measure is one readable line: parsed once, printed back the same."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backendkit.model.measure import METRICS, PERIODS, UNITS, Measure, parse_measure, why_not

LINES = [
    "p95 latency of GET /books <= 200 ms at 50 req/s",
    "p99.9 latency of POST /orders < 1.5 s at 5 req/s over 10 min",
    "availability >= 99.9 % over 30 d",
    "recovery point <= 5 min",
    "recovery time <= 1 h",
    "error rate < 0.1 %",
    "error rate of GET /books < 0.1 % at 50 req/s",
    "storage <= 20 GB",
    "throughput >= 200 req/s",
    "concurrent users >= 500",
    "orders >= 20000 per month",
    "cost <= 300 EUR per month",
    "max latency of GET /books/{isbn} <= 2 s",
    "test coverage >= 85 %",
]


@pytest.mark.parametrize("line", LINES)
def test_a_line_is_printed_back_the_same(line: str) -> None:
    assert str(parse_measure(line)) == line


def test_the_parts_of_a_latency_are_metric_target_unit_percentile_load_and_scope() -> None:
    found = parse_measure(LINES[0])
    assert found == Measure(
        metric="latency",
        operator="<=",
        target=Decimal(200),
        unit="ms",
        percentile=Decimal(95),
        scope="GET /books",
        load=Decimal(50),
        load_unit="req/s",
    )
    assert found.base_target == Decimal("0.2")
    assert found.dimension == "time"


def test_typographic_signs_and_loose_blanks_are_taken_and_printed_plainly() -> None:
    assert str(parse_measure("  p95  latency ≤ 200ms ")) == "p95 latency <= 200 ms"


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("fast", "write what is measured"),
        ("", "write what is measured"),
        ("latency <= 200", "No unit"),
        ("availability >= 99.9 ms", "use %"),
        ("p100 latency <= 2 s", "no percentile"),
        ("availability >= 99 % over 3 moons", "no period"),
        ("latency of GET /books <= soon", "write what is measured"),
    ],
)
def test_a_line_that_is_no_measure_says_why(line: str, word: str) -> None:
    assert parse_measure(line) is None
    assert word in why_not(line)


@pytest.mark.parametrize("line", LINES)
def test_a_line_that_is_a_measure_has_nothing_to_explain(line: str) -> None:
    assert why_not(line) == ""


def test_a_value_is_held_against_the_target_in_base_units() -> None:
    found = parse_measure("p95 latency <= 200 ms")
    assert found is not None
    assert found.holds(0.2)
    assert not found.holds(0.2001)


numbers = st.decimals(min_value=0, max_value=10**6, places=2).map(lambda number: f"{number:f}")


@st.composite
def measures(draw: st.DrawFn) -> str:
    metric = draw(st.sampled_from(sorted(METRICS)))
    unit = draw(st.sampled_from(sorted(UNITS[METRICS[metric]])))
    line = f"{metric} {draw(st.sampled_from(['<', '<=', '=', '>=', '>']))} {draw(numbers)}" + (
        f" {unit}" if unit else ""
    )
    if draw(st.booleans()):
        line += f" at {draw(numbers)} req/s"
    return line + (f" over {draw(numbers)} {draw(st.sampled_from(PERIODS))}" if draw(st.booleans()) else "")


@given(measures())
def test_every_metric_unit_load_and_period_comes_back_the_same(line: str) -> None:
    assert str(parse_measure(line)) == line


@given(st.text(max_size=200))
def test_any_text_is_either_a_measure_or_explained(line: str) -> None:
    assert (parse_measure(line) is None) == bool(why_not(line))
