"""Sentences: the EARS patterns, how to rewrite what is none, and words that nobody can test. English only.

Mavin et al., Easy Approach to Requirements Syntax, 2009; ISO/IEC/IEEE 29148, 5.2.7.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

_CLAUSE = re.compile(
    r"""(?:^|,\s*|\band\s+)(?:(?:and|then|but)\s+)?(?:
    (?P<event>when|whenever|once|after|before|upon|as\ soon\ as|(?:every|each)\ time)
    |(?P<state>while|whilst|as\ long\ as|during|until)
    |(?P<optional>where)|(?P<unwanted>if|unless|in\ case))\b""",
    re.IGNORECASE | re.VERBOSE,
)
_LABEL = re.compile(r"^\W*(?:[A-Z]{1,5}[-_.]?\d[\d.]*\s*[\]):.–-]\W*)?")
_PRONOUNS = {"it", "this", "that", "these", "there", "they", "he", "she", "we", "you", "i", "one"}
_MODAL = re.compile(
    r"\b(?:must|will|should|ha(?:s|ve) to|needs? to|(?:is|are) (?:required|expected|supposed) to)\b",
    re.IGNORECASE,
)
_STORY = re.compile(
    r"^(?:as (?:an? |the )?(?P<who>.+?),? I (?:want|need|wish|would like|can|should be able)(?: to)?(?: be able to)?"
    r"|it \w+ be possible (?:for (?P<other>.+?) )?to) (?P<what>.+?)(?:,? (?:so that|so|in order to)\b.*)?$",
    re.IGNORECASE,
)
_CAN = re.compile(r"^(?P<who>[^,]+?) (?:can|may|could|(?:is|are) able to) (?P<what>.+)$", re.IGNORECASE)
_DEVICE = re.compile(
    r"\b(?:system|app|application|api|service|server|platform|site|software)$", re.IGNORECASE
)
_NUMBER = re.compile(r"\d\s*(?:ms|milli|s\b|sec|min|hour|h\b|day|%|percent)", re.IGNORECASE)


def plain(text: str) -> str:
    """The text in one line; what stands in double quotes is somebody else's words and becomes “…”."""
    return re.sub(r'"[^"]*"|“[^”]*”|«[^»]*»', "“…”", " ".join(text.split()))


def ears(text: str) -> str:
    """The EARS pattern: ubiquitous, event, state, optional, unwanted or complex; empty when there is none.

    >>> ears("While the shop is closed, when a reader orders, the shop shall say so.")
    'complex'
    >>> ears("Readers can search.")
    ''
    """
    parts = re.split(r"(?<=[.!?;])\s+", _LABEL.sub("", plain(text)))
    sentence = next((part for part in parts if re.search(r"\bshall\b", part, re.IGNORECASE)), "")
    before, _, after = re.sub(r"\bshall\b", "\0", sentence, flags=re.IGNORECASE).partition("\0")
    subject = re.split(r",|\bthen\b", before)[-1].strip(" '*`")
    kinds = [str(match.lastgroup) for match in _CLAUSE.finditer(before)]
    half = kinds and subject == before.strip() and len(subject.split()) < 4
    if half or not after.strip(" .:") or not subject or subject.lower() in _PRONOUNS:
        return ""
    return "ubiquitous" if not kinds else kinds[0] if len(set(kinds)) == 1 else "complex"


def rewrite(text: str, system: str) -> str:
    """A proposal for a sentence that follows none of the patterns, as far as its words can be kept.

    >>> rewrite("As a reader, I want to search for books so that I find one.", "shop")
    'The shop shall let the reader search for books.'
    """
    line = _LABEL.sub("", " ".join(text.split())).rstrip(" .")
    if story := _STORY.match(line):
        who = story["who"] or story["other"] or "user"
        article = "" if re.match(r"(?:the|an?|every|each|all|any)\b", who, re.IGNORECASE) else "the "
        return f"The {system} shall let {article}{who} {story['what']}."
    if ears(better := _MODAL.sub("shall", line, count=1)):
        return f"{better}."
    clause, comma, rest = line.rpartition(", ") if _CLAUSE.match(line) else ("", "", line)
    head = f"{clause}, the" if comma else "The"
    if (can := _CAN.match(rest)) and can["who"].lower() not in _PRONOUNS:
        if _DEVICE.search(can["who"]) or can["who"].lower().endswith(system.lower()):
            return f"{clause}{comma}{can['who']} shall {can['what']}."
        return f"{head} {system} shall let {can['who'][0].lower()}{can['who'][1:]} {can['what']}."
    order = comma and re.match(r"(?!(?:the|an?|each|every|it|they|no|all)\b)[a-z]+(?<!s) ", rest)
    return f"{head} {system} shall {rest if order else '…'}" + ("." if order else "")


def vague(text: str) -> Iterator[tuple[str, str]]:
    """Words that two people would test differently, each with what to do instead."""
    line = plain(text)
    for pattern, instead, number in _vague():
        if (found := pattern.search(line)) and not (number and _NUMBER.search(line)):
            yield found[0], instead


@cache
def words(kind: str) -> frozenset[str]:
    """The words of one kind in words.yml, as `money`."""
    return frozenset(_table()[kind])


@cache
def _vague() -> list[tuple[re.Pattern[str], str, bool]]:
    whole = r"(?i)(?<![\w-])(?:%s)(?![\w-])"
    return [(re.compile(whole % row["words"]), row["instead"], "number" in row) for row in _table()["vague"]]


@cache
def _table() -> Any:
    from yaml12 import read_yaml

    return read_yaml(Path(__file__).with_name("words.yml"))


def same(text: str) -> str:
    """What is left of a sentence when case, punctuation and articles do not count."""
    return " ".join(word for word in re.findall(r"\w+", text.lower()) if word not in ("a", "an", "the"))
