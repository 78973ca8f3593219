"""A JSON value that knows its file and key, for complaints. Nothing in the file is trusted."""

import json
import math
import pathlib
import re
from dataclasses import dataclass
from typing import Any

from errors import InputError, expect_file, reading

MOST_BYTES = 1 << 30
MOST_DEPTH = 16
SHOWN = 60  # Characters of a value in a message.
STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True)
class Field:
    """`value` is what Python's reader made of the JSON: a dict, a list, a number, ..."""

    path: pathlib.Path
    key: str
    value: Any

    def error(self, expected: str, hint: str = "") -> InputError:
        text = json.dumps(self.value)
        shown = text if len(text) <= SHOWN else text[:SHOWN] + "..."
        return InputError(self.path, self.key, shown, expected, hint)

    def keys(self) -> list[str]:
        if not isinstance(self.value, dict):
            raise self.error("an object")
        return list(self.value)

    def has(self, name: str) -> bool:
        return name in self.keys()

    def get(self, name: str) -> "Field":
        key = f"{self.key}.{name}" if self.key else name
        if not self.has(name):
            raise InputError(self.path, key, expected="this key")
        return Field(self.path, key, self.value[name])

    def items(self) -> list["Field"]:
        if not isinstance(self.value, list):
            raise self.error("a list")
        return [Field(self.path, f"{self.key}[{i}]", item) for i, item in enumerate(self.value)]

    def expect_keys(self, *names: str) -> None:
        for name in self.keys():
            if name not in names:
                raise InputError(
                    self.path, self.key, got=f"key {name}", expected=f"of {', '.join(names)}"
                )

    def text(self) -> str:
        if not isinstance(self.value, str):
            raise self.error("text")
        return self.value

    def choice(self, *choices: object, hint: str = "") -> Any:
        """The value, which is one of `choices` and of its type (JSON's true is not 1)."""
        for choice in choices:
            if type(self.value) is type(choice) and self.value == choice:
                return choice
        raise self.error(" or ".join(map(json.dumps, choices)), hint)

    def number(self) -> float:
        if isinstance(self.value, (int, float)) and not isinstance(self.value, bool):
            try:
                number = float(self.value)
            except OverflowError:
                number = math.inf
            if math.isfinite(number):
                return number
        raise self.error("a finite number")

    def integer(self, lowest: int, highest: int) -> int:
        """An integer, which the file may write as `-128.0`."""
        is_number = isinstance(self.value, (int, float)) and not isinstance(self.value, bool)
        if not is_number or not lowest <= self.value <= highest or self.value != int(self.value):
            raise self.error(f"an integer from {lowest} to {highest}")
        return int(self.value)


def read_json(path: str | pathlib.Path) -> Field:
    """The object that a file holds; keys are unique, numbers finite, nesting is limited."""
    path = pathlib.Path(path)
    with reading(path):
        expect_file(path, "a JSON file")
        if path.stat().st_size > MOST_BYTES:
            raise InputError(path, got="more than 1 GiB", expected="a file of encodings")
        data = path.read_bytes()
    try:
        text = data.decode("utf-8")
        _expect_shallow(path, text)
        root = Field(path, "", json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse))
    except (ValueError, RecursionError) as error:
        raise InputError(path, message=f"is not JSON: {error}") from error
    except MemoryError as error:
        raise InputError(path, message="needs more memory than there is") from error
    root.keys()
    return root


def _expect_shallow(path: pathlib.Path, text: str) -> None:
    depth = deepest = 0
    for bracket in filter("[]{}".__contains__, STRINGS.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    if deepest > MOST_DEPTH:
        raise InputError(path, got=f"{deepest} levels", expected=f"at most {MOST_DEPTH}")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"key {twice} twice in one object")
    return found


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number")
