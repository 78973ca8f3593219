"""Reads a JSON file into dataclasses, whose fields say what the file must hold."""

import dataclasses
import json
import math
import pathlib
import types
import typing

from errors import InputError, expect_file, reading

AGAIN = "systole quantize CONFIG --html writes it anew"
WORDS = {int: "an integer", float: "a number", str: "text", list: "a list", dict: "an object"}


def load(path: pathlib.Path, kind: type) -> typing.Any:
    """The dataclass `kind` from the file's object; unknown keys are passed over. Raises InputError,
    naming file and key, where one is missing or of another type."""
    with reading(path):
        expect_file(path, "a file that systole quantize wrote")
        value = json.loads(path.read_bytes(), parse_constant=_refuse)
    return _convert(value, kind, path, "")


def expect(condition: bool, path: pathlib.Path, key: str, got: object, expected: str) -> None:
    if not condition:
        raise InputError(path, key, got=got, expected=expected, hint=AGAIN)


def _refuse(word: str) -> typing.NoReturn:
    raise ValueError(f"{word} is no number")


def _convert(value: object, kind: typing.Any, path: pathlib.Path, key: str) -> typing.Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is types.UnionType:  # X | None
        return None if value is None else _convert(value, arguments[0], path, key)
    if dataclasses.is_dataclass(kind):
        return _object(value, kind, path, key)
    if origin in (list, tuple):
        expect(isinstance(value, list), path, key, _shown(value), WORDS[list])
        if origin is tuple:
            count = len(arguments)
            expect(len(value) == count, path, key, f"{len(value)} values", f"{count} values")
        items = enumerate(value)
        return origin(_convert(item, arguments[0], path, f"{key}[{i}]") for i, item in items)
    allowed = (int, float) if kind is float else kind
    fits = isinstance(value, allowed) and not isinstance(value, bool)
    expect(fits, path, key, _shown(value), WORDS[kind])
    if kind is str:
        halves = any("\ud800" <= c <= "\udfff" for c in value)  # Which no file can hold.
        expect(not halves, path, key, _shown(value), "text of whole characters")
    if kind is not float:
        return value
    real = float(value) if abs(value) < 1e300 else math.inf
    expect(math.isfinite(real), path, key, _shown(value), "a number below 1e300")
    return real


def _object(value: object, kind: type, path: pathlib.Path, key: str) -> typing.Any:
    expect(isinstance(value, dict), path, key, _shown(value), WORDS[dict])
    hints = typing.get_type_hints(kind)
    found = {}
    for field in dataclasses.fields(kind):
        name = f"{key}.{field.name}" if key else field.name
        is_optional = field.default is not dataclasses.MISSING
        if field.name in value:
            found[field.name] = _convert(value[field.name], hints[field.name], path, name)
        else:
            expect(is_optional, path, name, "nothing", _expected(hints[field.name]))
    return kind(**found)


def _expected(kind: typing.Any) -> str:
    if dataclasses.is_dataclass(kind):
        return WORDS[dict]
    origin = typing.get_origin(kind)
    return WORDS[list] if origin in (list, tuple) else WORDS.get(kind, "a value")


def _shown(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= 40 else text[:37] + "..."
