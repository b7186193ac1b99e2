"""Whatever was typed is shown as text, in HTML and in Markdown, with its caption beside it."""

from __future__ import annotations

import html.parser
from typing import Any

import pypandoc
import pytest

from backendkit.room.display import Link, Page, Picture, Table, Text, escape_markdown

NASTY = (
    '<script>alert("x")</script>',
    "a | b | c",
    "*bold* _not_ `code` ~~gone~~ [link](javascript:alert(1)) ![x](y)",
    "$x^2$ and {{ jinja }} & <b>",
    "1. first",
    "# heading",
    "- item",
    "a\\b",
    "two\nlines",
)


class Reader(html.parser.HTMLParser):
    """Collects what a page says and the elements it has, the style left out."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        if self.tags[-1] != "style":
            self.texts.append(data)


def bundle(thing: Table | Text | Picture) -> tuple[dict[str, Any], dict[str, Any]]:
    data, metadata = thing._repr_mimebundle_()
    return data, metadata["designdoc"]


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize("look", ["", "code", "chip", "number"])
def test_a_cell_of_html_shows_what_was_typed(text: str, look: str) -> None:
    reader = Reader()
    reader.feed(Table(("Text",), ((text,),), caption=text, looks=(look,)).as_html())
    assert text in reader.texts
    assert not {"script", "b", "a", "img"} & set(reader.tags)


@pytest.mark.parametrize("text", NASTY)
def test_a_cell_of_markdown_shows_what_was_typed(text: str) -> None:
    table = Table(("Text", "More"), ((text, (text, "x y")),)).as_markdown()
    shown = pypandoc.convert_text(table, "plain", format="gfm", extra_args=["--wrap=none", "--columns=500"])
    assert shown.split("\n")[2].strip().startswith(" ".join(text.split()))


@pytest.mark.parametrize("text", NASTY)
def test_a_line_of_markdown_shows_what_was_typed(text: str) -> None:
    shown = pypandoc.convert_text(escape_markdown(text), "plain", format="gfm", extra_args=["--wrap=none"])
    assert shown.strip() == " ".join(text.split())


def test_a_decimal_number_stays_readable_in_markdown() -> None:
    assert escape_markdown("12.50") == "12.50"


def test_a_table_has_both_forms_and_its_caption() -> None:
    data, about = bundle(Table(("", "Name"), (("R1", "first"),), caption="Things"))
    assert set(data) == {"text/html", "text/markdown", "text/plain"}
    assert 'class="bk"' in data["text/html"]
    assert about == {"caption": "Things", "empty": False}


def test_a_table_without_rows_says_so_and_the_document_is_told() -> None:
    data, about = bundle(Table(("", "Name"), (), caption="Things", empty="No things yet."))
    assert "No things yet." in data["text/html"]
    assert data["text/markdown"] == "*No things yet.*"
    assert about["empty"]


def test_a_link_leads_where_it_says() -> None:
    table = Table(("File",), ((Link("the <b> document", "out/my book.pdf"),),))
    assert '<a href="out/my%20book.pdf">the &lt;b&gt; document</a>' in table.as_html()
    assert "(out/my%20book.pdf)" in table.as_markdown()


def test_a_picture_says_what_it_shows_in_its_own_words() -> None:
    svg = b"<svg><title>Bookshop</title>\n<desc>Readers &amp; sellers.</desc></svg>"
    data, about = bundle(Picture(svg, svg.replace(b"svg>", b"svg >"), "The shop"))
    assert about == {"caption": "The shop", "alt": "Bookshop. Readers & sellers"}
    assert data["image/svg+xml"] == svg.decode()
    assert data["text/html"].count("<img ") == 2
    assert "<svg" not in data["text/html"]


def test_the_dark_picture_stays_hidden_where_no_style_reaches() -> None:
    # JupyterLab takes the style out of a notebook that it does not trust yet.
    data, _ = bundle(Picture(b"<svg></svg>", b"<svg> </svg>", "x"))
    assert 'class="bk-dark" hidden' in data["text/html"]


def test_a_page_shows_each_part_as_a_result_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[object] = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    parts = (Text("one"), Table(("a",), (("1",),)))
    Page(parts)._ipython_display_()
    assert tuple(shown) == parts
