"""A measure is one readable line that is parsed once: the gate of a test, the threshold of an alert, the number printed.

The parts follow the response measure of a quality attribute scenario (Bass, Clements, Kazman: Software Architecture
in Practice).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from operator import eq, ge, gt, le, lt
from typing import Literal

Operator = Literal["<", "<=", "=", ">=", ">"]

METRICS: dict[str, str] = {
    "latency": "time",
    "response time": "time",
    "start time": "time",
    "recovery time": "time",
    "recovery point": "time",
    "time to restore": "time",
    "staleness": "time",
    "availability": "share",
    "error rate": "share",
    "cache hit rate": "share",
    "test coverage": "share",
    "processor use": "share",
    "throughput": "rate",
    "requests": "rate",
    "storage": "size",
    "memory": "size",
    "download": "size",
    "concurrent users": "count",
    "cost": "money",
}
"""Metrics whose dimension is known; any other words are a metric of the team's own, with any unit."""

UNITS: dict[str, dict[str, Decimal]] = {
    "time": {
        "us": Decimal("0.000001"),
        "ms": Decimal("0.001"),
        "s": Decimal(1),
        "min": Decimal(60),
        "h": Decimal(3600),
        "d": Decimal(86400),
    },
    "share": {"%": Decimal("0.01")},
    "rate": {"req/s": Decimal(1), "req/min": Decimal(1) / 60, "req/h": Decimal(1) / 3600},
    "size": {
        "B": Decimal(1),
        "kB": Decimal(10) ** 3,
        "MB": Decimal(10) ** 6,
        "GB": Decimal(10) ** 9,
        "TB": Decimal(10) ** 12,
        "KiB": Decimal(2) ** 10,
        "MiB": Decimal(2) ** 20,
        "GiB": Decimal(2) ** 30,
    },
    "count": {"": Decimal(1), "users": Decimal(1)},
    "money": {"EUR": Decimal(1), "USD": Decimal(1), "GBP": Decimal(1), "CHF": Decimal(1)},
}
"""Units by dimension, each with its factor to the base unit (seconds, parts of one, requests per second, bytes)."""

PERIODS = ("s", "min", "h", "d", "day", "week", "month", "year")
_COMPARE: dict[str, Callable[[Decimal, Decimal], bool]] = {"<": lt, "<=": le, "=": eq, ">=": ge, ">": gt}
EXAMPLE = "p95 latency of GET /books <= 200 ms at 50 req/s"

