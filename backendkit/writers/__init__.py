"""A design in other forms: JSON Schema of its file, OpenAPI, SQL, Mermaid. One module each."""

from __future__ import annotations

from importlib import import_module

from backendkit.model import Design, HoldsDesign, UserError, as_design

FORMS = ("schema", "openapi", "ddl", "mermaid")


def export(design: Design | HoldsDesign, what: str) -> str:
    """The text of a design in one of the forms: schema, openapi, ddl, mermaid.

    >>> export(Design.load({"database": {"entities": [{"id": "book"}]}}), "mermaid").split()
    ['erDiagram', 'book', '{', '}']
    """
    if what not in FORMS:
        raise UserError(f"'{what}' is no form, allowed are {', '.join(FORMS)}.")
    module = import_module(f"backendkit.writers.{what}")
    return str(getattr(module, f"{what}_text")(as_design(design)))
