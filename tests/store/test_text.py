"""A design file is read strictly: what is broken or hostile gets one sentence with its line."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from backendkit.model import DesignError
from backendkit.store.text import read

BOMB = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 30))
HOSTILE = {
    "stairs of dashes": "- " * 20_000,
    "stairs behind a text": "a: |\n  x\n" + "- " * 20_000,
    "stairs in quotes that end early": "a: 'x'\n'\n" + "- " * 20_000 + "'",
    "stairs of question marks": "? " * 20_000,
    "brackets": "[" * 40_000,
    "braces": "{a: " * 20_000,
    "stairs of indentation": "".join(" " * i + "a:\n" for i in range(2_000)),
    "a bomb of aliases": BOMB,
    "a bomb whose names are hidden": "x: '" + BOMB.replace("'", ""),
    "more than a few levels": "a: " + "[" * 60 + "]" * 60,
    "NUL": "a: \0\n",
    "escape sequences": "a: \x1b[31m\n",
    "megabytes": "a: " + "x" * 5_000_000,
    "half a megabyte of quotes": "a: " + '"' * 500_001,
    "many lines of nothing": "\n" * 400_000 + "a",
    "an open quote, again and again": 'a: "' * 100_000,
    "half a pair of signs": "a: \ud800\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_refused_in_seconds(name: str) -> None:
    began = time.monotonic()
    with pytest.raises(DesignError):
        read(HOSTILE[name])
    assert time.monotonic() - began < 10


def test_hostile_text_cannot_bring_the_process_down_not_even_in_a_thread() -> None:
    code = (
        "import threading\n"
        "from backendkit.model import DesignError\n"
        "from backendkit.store.text import read\n"
        "from tests.store.test_text import HOSTILE\n"
        "def one(text):\n"
        "    try: read(text)\n"
        "    except DesignError: refused.append(text)\n"
        "refused = []\n"
        "threading.stack_size(512 * 1024)\n"
        "for text in HOSTILE.values():\n"
        "    thread = threading.Thread(target=one, args=[text]); thread.start(); thread.join()\n"
        "print(len(refused))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.stdout.strip(), done.stderr, done.returncode) == (str(len(HOSTILE)), "", 0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: x: y\n", "line 2: found `b: x: y`: a second ': ' stands here."),
        ("a: [1, 2\n", "line 1: found `a: [1, 2`: a bracket or a quote is opened and not closed"),
        ("a: 'it's'\n", "line 1: found `a: 'it's'`: the quotes end before the text does"),
        ("a:\n\tb: 1\n", "line 2: found `b: 1`: indent with blanks, not with a tab."),
        ("a: 1\n\tb: 1\n", "line 2: found `b: 1`: indent with blanks, not with a tab."),
        ("a:\n  b: 1\n c: 2\n", "line 3: found `c: 2`: the line does not belong to what stands above"),
        ("a: x\nb:z\n", "line 2: found `b:z`: the line does not belong to what stands above"),
        ("a: - b\n", "line 1: found `a: - b`: a list begins on the line below its name."),
        ("a: @b\n", "line 1: found `a: @b`: text that begins with this sign goes in double quotes."),
        ('a: "C:\\dir"\n', "in double quotes a backslash is written twice."),
        ("a: 1\n\nb: 2\na: 3\n", "line 4: found 'a', which stands in line 1 too: keep one of them."),
        ("l:\n  - {id: x, id: y}\n", "line 2: found 'id', which stands in line 2 too: keep one of them."),
        ("a: &x 1\n", "line 1: names (&) and references to them (*) are not taken"),
        ("a: *x\n", "line 1: names (&) and references to them (*) are not taken"),
        ("a: 1\nb: !!str 1\n", "line 2: tags (!) are not taken"),
        ("b:\n  <<: {a: 1}\n", "line 2: found a name that is no text: put it in double quotes."),
        ("a:\n  1: x\n", "line 2: found a name that is no text: put it in double quotes."),
        ("? [a]\n: 1\n", "line 1: found a name that is no text: put it in double quotes."),
        ("a: 1\n---\nb: 1\n", "line 2: found `---`: a second document begins or ends here"),
        ("%YAML 1.2\n---\na: 1\n", "line 1: found `%YAML 1.2`: a line that begins with % is not taken"),
        ("a: 1\nb: \x07\n", "line 2: found the sign U+0007, which no text needs"),
        ("a: 1\rb: 2\r", "line 1: found the sign U+000D, which no text needs"),
        ("- a\n", "line 1: a design is made of `name: value` lines"),
        ("just prose\n", "line 1: a design is made of `name: value` lines"),
        ("a: " + "[" * 60 + "]" * 60 + "\n", "line 1: more than 50 levels stand in one another."),
    ],
)
def test_broken_text_gets_its_line_what_was_found_and_what_to_do(text: str, said: str) -> None:
    with pytest.raises(DesignError) as caught:
        read(text, "design.yaml")
    assert said in str(caught.value)
    assert str(caught.value).startswith("design.yaml: ")
    assert caught.value.problems[0].line


def test_every_doubled_key_is_named_at_once() -> None:
    with pytest.raises(DesignError) as caught:
        read("a: 1\na: 2\nb: {c: 1}\nb: 3\n")
    assert [problem.line for problem in caught.value.problems] == [2, 4]


def test_words_of_yaml_1_1_are_words_and_a_byte_order_mark_is_nothing() -> None:
    assert read("\ufeffa: yes\nb: on\nc: 12:30\nd: 2026-12-01\ne: 017\n") == {
        "a": "yes",
        "b": "on",
        "c": "12:30",
        "d": "2026-12-01",
        "e": 17,
    }
    assert read("") == read("# only a comment\n") == {}


def test_signs_of_aliases_and_tags_inside_text_are_text() -> None:
    assert read('a: R&D & more\nb: Hello !\nc: "&x and *x"\nd: 2 * 3\n')["c"] == "&x and *x"
