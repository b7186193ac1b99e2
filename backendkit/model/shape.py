"""What the fields of a part hold, in the words of the file: the model read by programs."""

from __future__ import annotations

import types
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Union, get_args, get_origin

from backendkit.model.error import Path
from backendkit.model.record import Part, Points


@dataclass(frozen=True, slots=True)
class FieldShape:
    """What a field of a part holds: the class inside it, and whether it is a list or a mapping."""

    name: str
    alias: str
    many: bool
    mapping: bool
    part: type[Part] | None
    points: Points | None
    metadata: tuple[Any, ...]


@lru_cache(maxsize=256)
def shapes(part: type[Part]) -> tuple[FieldShape, ...]:
    """The fields of a part in the words of the file."""
    return tuple(_shape(name, info) for name, info in part.model_fields.items())


def _shape(name: str, info: Any) -> FieldShape:
    annotation, metadata = info.annotation, tuple(info.metadata)
    if get_origin(annotation) in (Union, types.UnionType):
        annotation = next(arg for arg in get_args(annotation) if arg is not type(None))
    many, mapping = get_origin(annotation) is tuple, get_origin(annotation) is dict
    if many or mapping:
        annotation = get_args(annotation)[0]
    if hasattr(annotation, "__metadata__"):
        metadata += tuple(annotation.__metadata__)
        annotation = get_args(annotation)[0]
    part = annotation if isinstance(annotation, type) and issubclass(annotation, Part) else None
    points = next((mark for mark in metadata if isinstance(mark, Points)), None)
    return FieldShape(name, info.alias or name, many, mapping, part, points, metadata)


def words(part: type[Part], path: Path) -> tuple[str, ...]:
    """The words that may stand at a path below a part, in the order of the model; none when it leads nowhere."""
    inner: type[Part] | None = part
    for step in path:
        if inner and isinstance(step, str):
            inner = next((shape.part for shape in shapes(inner) if shape.alias == step), None)
    return tuple(shape.alias for shape in shapes(inner)) if inner else ()
