"""YAML values that know their file, line and key, so that every error names them."""

import pathlib
import re
from dataclasses import dataclass

import yaml

from errors import InputError, expect_file, reading

MOST_BYTES = 256 << 10


class _Loader(yaml.SafeLoader):
    """Composes nodes only; an alias could make a small file stand for an endless one."""

    def compose_node(self, parent: object, index: object) -> yaml.Node:
        if self.check_event(yaml.AliasEvent):
            line = self.peek_event().start_mark.line + 1
            raise InputError(f"{self.name}:{line}", got="an alias (*name)", expected="plain values")
        return super().compose_node(parent, index)


@dataclass(frozen=True)
class Value:
    """A YAML node with the path of keys that leads to it."""

    file: str
    key: str
    node: yaml.Node

    @property
    def where(self) -> str:
        return f"{self.file}:{self.node.start_mark.line + 1}"

    def error(self, expected: str, got: str = "", hint: str = "") -> InputError:
        return InputError(self.where, self.key, got or self._shown(), expected, hint)

    def map(self, *allowed: str) -> dict[str, "Value"]:
        """The entries by key; only `allowed` ones (any, without arguments)."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.error("a map")
        entries: dict[str, Value] = {}
        for key_node, node in self.node.value:
            key = Value(self.file, self.key, key_node).text()
            value = Value(self.file, f"{self.key}.{key}" if self.key else key, node)
            if key in entries:
                raise value.error("each key once", got=f"{key} twice")
            if allowed and key not in allowed:
                raise InputError(value.where, value.key, "an unknown key", " or ".join(allowed))
            entries[key] = value
        return entries

    def items(self) -> list["Value"]:
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.error("a list")
        nodes = enumerate(self.node.value)
        return [Value(self.file, f"{self.key}[{index}]", node) for index, node in nodes]

    def is_map(self) -> bool:
        return isinstance(self.node, yaml.MappingNode)

    def is_list(self) -> bool:
        return isinstance(self.node, yaml.SequenceNode)

    def text(self) -> str:
        if not isinstance(self.node, yaml.ScalarNode) or not self.node.value:
            raise self.error("a text")
        return self.node.value

    def integer(self, least: int, most: int) -> int:
        text = self.node.value if isinstance(self.node, yaml.ScalarNode) else ""
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 12):
            raise self.error(f"an integer in [{least}, {most}]")
        if not least <= int(text) <= most:
            raise self.error(f"an integer in [{least}, {most}]")
        return int(text)

    def real(self, least: float, most: float) -> float:
        text = self.node.value if isinstance(self.node, yaml.ScalarNode) else ""
        # float() knows more: underscores, infinity.
        is_number = re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", text, re.ASCII)
        if not is_number or not least <= float(text) <= most:
            raise self.error(f"a number in [{least:g}, {most:g}]")
        return float(text)

    def flag(self) -> bool:
        shown = self.node.value if isinstance(self.node, yaml.ScalarNode) else ""
        if shown not in ("true", "false"):
            raise self.error("true or false")
        return shown == "true"

    def choice(self, *choices: str) -> str:
        if not isinstance(self.node, yaml.ScalarNode) or self.node.value not in choices:
            raise self.error(" or ".join(choices))
        return self.node.value

    def pair(self, least: int, most: int) -> tuple[int, int]:
        """[height, width], or one integer for both."""
        if not self.is_list():
            return (self.integer(least, most),) * 2
        if len(self.items()) != 2:
            raise self.error("one integer or [height, width]")
        height, width = (item.integer(least, most) for item in self.items())
        return height, width

    def _shown(self) -> str:
        if isinstance(self.node, yaml.ScalarNode):
            return self.node.value or "nothing"
        return "a map" if self.is_map() else "a list"


def load_yaml(path: str | pathlib.Path) -> Value:
    """The file's one document."""
    path = pathlib.Path(path)
    with reading(path):
        expect_file(path, "a topology file")
        if path.stat().st_size > MOST_BYTES:
            raise InputError(
                path, got=f"{path.stat().st_size} bytes", expected=f"at most {MOST_BYTES}"
            )
        try:
            loader = _Loader(path.read_text(encoding="utf-8"))
            loader.name = str(path)
            node = loader.get_single_node()
        except yaml.MarkedYAMLError as error:
            line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
            raise InputError(f"{path}{line}", message=f"is no YAML: {error.problem}") from error
    if node is None:
        raise InputError(path, got="an empty file", expected="a topology")
    return Value(str(path), "", node)
