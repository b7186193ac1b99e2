"""What databases print for checks and defaults, in the words of a design.

https://www.postgresql.org/docs/current/sql-syntax-lexical.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from backendkit.model import expression
from backendkit.model.expression import (
    Constant,
    Name,
    NotAnExpression,
    Operation,
    parse_expression,
    print_sql,
)

_TOKEN = re.compile(
    r"""\s+|(?:N|_\w+)?(?P<text>'(?:[^']|'')*')
    |"(?P<double>(?:[^"]|"")+)"|`(?P<back>(?:[^`]|``)+)`|(?<![\w\]])\[(?P<bracket>[^\[\]']+)\]
    |(?P<cast>::\s*(?:character\ varying|double\ precision|bit\ varying|time(?:stamp)?(?:\(\d\))?\ with(?:out)?\ time\ zone
    |(?:[\w.]|"[^"]+")+)(?:\(\d+(?:,\s*\d+)?\))?(?:\[\d*\])*)
    |(?P<word>[^\W\d][\w$]*)|(?P<number>\d+(?:\.\d*)?)|(?P<sign><=|>=|<>|!=|==|.)""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_QUOTED_NUMBER = re.compile(
    r"'(-?\d+(?:\.\d+)?)'::(?:\w*int\w*|numeric|real|double precision)", re.IGNORECASE
)
_NOW = re.compile(
    r"(now|(transaction|statement|clock)_timestamp|getdate|sysdatetime|current_(timestamp|date|time)|localtime(stamp)?"
    r"|sysdate)(\(\d?\))?|(datetime|date|time)\('now'(,'localtime')?\)",
    re.IGNORECASE,
)
_NEW_UUID = re.compile(
    r"(gen_random_uuid|uuid_generate_v[14]|uuid(v[47])?|newid|newsequentialid|sys_guid)\(\)|lower\(hex\(randomblob\(16\)\)\)",
    re.IGNORECASE,
)


def check_line(sql: str, ids: Mapping[str, str]) -> str | None:
    """A check of a database as one line of the grammar; None when it says more than the grammar can.

    `ids` gives the attribute of a column.

    >>> check_line('(("Unit Price")::numeric >= (0)::numeric)', {"Unit Price": "unit_price"})
    'unit_price >= 0'
    >>> check_line("((state)::text = ANY ((ARRAY['a'::character varying, 'b'::text])::text[]))", {"state": "state"})
    "state IN ('a', 'b')"
    """
    known = {name.casefold(): id_ for name, id_ in ids.items()} | dict(ids)
    tokens = _TOKEN.finditer(_QUOTED_NUMBER.sub(r"(\1)", sql))
    words = [word for match in tokens if (word := _word(match, known))]
    try:
        parsed = parse_expression(" ".join(_ranged(_listed(words))))
    except NotAnExpression:
        return None
    used = expression.names(parsed)
    return print_sql(parsed, quote="") if used and set(used) <= set(ids.values()) else None


def _word(match: re.Match[str], known: Mapping[str, str]) -> str:
    """One token in the spelling of the grammar; casts are dropped."""
    kind, text = match.lastgroup, match[0]
    if kind in (None, "cast"):
        return ""
    if kind == "word" and text.lower() in ("and", "or", "not", "in", "is", "null", "true", "false"):
        return text.lower()
    if kind in ("double", "back", "bracket", "word"):
        name = (
            str(match[kind]).replace(text[0] * 2, text[0]) if kind in ("double", "back") else str(match[kind])
        )
        return known.get(name) or known.get(name.casefold()) or name.lower()
    return str(match[kind])


def _listed(words: list[str]) -> list[str]:
    """PostgreSQL prints `x in (…)` as `x = any (array[…])`."""
    for at, sign in enumerate(words):
        if words[at + 1 : at + 2] != [{"=": "any", "<>": "all"}.get(sign)] or "array" not in words[at:]:
            continue
        start = words.index("array", at)
        opened = start - at - 2
        if words[at + 2 : start] != ["("] * opened or "]" not in words[start:]:
            return words
        end = words.index("]", start)
        values = [word for word in words[start + 2 : end] if word not in ("(", ")")]
        found = ["in"] if sign == "=" else ["not", "in"]
        return [*words[:at], *found, "(", *values, ")", *_listed(words[end + 1 + opened :])]
    return words


def _ranged(words: list[str]) -> list[str]:
    """`x between a and b` as two comparisons."""
    while "between" in words:
        at = words.index("between")
        if (
            words[at + 2 : at + 3] != ["and"]
            or len(words) < at + 4
            or at < 1
            or words[at - 1] in ("not", ")")
        ):
            return words
        name, low, high = words[at - 1], words[at + 1], words[at + 3]
        words = [*words[: at - 1], "(", name, ">=", low, "and", name, "<=", high, ")", *words[at + 4 :]]
    return words


def allowed_values(line: str) -> tuple[str, tuple[str, ...]] | None:
    """The attribute and its values, where a check does nothing but list them.

    >>> allowed_values("state in ('open', 'paid')")
    ('state', ('open', 'paid'))
    """
    found = parse_expression(line)
    if not isinstance(found, Operation) or found.sign != "in" or not isinstance(found.parts[0], Name):
        return None
    values = [part.value for part in found.parts[1:] if isinstance(part, Constant) and part.kind == "text"]
    return (found.parts[0].id, tuple(values)) if len(values) == len(found.parts) - 1 and all(values) else None


def default_word(sql: str) -> str | None:
    """A default of a database as a design says it, none as ""; None when it is more than a literal, `now`, `new uuid`.

    >>> [default_word(sql) for sql in ("'it''s'::text", "((-1))::numeric", "CURRENT_TIMESTAMP", "''", "f(1)")]
    ["it's", '-1', 'now', "''", None]
    """
    tokens = _TOKEN.finditer(_QUOTED_NUMBER.sub(r"\1", sql))
    bare = "".join(match["text"] or match[0] for match in tokens if match.lastgroup not in (None, "cast"))
    while re.fullmatch(r"\(.*\)", bare, re.DOTALL):
        bare = bare[1:-1]
    if bare.lower() in ("", "null"):
        return ""
    if _NOW.fullmatch(bare):
        return "now"
    if _NEW_UUID.fullmatch(bare):
        return "new uuid"
    if re.fullmatch(r"[-+]?\d+(\.\d*)?|true|false", bare, re.IGNORECASE):
        return bare.lower()
    if re.fullmatch(r"'(?:[^']|'')*'", bare):
        text = bare[1:-1].replace("''", "'")
        return bare if text in ("", "now", "new uuid") or text.startswith("'") else text
    return None
