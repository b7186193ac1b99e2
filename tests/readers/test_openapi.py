"""OpenAPI descriptions become entities, resources and endpoints; what they say beyond that is listed."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backendkit.model import Design, UserError
from backendkit.readers import Imported, differences, read_system

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def pets() -> Imported:
    """A description with something of everything."""
    return read_system(str(HERE / "pets.yaml"))


def read(folder: Path, values: Any) -> Imported:
    file = folder / "openapi.json"
    file.write_text(json.dumps({"openapi": "3.1.0", **values}), encoding="utf-8")
    return read_system(str(file))


def schemas(**found: Any) -> dict[str, Any]:
    return {"components": {"schemas": found}}


def test_schemas_become_entities_with_merged_parts(pets: Imported) -> None:
    entities = {each.id: each for each in pets.design.database.entities}
    assert set(entities) == {"base", "pet", "owner", "dog", "pet-friends"}
    assert {each.id: each.type for each in entities["pet"].attributes} == {
        "id": "uuid", "created_at": "datetime", "name": "string(80)", "status": "enum(a, b)", "kind": "json",
        "mother": "reference", "owner": "reference", "price": "decimal", "secret": "string", "ext": "json",
        "color": "enum(red, blue)", "loop": "json", "in": "boolean", "größe_cm": "integer", "weights": "json",
    }  # fmt: skip
    required = [each.id for each in entities["pet"].attributes if not each.optional]
    assert required == ["id", "name", "kind"]
    assert [each.id for each in entities["pet"].keys] == ["id"]
    assert [each.to for each in entities["pet-friends"].attributes] == ["pet", "pet"]
    assert entities["pet"].attribute("in").default == "true"  # type: ignore[union-attr]
    assert entities["pet"].attribute("größe_cm").name == "größe (cm)"  # type: ignore[union-attr]


def test_paths_become_resources_and_the_rest_endpoints(pets: Imported) -> None:
    (resource,) = pets.design.api.resources
    assert (resource.id, resource.entity, resource.route) == ("pets", "pet", "/pets")
    assert resource.operations == ("list", "create", "get", "patch")
    assert (resource.filter, resource.hide, resource.readonly) == (("status",), ("secret",), ("created_at",))
    assert pets.design.api.base == "/v2"
    (endpoint,) = pets.design.api.endpoints
    assert (endpoint.id, endpoint.method, endpoint.path) == ("feed-pet", "POST", "/pets/{pet_id}/feed")
    assert [(each.id, each.place, each.type) for each in endpoint.takes] == [
        ("pet_id", "path", "uuid"),
        ("body", "body", "json"),
    ]
    assert endpoint.errors == {"409": "It is not hungry."}


def test_what_was_not_understood_is_listed(pets: Imported) -> None:
    said = "\n".join(pets.unread)
    for words in ("/pets/{pet_id}: head is not kept", "'common.yaml#/X' leads out of this file", "in a circle", "Pet.kind: what 'oneOf'",
                  "PetList only wraps another", "Problem only tells mistakes", "parameter 'q'", "Pet.friends: a list of Pet",
                  "Pet.größe (cm): it is called 'größe_cm'", "Pet.weights: a list is kept as JSON", "'key' is not read yet", "webhook 'petSold'", "Dog: what 'discriminator'"):  # fmt: skip
        assert words in said


def test_petstore_is_read(real: Path) -> None:
    file = real / "petstore.openapi.json"
    if not file.exists():
        pytest.skip("petstore.openapi.json is not beside the repository")
    design = read_system(str(file)).design
    entities = {each.id: each for each in design.database.entities}
    assert {"order", "customer", "address", "category", "user", "tag", "pet", "pet-tags"} <= set(entities)
    assert entities["pet"].attribute("category").to == "category"  # type: ignore[union-attr]
    assert entities["pet"].attribute("photoUrls").column_name == "photo_urls"  # type: ignore[union-attr]
    assert [(each.id, each.route) for each in design.api.resources] == [
        ("pets", "/pet"), ("store-orders", "/store/order"), ("users", "/user"),
    ]  # fmt: skip
    operations = sum(len(each.operations) for each in design.api.resources)
    assert operations + len(design.api.endpoints) == 19
    assert differences(design, design) == ()


def test_the_older_way_to_say_null_is_understood(tmp_path: Path) -> None:
    thing = {
        "type": "object",
        "required": ["a", "b"],
        "properties": {"a": {"type": "string", "nullable": True}, "b": {"type": "string"}},
    }
    design = read(tmp_path, {"openapi": "3.0.3", **schemas(Thing=thing)}).design
    assert [each.optional for each in design.database.entities[0].attributes] == [True, False]


def test_a_list_that_is_the_other_side_of_a_reference_needs_no_entity(tmp_path: Path) -> None:
    author = {
        "properties": {
            "id": {"type": "integer"},
            "books": {"type": "array", "items": {"$ref": "#/components/schemas/Book"}},
        }
    }
    book = {"properties": {"id": {"type": "integer"}, "author": {"$ref": "#/components/schemas/Author"}}}
    design = read(tmp_path, schemas(Author=author, Book=book)).design
    assert [each.id for each in design.database.entities] == ["author", "book"]


@pytest.mark.parametrize(
    ("url", "base"),
    [("https://a.b/v2/", "/v2"), ("/api?x#y", "/api"), ("https://a.b", ""), ("http://[", ""), ("https://{host}/v1/{part}", "/v1"), (7, "")],
)  # fmt: skip
def test_the_path_of_the_first_server_is_the_base(url: Any, base: str, tmp_path: Path) -> None:
    assert read(tmp_path, {"servers": [{"url": url}]}).design.api.base == base


def test_what_is_wrapped_around_one_thing_is_looked_through(tmp_path: Path) -> None:
    article = {"properties": {"slug": {"type": "string"}, "title": {"type": "string"}}}
    wrapped = {"properties": {"article": {"$ref": "#/components/schemas/Article"}}}
    media = {"application/json": {"schema": {"$ref": "#/components/schemas/SingleArticle"}}}
    calls = {
        "get": {"responses": {"200": {"content": media}}},
        "put": {"requestBody": {"content": media}, "responses": {}},
    }
    values = schemas(Article=article, SingleArticle=wrapped) | {"paths": {"/articles/{slug}": calls}}
    design = read(tmp_path, values).design
    assert [each.id for each in design.database.entities] == ["article"]
    assert [each.id for each in design.database.entities[0].keys] == ["slug"]
    assert [each.operations for each in design.api.resources] == [("get", "replace")]


def test_schemas_that_hold_themselves_end(tmp_path: Path) -> None:
    parts = {
        f"S{n}": {
            "allOf": [{"$ref": f"#/components/schemas/S{n + 1}"}] * 3,
            "properties": {f"p{n}": {"type": "string"}},
        }
        for n in range(60)
    }
    parts["S60"] = {"allOf": [{"$ref": "#/components/schemas/S0"}], "properties": {"id": {"type": "string"}}}
    began = time.monotonic()
    assert len(read(tmp_path, schemas(**parts)).design.database.entities) == 61
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"swagger": "2.0"}', "found Swagger 2.0"),
        ('{"openapi": "4.0.0"}', "found OpenAPI 4.0.0"),
        ('{"openapi": 3', "line 1 is no JSON"),
        ("[1]", "neither a SQLite file nor an OpenAPI description"),
        ("hello: world", "no line `openapi: 3.1.0`"),
        ("openapi: 3.1.0\na: b: c", "line 2"),
        ("openapi: 3.1.0\na: " + "[" * 5000, "line 2"),
        ('{"openapi": "3.1.0", "a": ' + "[" * 200_000, "nested too deeply"),
        ("openapi: 3.1.0\na: &x 1\nb: *x", "line"),
    ],
)  # fmt: skip
def test_other_files_get_one_sentence(content: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "thing"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(UserError, match=said) as caught:
        read_system(str(file))
    assert "\n" not in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["string", "object", "array", "#/components/schemas/A", "x/y", "", "\0\ud800"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["$ref", "type", "properties", "allOf", "oneOf", "items", "enum", "required", "A", "id", "schema", "content",
                         "application/json", "parameters", "responses", "200", "default", "get", "post", "name", "in", "description"]),
        inner, max_size=5),
    max_leaves=25,
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=JSON, other=JSON, paths=JSON, rest=JSON)
def test_any_nonsense_is_read_or_left(tmp_path: Path, one: Any, other: Any, paths: Any, rest: Any) -> None:
    values = {
        "paths": {"/a": paths, "/a/{id}": rest},
        "servers": rest,
        "info": other,
        **schemas(A=one, B=other),
    }
    design = read(tmp_path, values).design
    assert Design.load(design.values()) == design
