"""The ways from a live part to notebooks and results, as each application shows its pages: worked out without a browser."""

from __future__ import annotations

import json

import pytest

from backendkit.room.widget import script

from .conftest import node

ASK = """
window.location = {{ pathname: {page} }};
globalThis.document = {{ getElementById: () => ({{ textContent: '{{"baseUrl": "/user/kim/"}}' }}) }};
const wire = {{ model: {{ widget_manager: {known} }} }};
console.log(JSON.stringify(resultAddress(wire, {way})));
"""
NOWHERE = "undefined"
LAB = '{ context: { path: "notebooks/00 start.ipynb" } }'
PDF = "../work/shop/out/shop.pdf"
SERVED = "/user/kim/files/work/shop/out/shop.pdf"


@pytest.mark.parametrize(
    ("page", "known", "way", "leads"),
    [
        ("/user/kim/lab/workspaces/workbook/tree/notebooks/00%20start.ipynb", NOWHERE, PDF, SERVED),
        ("/user/kim/doc/tree/notebooks/00_start.ipynb", NOWHERE, PDF, SERVED),
        ("/user/kim/notebooks/notebooks/00_start.ipynb", NOWHERE, PDF, SERVED),
        ("/user/kim/voila/render/notebooks/00_start.ipynb", NOWHERE, PDF, SERVED),
        ("/user/kim/lab", LAB, PDF, SERVED),
        ("/user/kim/lab", LAB.replace("notebooks/", "RTC:notebooks/"), "a b.pdf", "/user/kim/files/notebooks/a%20b.pdf"),
        ("/user/kim/lab", LAB, "../../elsewhere.pdf", None),
        ("/user/kim/lab", LAB, "/tmp/elsewhere.pdf", None),
        ("/user/kim/lab", LAB, "file:///elsewhere.pdf", None),
        ("/elsewhere.html", NOWHERE, PDF, None),
    ],
)  # fmt: skip
def test_a_result_has_the_address_that_the_server_gives_it(
    page: str, known: str, way: str, leads: str | None
) -> None:
    asked = ASK.format(page=json.dumps(page), known=known, way=json.dumps(way))
    assert json.loads(node(script(("follow",)), asked)) == leads
