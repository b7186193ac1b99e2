"""From what people and databases call things to names that Python, JSON and paths can carry (PEP 3131).

https://peps.python.org/pep-3131/
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Collection, Iterable

LONGEST = 60
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_PLURAL = re.compile(r"(?P<es>s|x|z|ch|sh)$|(?<=[^aeiou])(?P<ies>y)$")
# Windows opens a device, not a file, under these names, whatever the ending.
_DEVICES = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{name}{number}" for name in ("com", "lpt") for number in range(10)),
}


def snake(text: str) -> str:
    """A lower-case identifier made of the text's letters and digits, in any script; `unnamed` when there are none.

    >>> snake("Order Details"), snake("BillingAddress"), snake("größe (cm)"), snake("2nd")
    ('order_details', 'billing_address', 'größe_cm', 'n2nd')
    """
    folded = unicodedata.normalize(
        "NFKC", _HUMPS.sub("_", unicodedata.normalize("NFKC", text[:1000])).lower()
    )
    kept = "".join(sign if f"a{sign}".isidentifier() else "_" for sign in folded)
    while kept and (kept[0] == "_" or unicodedata.category(kept[0]).startswith("M")):
        kept = kept[1:]
    name = re.sub("__+", "_", kept)[:LONGEST].rstrip("_")
    if not name:
        return "unnamed"
    return name if name.isidentifier() else f"n{name}"


def spelled(text: str) -> str:
    """The text as it is where it is one word of plain letters and digits already, as in JSON; else like `snake`.

    >>> spelled("photoUrls"), spelled("order-line"), spelled("2nd")
    ('photoUrls', 'order_line', 'n2nd')
    """
    return text if re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", text) and len(text) <= LONGEST else snake(text)


def ascii_snake(text: str) -> str:
    """The same without accents, for file names and path parameters.

    >>> ascii_snake("Größe"), ascii_snake("日本"), ascii_snake("Aux")
    ('grosse', 'unnamed', 'aux_')
    """
    plain = unicodedata.normalize("NFKD", text[:1000].replace("ß", "ss")).encode("ascii", "ignore").decode()
    name = snake(plain)
    return f"{name}_" if name in _DEVICES or keyword.iskeyword(name) else name


def kebab(text: str) -> str:
    """Words with hyphens: an id that people say, a piece of a path.

    >>> kebab("InvoiceLine")
    'invoice-line'
    """
    return snake(text).replace("_", "-")


def pascal(text: str) -> str:
    """The name of a class.

    >>> pascal("order details"), pascal("none")
    ('OrderDetails', 'None_')
    """
    name = "".join(word[:1].upper() + word[1:] for word in snake(text).split("_"))
    return f"{name}_" if keyword.iskeyword(name) else name


def plural(text: str) -> str:
    """Several of it, where English makes that simple.

    >>> plural("category"), plural("address"), plural("book"), plural("series"), plural("tracks")
    ('categories', 'addresses', 'books', 'series', 'tracks')
    """
    if irregular := re.search(r"(child|person)$", text):
        return text[: irregular.start()] + {"child": "children", "person": "people"}[irregular[0]]
    if re.search(r"(?i)(?<!s)s$|ies$|data$|media$", text) and not re.search(r"(?i)(us|is)$", text):
        return text
    if re.search(r"(?i)(us|is)$", text):
        return f"{text}es"
    found = _PLURAL.search(text)
    if found and found["ies"]:
        return f"{text[:-1]}ies"
    return f"{text}es" if found else f"{text}s"


def unique(name: str, taken: Collection[str]) -> str:
    """The name, or the name with the first number that is free.

    >>> unique("book", {"book", "book_2"})
    'book_3'
    """
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}_{number}"
    return found


def distinct(names: Iterable[str], reserved: Collection[str] = ()) -> tuple[str, ...]:
    """The names in order, no two the same, none of them reserved: doubled ones are numbered.

    >>> distinct(["a", "a", "class"], {"class"})
    ('a', 'a_2', 'class_')
    """
    found: list[str] = []
    for name in names:
        found.append(unique(f"{name}_" if name in reserved else name, {*found, *reserved}))
    return tuple(found)
