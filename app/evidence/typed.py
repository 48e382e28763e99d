"""Whether a value that came from anywhere has the types that its class declares. Pure."""

from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import datetime, timedelta
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

_LARGEST = 1 << 63


def is_of(kind: Any, value: object) -> bool:
    """kind: a dataclass, tuple[X, ...], Mapping[str, X], X | None … Times must be in UTC."""
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return any(is_of(one, value) for one in args)
    if origin is tuple:
        return isinstance(value, tuple) and _is_tuple(args, value)
    if origin is Mapping:
        return isinstance(value, dict) and all(
            is_of(args[0], key) and is_of(args[1], value[key]) for key in value
        )
    if kind is int:
        return type(value) is int and abs(value) < _LARGEST
    if kind is datetime:
        return isinstance(value, datetime) and value.utcoffset() == timedelta(0)
    if not isinstance(value, kind):
        return False
    return not is_dataclass(value) or all(is_of(hint, getattr(value, name)) for name, hint in _hints(kind))


def _is_tuple(args: tuple[Any, ...], value: tuple[object, ...]) -> bool:
    if args[-1] is Ellipsis:
        return all(is_of(args[0], one) for one in value)
    return len(args) == len(value) and all(map(is_of, args, value))


@cache
def _hints(kind: Any) -> tuple[tuple[str, Any], ...]:
    return tuple(get_type_hints(kind).items())
