"""What people wrote and notebooks drew stands in the document as it was meant, and nothing of it becomes code."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any

import pytest
from nbformat import NotebookNode, v4

from backendkit.document import typeset

Made = Callable[..., Any]
HEAD = '<table class="bk"><thead><tr><th>Name</th><th>Meaning</th></tr></thead><tbody>'
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def no_asset(name: str) -> bytes | None:
    return None


def prose(text: str, **metadata: Any) -> NotebookNode:
    return v4.new_markdown_cell(text, metadata=metadata)


def chapter(title: str) -> NotebookNode:
    return prose("", designdoc={"kind": "chapter", "title": title})


def shown(data: dict[str, str], *, tags: tuple[str, ...] = (), **about: Any) -> NotebookNode:
    output = v4.new_output("display_data", data, metadata={"designdoc": about})
    return v4.new_code_cell("secret_code = 1", outputs=[output], metadata={"tags": list(tags)})


def notebook(*cells: NotebookNode, **about: Any) -> NotebookNode:
    made = v4.new_notebook()
    made.cells = list(cells)
    made.metadata["designdoc"] = {"title": "Shop", "cover": True, "kind": "Backend design", **about}
    return made


def table(*rows: tuple[str, str]) -> str:
    return HEAD + "".join(f"<tr><td>{a}</td><td>{b}</td></tr>" for a, b in rows) + "</tbody></table>"


def svg(width: int, height: int, text: str = "a box") -> str:
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}pt' height='{height}pt'>"
        f"<rect width='90' height='40' fill='#e3f2f0'/><text x='5' y='20' font-size='10'>{text}</text></svg>"
    )


@pytest.fixture
def pdf(read_pdf: Made) -> Made:
    def made(*cells: NotebookNode, asset: Any = no_asset, **about: Any) -> Any:
        return read_pdf(*typeset.pdf(notebook(*cells, **about), asset))

    return made


def html(*cells: NotebookNode, asset: Any = no_asset, **about: Any) -> str:
    return typeset.html(notebook(*cells, **about), asset)[0].decode()


# What belongs in it -------------------------------------------------------------------------------------------


def test_code_and_guides_and_errors_of_the_machine_stay_out(pdf: Made) -> None:
    streams = [
        v4.new_output("stream", name="stdout", text="printed \x1b[31mred\x1b[0m"),
        v4.new_output("stream", name="stderr", text="a warning of a library"),
    ]
    page = pdf(
        prose("Shown.", tags=["guide"]),
        prose("Kept."),
        shown({"text/plain": "guided result"}, tags=("guide",)),
        v4.new_code_cell("secret_code = 2", outputs=streams),
    )
    assert "Kept." in page.text
    assert "printed red" in page.text
    for left_out in ("Shown.", "guided result", "secret_code", "a warning of a library", "[31m"):
        assert left_out not in page.text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"text/html": "<p>as html</p>", "text/markdown": "as markdown", "text/plain": "plain"}, "as html"),
        ({"text/markdown": "as *markdown*", "text/plain": "plain"}, "as markdown"),
        ({"text/plain": "plain"}, "plain"),
        ({"text/plain": "<object at 0x7f00ab>"}, ""),
        ({"application/vnd.jupyter.widget-view+json": "{}", "text/plain": "VBox(children=1)"}, ""),
    ],
)
def test_each_result_is_shown_once_in_its_best_form(pdf: Made, data: dict[str, str], said: str) -> None:
    page = pdf(shown(data))
    assert page.text.removesuffix(" 23 November 2026 2 of 2").endswith(said or "23 November 2026")


def test_a_result_that_says_it_is_empty_and_headings_with_nothing_below_are_left_out(pdf: Made) -> None:
    page = pdf(
        chapter("Requirements"),
        prose("## Goals\n\nWhat it is for.\n\n### Big ones"),
        prose("## Wishes\n\nWhat people want."),
        shown({"text/html": "<p>no wishes</p>"}, empty=True),
        prose("## Quality\n\nIn numbers."),
        shown({"text/html": "<p>no scenario</p>"}, empty=True),
        shown({"text/html": "<p>fast</p>"}),
        chapter("Database"),
        prose("## Entities"),
    )
    assert page.bookmarks == [
        (1, "1 Requirements"),
        (2, "1.1 Goals"),
        (2, "1.2 Quality"),
        (1, "2 Database"),
    ]
    assert "In numbers. fast" in page.text
    assert "Nothing is written here yet." in page.text


def test_headings_of_notes_stand_below_the_heading_of_the_notebook(pdf: Made) -> None:
    notes = "# Why\n\nx\n\n### Deep\n\nSee [why](#why) and [nothing](#nothing)."
    page = pdf(
        chapter("Database"),
        prose("# Database\n\nText."),
        prose("## Notes"),
        shown({"text/markdown": notes}),
        prose("## After\n\nx"),
    )
    assert [title for _, title in page.bookmarks] == [
        "1 Database",
        "1.1 Notes",
        "1.1.1 Why",
        "Deep",
        "1.2 After",
    ]


# How it looks -------------------------------------------------------------------------------------------------


def test_the_cover_the_contents_and_what_is_missing_come_first(pdf: Made) -> None:
    page = pdf(
        chapter("API"),
        prose("Text"),
        version="1.2.0",
        summary="Sells books.",
        authors=["Ada", "Ben"],
        missing=["02b_database, cell 3: KeyError."],
        unspoken="This design does not speak of: testing.",
    )
    cover, contents, first = (" ".join(p.get_text().split()) for p in page.pdf)
    assert cover == "BACKEND DESIGN Shop Sells books. Version 1.2.0 Date 23 November 2026 Authors Ada, Ben"
    assert "What is missing • 02b_database, cell 3: KeyError." in contents
    assert "This design does not speak of: testing." in contents
    assert first == "Shop API 1 API Text Version 1.2.0 23 November 2026 3 of 3"


def test_figures_and_tables_are_numbered_and_pictures_stay_vectors(pdf: Made) -> None:
    page = pdf(
        chapter("Database"),
        shown({"image/svg+xml": svg(200, 80), "text/html": "<img>"}, caption="Entities", alt="Two boxes"),
        shown({"text/html": table(("a", "b"))}, caption="First"),
        shown({"text/html": table(("c", "d"))}),
        shown({"text/html": table(("e", "f"))}, caption="Second"),
    )
    assert "Figure 1 Entities" in page.text
    assert "Table 1 First" in page.text
    assert "Table 2 Second" in page.text
    assert "a box" in page.text
    assert not any(p.get_images() for p in page.pdf)


def test_a_long_table_breaks_and_repeats_its_header_on_every_page(pdf: Made) -> None:
    rows = [(f"row {i}", "A sentence that says what it means. " * 3) for i in range(90)]
    page = pdf(chapter("Database"), shown({"text/html": table(*rows)}, caption="Long"))
    tables = [p.get_text() for p in page.pdf if "row " in p.get_text()]
    assert len(tables) >= 3
    assert all("Meaning" in text for text in tables)


def test_a_wide_table_turns_its_page_and_takes_its_heading_along(pdf: Made) -> None:
    row = "".join(f"<td>identifier_number_{i}</td>" for i in range(14))
    head = "".join(f"<th>column_{i}</th>" for i in range(14))
    wide = f"<table><thead><tr>{head}</tr></thead><tbody><tr>{row}</tr></tbody></table>"
    page = pdf(
        chapter("API"), prose("Text."), prose("## Wide"), shown({"text/html": wide}), prose("## After\n\nx")
    )
    turned = [p for p in page.pdf if p.rect.width > p.rect.height]
    assert len(turned) == 1
    assert "1.1 Wide" in " ".join(turned[0].get_text().split())
    assert all(x1 <= turned[0].rect.width for _, _, x1, *_ in turned[0].get_text("words"))


def test_a_cell_of_20000_characters_stays_inside_the_page(pdf: Made) -> None:
    page = pdf(chapter("API"), shown({"text/html": table(("x" * 20_000, "some_long_name" * 30))}))
    for sheet in page.pdf:
        assert all(word[2] <= sheet.rect.width - 50 for word in sheet.get_text("words"))
    assert page.text.replace(" ", "").count("x") >= 20_000


def test_a_picture_wider_than_the_page_is_scaled_or_turned(pdf: Made) -> None:
    page = pdf(
        chapter("API"),
        shown({"image/svg+xml": svg(600, 600)}, caption="A bit too wide", alt="x"),
        shown({"image/svg+xml": svg(3000, 900)}, caption="Much too wide", alt="x"),
        shown({"image/svg+xml": svg(300, 3000)}, caption="Too tall", alt="x"),
    )
    assert [p.rect.width > p.rect.height for p in page.pdf] == [False, False, False, False, True]


def test_a_turned_picture_takes_its_introduction_along_or_waits_for_the_text_of_its_section(
    pdf: Made,
) -> None:
    wide = {"image/svg+xml": svg(1500, 600)}
    page = pdf(
        chapter("Architecture"),
        prose("## Context\n\nWho uses it."),
        shown(wide, caption="Neighbours"),
        prose("## Parts\n\nWhat runs."),
        *(prose("A long paragraph about the parts. " * 20) for _ in range(3)),
        shown(wide, caption="Containers"),
        shown({"text/html": table(("shop", "sells"))}),
        prose("## Decisions\n\nWhat was decided."),
    )
    texts = [" ".join(sheet.get_text().split()) for sheet in page.pdf][2:]
    assert [sheet.rect.width > sheet.rect.height for sheet in page.pdf][2:] == [True, False, True, False]
    assert "2 Architecture" not in texts[0]
    assert "1 Architecture 1.1 Context Who uses it." in texts[0]
    assert "shop sells" in texts[1]
    assert "Containers" in texts[2]
    assert "1.3 Decisions" in texts[3]


def test_the_pdf_is_tagged_and_names_its_language_and_title(pdf: Made) -> None:
    page = pdf(chapter("API"), prose("$x^2$ and text"), shown({"image/svg+xml": svg(9, 9)}), language="de")
    assert "/Marked true" in page.catalog
    assert "/StructTreeRoot" in page.catalog
    assert "/Lang (de)" in page.catalog
    assert "<pdfuaid:part>1</pdfuaid:part>" in page.pdf.get_xml_metadata()
    assert page.pdf.metadata["title"] == "Shop"
    assert page.warnings == []


def test_our_own_words_stay_english_and_a_language_that_is_no_code_is_told(pdf: Made) -> None:
    cells = (chapter("API"), shown({"text/html": table(("a", "b"))}, caption="Wörter"))
    page = pdf(*cells, language="de")
    assert page.pdf[1].get_text().split()[1:2] == ["Contents"]
    assert "Table 1 Wörter" in page.text
    odd = pdf(*cells, language="german")
    assert "/Lang (en)" in odd.catalog
    assert odd.warnings == ["'german' is no language code such as de or pt-BR: the document says English."]


def test_the_same_input_gives_the_same_bytes() -> None:
    cells = (chapter("API"), prose("Text"), shown({"image/svg+xml": svg(99, 99)}, caption="P", alt="p"))
    for make in (typeset.pdf, typeset.html):
        assert make(notebook(*cells), no_asset) == make(notebook(*cells), no_asset)


# Nothing typed becomes code -----------------------------------------------------------------------------------

HOSTILE = (
    "# panic() $x$ @ref <label> *a* _b_ `c` \\ // /* \"quotes\" ''' ] [ ) ( } { ~ #let x = 1\n\n"
    "<script>alert(1)</script> <img src=x onerror=alert(2)> `#panic()`{=typst} \\input{/etc/passwd}\n\n"
    "```{=typst}\n#panic(3)\n```\n\n```{=html}\n<script>alert(4)</script>\n```\n\n<div onclick=alert(5)>block</div>\n"
)


def test_hostile_markdown_is_printed_as_the_text_it_is(pdf: Made) -> None:
    page = pdf(chapter("API"), shown({"text/markdown": HOSTILE}))
    for said in ("<script>alert(1)</script>", "#panic()", "#panic(3)", "\\input{/etc/passwd}", "#let x = 1"):
        assert said in page.text
    text = html(chapter("API"), shown({"text/markdown": HOSTILE}))
    assert "&lt;script&gt;alert(1)" in text
    assert not re.search(r"<script|<img|<[^>]*\son\w+=", text)


@pytest.mark.parametrize("words", ["= Head", "== x", "- x", "+ x", "/ term: x", "1. x", "="])
def test_signs_that_begin_a_list_or_a_heading_are_signs_in_cells_items_and_captions(
    pdf: Made, words: str
) -> None:
    cells = shown({"text/html": table((words, f"<p>{words}</p>"))}, caption=words)
    page = pdf(chapter("API"), cells, shown({"text/markdown": f"- \\{words}\n".replace("\\1.", "1\\.")}))
    assert page.text.split().count(words.split()[0]) >= 4


def test_hostile_words_on_the_cover_and_in_captions_are_text(pdf: Made) -> None:
    bad = '#panic() $ @x <b> "]) \\'
    about = {
        "title": bad,
        "summary": bad,
        "version": bad,
        "authors": [bad],
        "missing": [bad],
        "unspoken": bad,
    }
    cells = (
        chapter(bad),
        shown({"image/svg+xml": svg(9, 9)}, caption=bad, alt=bad),
        shown({"text/plain": bad}),
    )
    page = pdf(*cells, **about)
    assert page.text.count(bad) >= 9
    assert "<b>" not in html(*cells, **about)


@pytest.mark.parametrize(
    "to", ["javascript:alert(1)", "JaVaScRiPt:1", "file:///etc/passwd", "data:text/html,x", "//e.com/x"]
)
def test_only_links_to_the_web_and_mail_and_headings_stay_links(pdf: Made, to: str) -> None:
    text = f"[bad]({to}) [good](https://example.org/x) [mail](mailto:a@example.org)"
    html_text = f"<a href='{to}'>bad</a>"
    page = pdf(shown({"text/markdown": text}), shown({"text/html": html_text}))
    assert page.links == {"https://example.org/x", "mailto:a@example.org"}
    assert to not in html(shown({"text/markdown": text}), shown({"text/html": html_text}))


def test_html_results_keep_their_text_and_lose_their_scripts() -> None:
    text = html(
        shown(
            {
                "text/html": "<style>x{}</style><script>alert(1)</script><b onclick=x>bold</b><iframe src=x></iframe>"
            }
        )
    )
    assert "<strong>bold</strong>" in text
    assert not re.search(r"<script|<iframe|onclick|x\{\}", text)


# Pictures -----------------------------------------------------------------------------------------------------


def test_pictures_come_from_the_assets_folder_and_from_nowhere_else(pdf: Made) -> None:
    asked: list[str] = []

    def asset(name: str) -> bytes | None:
        asked.append(name)
        return svg(90, 40, "whiteboard").encode() if name in ("board one.svg", "logo.svg") else None

    text = (
        "![The board](assets/board%20one.svg)\n\nIn ![line](../assets/board%20one.svg) too.\n\n"
        "![words](/etc/passwd) ![more](https://e.com/x.png) ![none](assets/none.png)"
    )
    page = pdf(chapter("API"), shown({"text/markdown": text}), asset=asset)
    assert "Figure 1 The board" in page.text
    for missing in ("/etc/passwd", "https://e.com/x.png", "assets/none.png"):
        assert f"[picture missing: {missing}]" in page.text
    assert len(page.warnings) == 3
    assert "/etc/passwd" not in asked
    written = html(chapter("API"), shown({"text/markdown": text}), asset=asset)
    assert written.count("data:image/svg+xml;base64,") == 3
    assert not re.search(r"src=\"(?!data:)", written)


@pytest.mark.parametrize(
    "bad",
    [
        {"image/png": base64.b64encode(b"garbage").decode()},
        {"image/png": "no base64 \x00"},
        {"image/svg+xml": "not xml"},
        {
            "image/svg+xml": svg(9, 9).replace(
                "<text", "<image href='/etc/passwd' width='9' height='9'/><text"
            )
        },
    ],
)
def test_a_picture_that_cannot_be_drawn_is_named_and_the_rest_is_there(
    pdf: Made, bad: dict[str, str]
) -> None:
    page = pdf(chapter("API"), shown(bad, caption="Entities"), prose("The rest."))
    assert "A picture is missing here: Entities." in page.text
    assert "The rest." in page.text
    assert any("cannot be drawn: Entities (" in warning for warning in page.warnings)


def test_a_picture_inside_html_and_one_attached_to_a_cell_are_shown(pdf: Made) -> None:
    cell = prose("![dot](attachment:dot.png)")
    cell["attachments"] = {"dot.png": {"image/png": DOT}}
    page = pdf(cell, shown({"text/html": f"<p>x <img alt='d' src='data:image/png;base64,{DOT}'></p>"}))
    assert page.warnings == []
    assert sum(len(sheet.get_images()) for sheet in page.pdf) >= 1


# Letters ------------------------------------------------------------------------------------------------------


def test_letters_that_no_font_has_are_numbered_in_a_warning_and_on_the_page(pdf: Made) -> None:
    page = pdf(chapter("API"), prose("Odd \u2fe0."), shown({"image/svg+xml": svg(90, 40, "\u2fe0")}))
    assert "/Marked true" in page.catalog
    assert "Odd (U+2FE0)." in page.text
    (warning,) = page.warnings
    assert warning.endswith("so their numbers are printed: \u2fe0 (U+2FE0).")


def test_greek_and_cyrillic_and_signs_are_set_in_the_shipped_fonts(pdf: Made) -> None:
    page = pdf(prose("Ελληνικά Русский ≤ ≥ → ✓ ☐ € – “quoted”"))
    assert page.warnings == []
    assert "Ελληνικά Русский ≤ ≥ → ✓ ☐ € – “quoted”" in page.text


def test_signs_that_turn_the_writing_around_are_taken_out(pdf: Made) -> None:
    assert "price 12" in pdf(prose("price \u202e12\u0007")).text


# HTML ---------------------------------------------------------------------------------------------------------


def test_the_html_is_one_file_with_contents_and_light_and_dark() -> None:
    text = html(
        chapter("Database"),
        prose("## Entities\n\nText"),
        shown({"image/svg+xml": svg(9, 9)}, caption="Entities", alt='Two "boxes"'),
        shown({"text/html": table(("a", "b"))}, caption="Names"),
        version="1.0",
        missing=["One chapter."],
    )
    assert '<a href="#s2"' in text
    assert "Figure 1: Entities" in text
    assert "<caption>Table 1: Names</caption>" in text
    assert 'alt="Two &quot;boxes&quot;"' in text
    assert "prefers-color-scheme: dark" in text
    assert "<li>One chapter.</li>" in text
    assert not re.search(r"(src|href)=\"https?:|@import|url\(", text)
