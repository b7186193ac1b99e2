"""The small grammar of guards and checks: attributes, literals, comparison, and/or/not, arithmetic.

A recursive-descent parser (Wirth, 1976); the result is printed as SQL and as Python, and never evaluated as text.
Ids may hold hyphens, so a minus between two names needs blanks around it.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>'(?:[^']|'')*')
    |(?P<name>[^\W\d][\w\-]*(?:\.[^\W\d][\w\-]*)*)
    |(?P<sign><=|>=|!=|<>|==|[<>=()+*/,]|-))""",
    re.VERBOSE,
)
_WORDS = {"and", "or", "not", "in", "is", "null", "true", "false"}
_LONGEST, _DEEPEST = 300, 30
_SAME = {"==": "=", "<>": "!="}
_DOES: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
}  # fmt: skip
_PYTHON = {"=": "==", "is": "is", "is not": "is not", "not in": "not in"}


@dataclass(frozen=True, slots=True)
class Name:
    """An attribute of the entity: its id."""

    id: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A number (as typed), a text, true, false or null."""

    kind: Literal["number", "text", "word"]
    value: str


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator with one or two operands; `in` has the list as its operands after the first."""

    sign: str
    parts: tuple[Expression, ...]


Expression = Name | Constant | Operation


class NotAnExpression(ValueError):
    """The text is not a line of the grammar: it is kept as prose."""


@lru_cache(maxsize=4096)
def parse_expression(text: str) -> Expression:
    """Read one line. Raises NotAnExpression with the place where it stops being one.

    >>> print_sql(parse_expression("price >= 0 and not state in ('sold', 'lost')"))
    '("price" >= 0) AND (NOT ("state" IN (\\'sold\\', \\'lost\\')))'
    >>> print_python(parse_expression("price >= 0 or note is null"))
    '(price >= 0) or (note is None)'
    """
    parser = _Parser(text)
    result = parser.either()
    if parser.at < len(parser.tokens):
        raise NotAnExpression(f"'{parser.tokens[parser.at][1]}' was not expected")
    return result


def is_expression(text: str) -> bool:
    """Whether a line is one of the grammar, and no prose.

    >>> is_expression("price >= 0"), is_expression("nobody is poor"), is_expression("")
    (True, False, False)
    """
    try:
        parse_expression(text)
    except NotAnExpression:
        return False
    return True


def names(expression: Expression) -> tuple[str, ...]:
    """The attribute ids it speaks of, in order, each once."""
    if isinstance(expression, Name):
        return (expression.id,)
    if isinstance(expression, Operation):
        return tuple(dict.fromkeys(name for part in expression.parts for name in names(part)))
    return ()


def rename(text: str, old: str, new: str) -> str:
    """The same line with one attribute called otherwise; prose stays as it is.

    >>> rename("price >= 0 and 'price' != note", "price", "cost")
    "cost >= 0 and 'price' != note"
    """
    try:
        parse_expression(text)
    except NotAnExpression:
        return text
    pieces, at = [], 0
    for match in _TOKEN.finditer(text):
        if match["name"] == old:
            pieces += [text[at : match.start("name")], new]
            at = match.end("name")
    return "".join([*pieces, text[at:]])


def print_sql(expression: Expression, *, column: dict[str, str] | None = None, quote: str = '"') -> str:
    """As SQL; `column` gives the physical name of an attribute. Names and texts are quoted (MySQL's quote is a `).

    >>> print_sql(parse_expression("a = 'it''s'"), column={"a": 'od"d'})
    '"od""d" = \\'it\\'\\'s\\''
    """
    if isinstance(expression, Name):
        name = (column or {}).get(expression.id, expression.id)
        return quote + name.replace(quote, quote * 2) + quote
    if isinstance(expression, Constant):
        text = expression.value.replace("'", "''")
        return f"'{text}'" if expression.kind == "text" else expression.value.upper()
    sign = {"!=": "<>"}.get(expression.sign, expression.sign).upper()
    return _joined(
        sign, [_nested(part, print_sql(part, column=column, quote=quote)) for part in expression.parts]
    )


def print_python(expression: Expression, *, variable: dict[str, str] | None = None) -> str:
    """As Python; `variable` gives the Python name of an attribute."""
    if isinstance(expression, Name):
        return (variable or {}).get(expression.id, expression.id)
    if isinstance(expression, Constant):
        if expression.kind == "text":
            return repr(expression.value)
        return {"true": "True", "false": "False", "null": "None"}.get(expression.value, expression.value)
    parts = [_nested(part, print_python(part, variable=variable)) for part in expression.parts]
    if expression.sign in ("in", "not in") and len(parts) == 2:
        parts[1] += ","
    return _joined(_PYTHON.get(expression.sign, expression.sign), parts)


