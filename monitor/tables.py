"""Strict TOML: a file becomes a table, a table a frozen dataclass, and whatever does not fit is refused.

Every refusal is a ConfigError with one sentence: which file, which dotted key, what is wrong, how to mend it.
"""

import dataclasses
import datetime
import math
import tomllib
import types
import typing
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from monitor.errors import ConfigError

T = TypeVar("T")

_SIMPLE = {
    str: ("text", 'write it between quotation marks, as in "…"'),
    int: ("a whole number", "write it without quotation marks"),
    float: ("a number", "write it without quotation marks"),
    bool: ("true or false", "write true or false without quotation marks"),
    datetime.date: ("a day", "write it as 2027-05-09, without quotation marks"),
}


def read_toml(path: Path) -> dict[str, Any]:
    """The table in a UTF-8 TOML file. Raises ConfigError where it is missing, unreadable or not TOML."""
    return parse_toml(read_file(path), str(path))


def read_file(path: Path) -> bytes:
    """What stands in a file of the configuration. Raises ConfigError where it is missing or unreadable."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(
            str(path), "", "is not there; create it or name another folder with --config"
        ) from None
    except OSError as error:
        raise ConfigError(
            str(path), "", f"cannot be read ({error.strerror}); make it a readable file"
        ) from None


def parse_toml(body: bytes, file: str) -> dict[str, Any]:
    """The same of bytes that are, or would be, this file."""
    try:
        return tomllib.loads(body.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ConfigError(file, "", f"is not UTF-8 at byte {error.start}; save it as UTF-8") from None
    except RecursionError:
        raise ConfigError(file, "", "nests brackets too deeply to be read; mend it") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(file, "", f"is not valid TOML: {error}; mend that line") from None


def build(cls: type[T], table: Mapping[str, Any], file: str, key: str = "") -> T:
    """A frozen dataclass from a TOML table; `key` is the dotted place of the table in `file`.

    Nested dataclasses come from tables, tuple[X, ...] and frozenset[X] from arrays, StrEnum from text,
    Mapping[str, X] from tables, float also from whole numbers; a bool is never a number.
    Raises ConfigError on an unknown or missing key and on a value of another type.
    """
    kinds, fields = _form(cls)  # type: ignore[arg-type]
    for name in table:
        if name not in fields:
            raise ConfigError(file, dotted(key, name), f"is not a known key; {suggestion(name, fields)}")
    for name, field in fields.items():
        if name not in table and _is_required(field):
            raise ConfigError(file, dotted(key, name), "is missing; add it")
    values = {name: _value(kinds[name], value, file, dotted(key, name)) for name, value in table.items()}
    return cls(**values)


@cache
def _form(cls: type) -> tuple[dict[str, Any], "dict[str, dataclasses.Field[Any]]"]:
    """The type of each field, and the fields that a table may name."""
    return typing.get_type_hints(cls), {field.name: field for field in dataclasses.fields(cls) if field.init}


def dotted(key: str, name: str) -> str:
    """The place of `name` in the table at `key`, as one dotted key."""
    return f"{key}.{name}" if key else name


def suggestion(word: str, known: Iterable[str]) -> str:
    """How to mend a word that is not among the known ones: the nearest of them, else all of them."""
    choices = sorted(known)
    near = get_close_matches(word.lower(), choices, n=1, cutoff=0.6)
    if near:
        return f'did you mean "{near[0]}"?'
    if len(choices) > 30:
        return f"it is like none of the {len(choices)} known ones"
    return f"known are: {', '.join(choices)}" if choices else "none is known here"


def url_problem(url: str) -> str:
    """Why `url` is not an absolute http or https address that we would fetch, or "" where it is one."""
    if not url:
        return "is empty; write an address such as https://example.org/terms"
    if any(not sign.isprintable() or sign.isspace() or sign == "\\" for sign in url):
        return f"holds a blank, a control character or a backslash ({url!r}); write the plain address"
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        return f'is not a well-formed address ("{url}": {error}); copy it again from the browser'
    if parts.scheme not in ("http", "https"):
        return f'must begin with http:// or https:// ("{url}"); write the whole address'
    if not host:
        return f'names no host ("{url}"); write the whole address'
    if not is_host(host):
        return (
            f'names a host that no network knows ("{url}": a part of it is empty or too long); copy it again'
        )
    if "@" in parts.netloc:
        return "carries a user name or password; take out what stands before the @"
    if "#" in url:
        return f'carries a fragment ("{url}"); take out the # and what follows it'
    return ""


def is_host(name: str) -> bool:
    """Whether a host may be called so, or is an address: no part empty or over 63 signs, 253 in all."""
    parts = name.removesuffix(".").split(".")
    lengths = [len(part) if part.isascii() else len(part.encode("punycode")) + 4 for part in parts]
    return ":" in name or (all(1 <= length <= 63 for length in lengths) and sum(lengths) + len(parts) <= 254)


def _is_required(field: "dataclasses.Field[Any]") -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _value(kind: Any, value: Any, file: str, key: str) -> Any:
    """`value` as the annotated `kind`, or ConfigError."""
    origin = typing.get_origin(kind)
    if kind is Any:
        return value
    if origin in (
        typing.Union,
        types.UnionType,
    ):  # X | None: TOML has no null, so a value that is there is an X
        return _value(next(k for k in typing.get_args(kind) if k is not type(None)), value, file, key)
    if origin in (tuple, frozenset):
        return origin(_items(typing.get_args(kind)[0], value, file, key))
    if origin is not None and issubclass(origin, Mapping):
        entries = _table(value, file, key).items()
        return {
            name: _value(typing.get_args(kind)[1], entry, file, dotted(key, name)) for name, entry in entries
        }
    if dataclasses.is_dataclass(kind):
        return build(typing.cast("type[Any]", kind), _table(value, file, key), file, key)
    if issubclass(kind, StrEnum):
        return _choice(kind, value, file, key)
    return _plain(kind, value, file, key)


def _items(kind: Any, value: Any, file: str, key: str) -> list[Any]:
    if not isinstance(value, list):
        raise ConfigError(file, key, 'must be an array; write it between brackets, as in ["…"]')
    return [_value(kind, item, file, f"{key}[{place}]") for place, item in enumerate(value)]


def _table(value: Any, file: str, key: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ConfigError(file, key, f"must be a table; write its keys below [{key}]")
    return value


def _choice(kind: type[StrEnum], value: Any, file: str, key: str) -> StrEnum:
    choices = [str(member) for member in kind]
    if not isinstance(value, str) or value not in choices:
        said = f'"{value}"' if isinstance(value, str) else _shown(value)
        raise ConfigError(file, key, f"is {said}; choose one of {', '.join(choices)}")
    return kind(value)


def _plain(kind: Any, value: Any, file: str, key: str) -> Any:
    if kind is float and type(value) is int:
        value = float(value)
    if type(value) is not kind:
        what, mend = _SIMPLE.get(kind, (f"a {kind.__name__}", "see config/ for examples"))
        raise ConfigError(file, key, f"is {_shown(value)} but must be {what}; {mend}")
    if kind is float and not math.isfinite(value):
        raise ConfigError(file, key, f"is {value!r} but must be a finite number; write one")
    return value


def _shown(value: Any) -> str:
    """A value as it was written: days and times as TOML has them."""
    days = (datetime.date, datetime.time)  # a datetime is a date
    return value.isoformat() if isinstance(value, days) else repr(value)
