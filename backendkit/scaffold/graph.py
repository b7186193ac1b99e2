"""The names of a graph of the same rows (GraphQL): of kinds, of their values, of what they point to."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from backendkit import rest
from backendkit.model.naming import ascii_snake, distinct, unique

DEPTH = 6
"""How deep a question may be where the design does not say."""
_TAKEN = ("__typename",)


def graph_context(surface: rest.Surface) -> dict[str, Any]:
    """What the template of the graph needs; `graph` is empty where the design asks for none."""
    api = surface.design.api
    asked = surface.design.scoped("api") and (api.graphql or "graphql" in (api.style or ""))
    wanted = {*(api.graphql.resources if api.graphql else ())}
    graph = [each for each in surface.collections if asked and (not wanted or each.resource.id in wanted)]
    ones = distinct((ascii_snake(each.label) for each in graph), _TAKEN)
    manies = distinct((ascii_snake(each.module) for each in graph), (*_TAKEN, *ones))
    return {
        "graph": graph,
        "graph_path": f"{surface.base}/graphql",
        "graph_fields": {each.module: pair for each, *pair in zip(graph, ones, manies, strict=True)},
        "graph_names": graph_names,
        "graph_references": partial(graph_references, graph),
        "depth": api.graphql.depth if api.graphql and api.graphql.depth else DEPTH,
    }


def graph_names(each: rest.Collection) -> dict[str, str]:
    """The names of values in the graph, by those in JSON: letters, digits and underscores of ASCII."""
    jsons = [field.json for field in each.fields]
    plain = (json if json.isidentifier() and json.isascii() else ascii_snake(json) for json in jsons)
    return dict(zip(jsons, distinct(plain, _TAKEN), strict=True))


def graph_references(
    graph: list[rest.Collection], each: rest.Collection
) -> Iterator[tuple[str, str, str, str]]:
    """What a row points to: the name of the field, the value, the kind of row, and which of its columns."""
    taken = {*graph_names(each).values()}
    for hop in each.hops:
        there = next((it for it in graph if it.table == hop.to and "get" in it.operations), None)
        if there and len(hop.here) == 1 and hop.here[0] in each.shown:
            name = unique(f"{graph_names(each)[hop.here[0].json]}_row", taken)
            taken.add(name)
            yield name, hop.here[0].json, there.module, hop.there[0].name