_NUMBER = r"\d+(?:\.\d+)?"
_LINE = re.compile(
    rf"""^(?:p(?P<percentile>{_NUMBER})\s+|(?P<statistic>mean|median|max|min|total)\s+)?
    (?P<metric>[A-Za-z][A-Za-z \-]*?)
    (?:\s+of\s+(?P<scope>.+?))?
    \s*(?P<operator><=|>=|<|>|=|≤|≥)\s*
    (?P<target>{_NUMBER})\s*(?P<unit>(?!(?:at|over|per|with)\b)[^\s\d]\S*)?
    (?:\s+per\s+(?P<per>[a-z]+))?
    (?:\s+at\s+(?P<load>{_NUMBER})\s+(?P<load_unit>\S+))?
    (?:\s+over\s+(?P<window>{_NUMBER})\s*(?P<window_unit>[a-z]+))?$""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure in numbers. `str()` of it is the line again.

    `target` is in `unit`; `base_target` is in the base unit of the dimension (s, parts of one, req/s, B).
    `load` says under how many `load_unit` it holds, `window` over which period.
    """

    metric: str
    operator: Operator
    target: Decimal
    unit: str = ""
    percentile: Decimal | None = None
    statistic: str = ""
    scope: str = ""
    per: str = ""
    load: Decimal | None = None
    load_unit: str = ""
    window: Decimal | None = None
    window_unit: str = ""

    @property
    def dimension(self) -> str:
        """time, share, rate, size, count, money, or empty for a metric of the team's own."""
        return METRICS.get(self.metric, "")

    @property
    def base_target(self) -> Decimal:
        """The target in the base unit of its dimension."""
        return self.target * UNITS.get(self.dimension, {}).get(self.unit, Decimal(1))

    def holds(self, value: Decimal | float) -> bool:
        """Whether a value in the base unit meets the target.

        >>> parse_measure("p95 latency <= 200 ms").holds(0.18)
        True
        """
        number, limit = Decimal(str(value)), self.base_target
        return _COMPARE[self.operator](number, limit)

    def __str__(self) -> str:
        parts = [
            f"p{self.percentile}" if self.percentile is not None else self.statistic,
            self.metric,
            f"of {self.scope}" if self.scope else "",
            f"{self.operator} {self.target}",
            self.unit,
            f"per {self.per}" if self.per else "",
            f"at {self.load} {self.load_unit}" if self.load is not None else "",
            f"over {self.window} {self.window_unit}" if self.window is not None else "",
        ]
        return " ".join(filter(None, parts))


@lru_cache(maxsize=4096)
def parse_measure(line: str) -> Measure | None:
    """Read one line; None when it is not a measure. `why_not` says what is wrong with it.

    >>> m = parse_measure("p95 latency of GET /books <= 200 ms at 50 req/s")
    >>> m.metric, m.scope, m.target, m.unit, m.percentile, m.load
    ('latency', 'GET /books', Decimal('200'), 'ms', Decimal('95'), Decimal('50'))
    >>> str(parse_measure("availability >= 99.9 % over 30 d"))
    'availability >= 99.9 % over 30 d'
    """
    match = _LINE.match(" ".join(line.split()))
    if not match or _misfit(match.groupdict()):
        return None
    part = match.groupdict()
    return Measure(
        metric=_known(part["metric"]),
        operator={"≤": "<=", "≥": ">="}.get(part["operator"], part["operator"]),  # type: ignore[arg-type]
        target=Decimal(part["target"]),
        unit=part["unit"] or "",
        percentile=_decimal(part["percentile"]),
        statistic=part["statistic"] or "",
        scope=part["scope"] or "",
        per=part["per"] or "",
        load=_decimal(part["load"]),
        load_unit=part["load_unit"] or "",
        window=_decimal(part["window"]),
        window_unit=part["window_unit"] or "",
    )


def why_not(line: str) -> str:
    """One sentence on why a line is not a measure; empty when it is one.

    >>> why_not("availability >= 99.9 ms")
    "'ms' is no unit of availability: use %."
    """
    match = _LINE.match(" ".join(line.split()))
    if not match:
        return f"'{line}' is no measure: write what is measured, a comparison and a number, as '{EXAMPLE}'."
    return _misfit(match.groupdict())


_WORDS = {
    "second": "s", "sec": "s", "minute": "min", "hour": "h", "day": "d", "week": "w", "month": "month", "year": "year",
}  # fmt: skip
_SECONDS = {**{word: int(factor) for word, factor in UNITS["time"].items() if factor >= 1}, "w": 604800}
_SECONDS |= {"month": 30 * 86400, "year": 365 * 86400}


def read_seconds(text: str) -> int | None:
    """How long, in seconds; None when it is no time.

    >>> read_seconds("15 min"), read_seconds("14 days"), read_seconds("soon")
    (900, 1209600, None)
    """
    match = re.fullmatch(rf"\s*({_NUMBER})?\s*([A-Za-z]+)\s*", text)
    if not match:
        return None
    word = match[2].lower()
    factor = _SECONDS.get(_WORDS.get(word.removesuffix("s"), word) if word != "s" else "s")
    return int(Decimal(match[1] or 1) * factor) if factor else None


def read_rate(text: str) -> tuple[int, int] | None:
    """How often, as a count and the seconds it is for; None when it is no rate.

    >>> read_rate("600 per minute"), read_rate("5 per 10 min"), read_rate("often")
    ((600, 60), (5, 600), None)
    """
    count, _, time = text.partition(" per ")
    seconds = read_seconds(time)
    return (int(count), seconds) if seconds and count.strip().isdecimal() and int(count) else None


def read_bytes(text: str) -> int | None:
    """How much, in bytes; None when it is no size.

    >>> read_bytes("1 MB"), read_bytes("64 KiB"), read_bytes("little")
    (1000000, 65536, None)
    """
    match = re.fullmatch(rf"\s*({_NUMBER})\s*(\w+)\s*", text)
    factor = UNITS["size"].get(match[2]) if match else None
    return int(Decimal(match[1]) * factor) if match and factor else None


def _misfit(part: dict[str, str | None]) -> str:
    units = UNITS.get(METRICS.get(_known(part["metric"] or ""), ""), {})
    unit = part["unit"] or ""
    if units and unit not in units:
        found = f"'{unit}'" if unit else "No unit"
        return f"{found} is no unit of {part['metric']}: use {', '.join(u for u in units if u)}."
    if part["percentile"] and not 0 < Decimal(part["percentile"]) < 100:
        return f"p{part['percentile']} is no percentile: use one between 0 and 100, as p95."
    if part["window_unit"] and part["window_unit"] not in PERIODS:
        return f"'{part['window_unit']}' is no period: use {', '.join(PERIODS)}."
    return ""


def _known(metric: str) -> str:
    return metric.lower() if metric.lower() in METRICS else metric


def _decimal(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None
