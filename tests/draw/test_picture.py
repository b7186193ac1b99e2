"""What holds for every picture: valid, standalone, the same bytes everywhere, one sentence when it cannot be drawn."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections import Counter
from itertools import product
from time import perf_counter
from xml.etree import ElementTree

import pymupdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backendkit.draw import PICTURES, DrawingError, picture
from backendkit.draw.text import clean
from backendkit.model import Design

from .conftest import NAMES, large

SVG = "{http://www.w3.org/2000/svg}"


def texts(svg: bytes) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize(("what", "theme"), list(product(PICTURES, ("light", "dark"))))
def test_an_svg_stands_alone_and_says_what_it_shows(shop: Design, what: str, theme: str) -> None:
    svg = picture(shop, what, theme=theme)
    root = ElementTree.fromstring(svg)
    assert root[0].tag == f"{SVG}title"
    assert "Shop" in (root[0].text or "")
    assert (b'fill="#12181f"' in svg.partition(b"<g")[0]) is (theme == "dark")
    assert root[1].tag == f"{SVG}desc"
    links = [
        value for element in root.iter() for name, value in element.attrib.items() if name.endswith("href")
    ]
    assert all(link.startswith("data:image/png;base64,") for link in links)
    assert svg.count(b"http") == 1  # the namespace
    ids = Counter(element.attrib["id"] for element in root.iter() if "id" in element.attrib)
    assert set(ids.values()) == {1}


@pytest.mark.parametrize("what", PICTURES)
@pytest.mark.parametrize("format", ["svg", "pdf", "png"])
def test_any_name_is_shown_as_text_and_breaks_nothing(hostile: Design, what: str, format: str) -> None:
    made = picture(hostile, what, format=format)
    if format == "svg":
        tags = {element.tag.removeprefix(SVG) for element in ElementTree.fromstring(made).iter()}
        assert tags <= {"svg", "title", "desc", "g", "rect", "path", "text", "circle", "image"}
        shown = {"<b>&amp;</b>", "\ufffd\ufffd\ufffd bell"}
        assert shown | ({"back\\slash\\", "new line tab", "]]>"} if what == "er" else set()) <= set(
            texts(made)
        )
    elif format == "pdf":
        assert "<b>&amp;</b>" in pymupdf.open(stream=made)[0].get_text()
    else:
        assert made.startswith(b"\x89PNG")


@settings(max_examples=40, deadline=None)
@given(name=st.text(max_size=40), type=st.text(max_size=10))
def test_the_id_in_the_svg_is_safe_and_the_name_is_readable(name: str, type: str) -> None:
    row = {"id": name, "name": name, "about": type}
    svg = picture(
        Design.model_validate({"database": {"entities": [{"id": "e", "name": name, "attributes": [row]}]}}),
        "er",
    )
    ElementTree.fromstring(svg)
    assert all(re.fullmatch(r"[\w.-]+", id) for id in re.findall(r' id="([^"]*)"', svg.decode()))
    if len(name) < 20:
        assert (clean(name) or clean("e")) in texts(svg) or not clean(name)


@pytest.mark.parametrize("what", PICTURES)
def test_an_empty_design_gets_a_friendly_card(what: str) -> None:
    assert any(text.startswith("No ") and text.endswith(" yet") for text in texts(picture(Design(), what)))


@pytest.mark.parametrize("what", PICTURES)
def test_an_element_without_any_name_is_drawn(what: str) -> None:
    values = {
        "architecture": {"elements": [{}], "relations": [{}]},
        "database": {"entities": [{"attributes": [{}]}]},
    }
    ElementTree.fromstring(picture(Design.load(values), what))


def test_elements_carry_ids_that_stay(shop: Design) -> None:
    er, container = picture(shop, "er").decode(), picture(shop, "container").decode()
    for id in ("entity-copy", "attribute-copy.book", "reference-copy.book", "reference-refund.order-place"):
        assert f'id="{id}"' in er
    assert 'data-id="refund.of-line" data-start="refund" data-end="line"' in er
    for id in ("element-shop", "element-data", "relation-stores"):
        assert f'id="{id}"' in container


def test_a_pdf_keeps_text_as_text_and_has_no_date(shop: Design) -> None:
    document = pymupdf.open(stream=picture(shop, "er", format="pdf"))
    assert "Copy of a book" in document[0].get_text()
    assert not document.metadata["creationDate"]
    assert {font[3].partition("+")[2] for font in document[0].get_fonts()} == {
        "NotoSans-Bold", "NotoSans-Regular", "NotoSans-Italic"
    }  # fmt: skip


def test_icons_are_in_the_pdf(shop: Design) -> None:
    assert len(pymupdf.open(stream=picture(shop, "container", format="pdf"))[0].get_images()) == 5


def test_every_machine_gives_the_same_bytes(shop: Design) -> None:
    code = (
        "import sys, hashlib; from backendkit.draw import picture; from backendkit.model import Design;"
        "design = Design.model_validate_json(sys.stdin.buffer.read(), by_name=True);"
        "[print(hashlib.sha256(picture(design, w, format=f)).hexdigest()) for w in ('er', 'container') for f in ('svg', 'pdf', 'png')]"
    )
    here = [
        hashlib.sha256(picture(shop, what, format=format)).hexdigest()
        for what in ("er", "container")
        for format in ("svg", "pdf", "png")
    ]
    other = os.environ | {
        "FONTCONFIG_FILE": os.devnull,
        "PYTHONHASHSEED": "7",
        "LC_ALL": "C",
        "TZ": "Asia/Tokyo",
    }
    run = subprocess.run(
        [sys.executable, "-c", code],
        input=shop.model_dump_json().encode(),
        env=other,
        capture_output=True,
        check=True,
    )
    assert run.stdout.decode().split() == here


@pytest.mark.parametrize("values", [("tree", "svg", "light"), ("er", "gif", "light"), ("er", "svg", "pink")])
def test_an_unknown_wish_says_what_there_is(values: tuple[str, str, str]) -> None:
    what, format, theme = values
    with pytest.raises(DrawingError, match=r"cannot be drawn: (there are|did you mean)"):
        picture(Design(), what, format=format, theme=theme)


def test_a_wrong_focus_names_the_nearest(shop: Design) -> None:
    with pytest.raises(DrawingError, match="no entity 'cpy' to draw: did you mean 'copy'"):
        picture(shop, "er", focus="cpy")
    with pytest.raises(DrawingError, match="no element 'frnt' to draw: did you mean 'front'"):
        picture(shop, "container", focus="frnt")


def test_fifteen_entities_are_redrawn_in_under_a_second() -> None:
    design = large(15, 2)
    picture(design, "er")
    changed = Design.load({**design.values(), "name": "changed", "database": {"entities": [
        *design.values()["database"]["entities"], {"id": "new", "attributes": [{"id": "n", "key": True}]}]}})  # fmt: skip
    began = perf_counter()
    picture(changed, "er")
    assert perf_counter() - began < 1


def test_fifty_times_as_many_show_their_names_only() -> None:
    svg = picture(large(700, 1), "er")
    assert len([text for text in texts(svg) if re.fullmatch(r"e\d+", text)]) == 700
    assert any(text.startswith("Names only") for text in texts(svg))
    near = picture(large(700, 1), "er", focus="e7")
    assert "uuid" in texts(near)


def test_all_the_bad_names_are_covered() -> None:
    assert len(set(map(clean, NAMES))) >= 15
