"""Values of model.py as JSON and back: what the JSON columns hold.

Enums are their values, times are RFC 3339 with Z, tuples are arrays, sets are sorted arrays.
A field that is absent gets its default, so a field may be added at the end of a class without a migration.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

_PLAIN = (str, int, float, bool, NoneType)


def dumps(packed: Any) -> str:
    """Compact JSON in ASCII: a NUL or half a surrogate pair from a hostile page cannot break a database."""
    return json.dumps(packed, separators=(",", ":"))


def pack(value: Any) -> Any:
    """A value as JSON's own types. Raises ValueError for a naive time, TypeError for a foreign type."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, datetime):
        return _timestamp(value)
    if isinstance(value, tuple | list):
        return [pack(item) for item in value]
    if isinstance(value, frozenset):
        return sorted(pack(item) for item in value)
    if isinstance(value, Mapping):
        return {key: pack(item) for key, item in value.items()}
    if is_dataclass(value):
        return {each.name: pack(getattr(value, each.name)) for each in fields(value)}
    raise TypeError(f"no JSON form for {type(value).__name__}")


def unpack(kind: Any, packed: Any) -> Any:
    """The value of this type (a dataclass, tuple[X, ...], Mapping[str, X], X | None …) that was packed."""
    return _reader(kind)(packed)


def _timestamp(value: datetime) -> str:
    if value.utcoffset() is None:
        raise ValueError(f"a time without a zone cannot be stored: {value}")
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """What turns JSON into this type; made once a type."""
    if kind in _PLAIN or kind is Any:
        return _as_it_is
    if kind is datetime:
        return datetime.fromisoformat
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    if is_dataclass(kind):
        return _dataclass_reader(kind)
    return _container_reader(get_origin(kind), get_args(kind))


def _dataclass_reader(kind: Any) -> Callable[[Any], Any]:
    readers = {name: _reader(hint) for name, hint in get_type_hints(kind).items()}
    others = [(name, reader) for name, reader in readers.items() if reader is not _as_it_is]
    return lambda packed: kind(
        **packed | {name: read(packed[name]) for name, read in others if name in packed}
    )


def _as_it_is(packed: Any) -> Any:
    return packed


def _container_reader(origin: Any, args: tuple[Any, ...]) -> Callable[[Any], Any]:
    if origin in (Union, UnionType):
        (inner,) = (_reader(arg) for arg in args if arg is not NoneType)
        return lambda packed: None if packed is None else inner(packed)
    if origin is tuple and args[-1] is not Ellipsis:
        readers = tuple(_reader(arg) for arg in args)
        return lambda packed: tuple(read(item) for read, item in zip(readers, packed, strict=True))
    if origin in (tuple, frozenset):
        inner = _reader(args[0])
        return origin if inner is _as_it_is else lambda packed: origin(inner(item) for item in packed)
    if origin is Mapping:
        inner = _reader(args[1])
        return lambda packed: {key: inner(item) for key, item in packed.items()}
    raise TypeError(f"no reader for {origin}[{args}]")