def evaluate(expression: Expression, values: Mapping[str, Any]) -> Any:
    """What it is for a row, as SQL has it: None where that is unknown. Raises TypeError for values that do not compare.

    >>> evaluate(parse_expression("price >= 0 and price <= total"), {"price": 3, "total": 5})
    True
    """
    if isinstance(expression, Name):
        return values.get(expression.id)
    if isinstance(expression, Constant):
        words = {"true": True, "false": False, "null": None}
        number = expression.kind == "number"
        return Decimal(expression.value) if number else words.get(expression.value, expression.value)
    sign, found = expression.sign, [evaluate(part, values) for part in expression.parts]
    if sign in ("is", "is not"):
        return (found[0] == found[1]) is (sign == "is")
    if sign in ("and", "or"):
        ends = sign == "or"
        return ends if ends in found else None if None in found else not ends
    if None in found:
        return None
    if sign in ("in", "not in"):
        return (found[0] in found[1:]) is (sign == "in")
    if len(found) == 1:
        return not found[0] if sign == "not" else -found[0]
    return _DOES[sign](*found)


def _nested(part: Expression, text: str) -> str:
    return f"({text})" if isinstance(part, Operation) else text


def _joined(sign: str, parts: list[str]) -> str:
    if len(parts) == 1:
        return f"{sign} {parts[0]}" if sign.lower() == "not" else f"{sign}{parts[0]}"
    if sign.lower() in ("in", "not in"):
        return f"{parts[0]} {sign} ({', '.join(parts[1:])})"
    return f" {sign} ".join(parts)


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        self.at = self.depth = 0
        place = 0
        text = text.rstrip()
        while place < len(text):
            match = _TOKEN.match(text, place)
            if not match:
                raise NotAnExpression(f"'{text[place:].strip()[:20]}' was not expected")
            kind = str(match.lastgroup)
            self.tokens.append((kind, match[kind]))
            place = match.end()
            if len(self.tokens) > _LONGEST:
                raise NotAnExpression(f"it has more than {_LONGEST} words")

    def peek(self) -> str:
        if self.at >= len(self.tokens):
            return ""
        kind, value = self.tokens[self.at]
        return (
            value.lower() if value.lower() in _WORDS else "" if kind in ("text", "name", "number") else value
        )

    def take(self, *wanted: str) -> str:
        found = self.peek()
        if found in wanted:
            self.at += 1
            return found
        return ""

    def need(self, wanted: str) -> None:
        if not self.take(wanted):
            raise NotAnExpression(f"'{wanted}' is missing")

    @contextmanager
    def deeper(self) -> Iterator[None]:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise NotAnExpression(f"it is nested deeper than {_DEEPEST}")
        yield
        self.depth -= 1

    def chained(self, part: Callable[[], Expression], *signs: str) -> Expression:
        """Parts with signs of one rank between them, taken from the left."""
        left = part()
        while sign := self.take(*signs):
            left = Operation(sign, (left, part()))
        return left

    def either(self) -> Expression:
        return self.chained(self.both, "or")

    def both(self) -> Expression:
        return self.chained(self.negated, "and")

    def negated(self) -> Expression:
        if not self.take("not"):
            return self.compared()
        with self.deeper():
            return Operation("not", (self.negated(),))

    def compared(self) -> Expression:
        left = self.summed()
        if self.take("is"):
            sign = "is not" if self.take("not") else "is"
            self.need("null")
            return Operation(sign, (left, Constant("word", "null")))
        negative = bool(self.take("not"))
        if self.take("in"):
            self.need("(")
            items = [self.summed()]
            while self.take(","):
                items.append(self.summed())
            self.need(")")
            return Operation("not in" if negative else "in", (left, *items))
        if negative:
            raise NotAnExpression("'in' is missing after 'not'")
        sign = self.take("<=", ">=", "!=", "<>", "==", "<", ">", "=")
        return Operation(_SAME.get(sign, sign), (left, self.summed())) if sign else left

    def summed(self) -> Expression:
        return self.chained(self.multiplied, "+", "-")

    def multiplied(self) -> Expression:
        return self.chained(self.single, "*", "/")

    def single(self) -> Expression:
        if self.take("-"):
            with self.deeper():
                return Operation("-", (self.single(),))
        if self.take("("):
            with self.deeper():
                inside = self.either()
            self.need(")")
            return inside
        if word := self.take("true", "false", "null"):
            return Constant("word", word)
        if self.at >= len(self.tokens):
            raise NotAnExpression("it ends too early")
        kind, value = self.tokens[self.at]
        if kind == "sign" or value.lower() in _WORDS:
            raise NotAnExpression(f"'{value}' was not expected")
        self.at += 1
        if kind == "text":
            return Constant("text", value[1:-1].replace("''", "'"))
        return Constant("number", value) if kind == "number" else Name(value)
