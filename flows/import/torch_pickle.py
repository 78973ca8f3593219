"""Reads the pickles of torch's tensor files by interpreting a few opcodes: nothing can be executed.

A pickle is a program for a stack machine. Only the opcodes that build tensors, numbers, texts and
containers are known here; `pickletools` reads their arguments. The name of a function is kept as a
text and compared with the few that files of tensors need, never looked up.
"""

import io
import pathlib
import pickletools
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from errors import InputError

REBUILD_TENSOR = "torch._utils._rebuild_tensor_v2"
REBUILD_OLD_TENSOR = "torch._utils._rebuild_tensor"  # Of torch before 0.4; the same first four.
REBUILD_PARAMETER = "torch._utils._rebuild_parameter"  # Of a tensor and two flags.
REBUILDERS = (REBUILD_TENSOR, REBUILD_OLD_TENSOR)
ORDERED_DICT = "collections.OrderedDict"
STORAGES = {
    "torch.FloatStorage": "f4",
    "torch.DoubleStorage": "f8",
    "torch.HalfStorage": "f2",
    "torch.IntStorage": "i4",
    "torch.LongStorage": "i8",
}
GLOBALS = {*REBUILDERS, REBUILD_PARAMETER, ORDERED_DICT, *STORAGES}
MOST_OPCODES = 10_000_000


@dataclass(frozen=True)
class Name:
    """A global that the pickle names; one of GLOBALS."""

    path: str


class _Mark:
    pass


MARK = _Mark()
CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
LITERALS = {"BININT", "BININT1", "BININT2", "LONG1", "BINUNICODE", "SHORT_BINUNICODE", "BINFLOAT"}
PUTS = {"BINPUT", "LONG_BINPUT"}
GETS = {"BINGET", "LONG_BINGET"}
NAMING = {"GLOBAL", "INST"}
TUPLES = {"TUPLE1", "TUPLE2", "TUPLE3"}
IGNORED = {"PROTO", "FRAME"}
KNOWN = (
    {"MEMOIZE", "MARK", "EMPTY_TUPLE", "EMPTY_DICT", "TUPLE", "SETITEM", "SETITEMS", "STACK_GLOBAL"}
    | {"EMPTY_LIST", "APPEND", "APPENDS"}
    | {"REDUCE", "BINPERSID", "BUILD", "STOP"}
    | LITERALS
    | CONSTANTS.keys()
    | PUTS
    | GETS
    | NAMING
    | TUPLES
    | IGNORED
)
OPCODES = {opcode.code: opcode for opcode in pickletools.opcodes}


class Machine:
    """Interprets one pickle. `persistent` makes a storage of its identifier; `rebuild` makes a
    tensor of what torch would pass to `_rebuild_tensor_v2`."""

    def __init__(self, path: pathlib.Path, persistent: Callable, rebuild: Callable):
        self.path = path
        self.persistent = persistent
        self.rebuild = rebuild
        self.stack: list = []
        self.memo: dict[int, object] = {}

    def run(self, data: bytes) -> object:
        return self.run_next(io.BytesIO(data))

    def run_next(self, stream: BinaryIO) -> object:
        """Runs the pickle at the stream's place, and leaves the stream behind it."""
        self.stack, self.memo = [], {}
        for _ in range(MOST_OPCODES):
            opcode = OPCODES.get(stream.read(1).decode("latin-1"))
            if opcode is None:
                raise self.error("a pickle without an end", "a whole pickle")
            if opcode.name == "STOP":
                return self.stack.pop()
            if opcode.name not in KNOWN:
                raise self.error(f"the pickle opcode {opcode.name}", "tensors and plain containers")
            self.step(opcode.name, _argument(opcode, stream))
        raise self.error(f"more than {MOST_OPCODES} opcodes", "a smaller pickle")

    def step(self, name: str, argument: object) -> None:
        stack = self.stack
        if name in LITERALS:
            stack.append(argument)
        elif name in CONSTANTS:
            stack.append(CONSTANTS[name])
        elif name in PUTS:
            self.memo[argument] = stack[-1]
        elif name == "MEMOIZE":
            self.memo[len(self.memo)] = stack[-1]
        elif name in GETS:
            stack.append(self.memo[argument])
        elif name == "MARK":
            stack.append(MARK)
        elif name == "EMPTY_TUPLE":
            stack.append(())
        elif name == "EMPTY_DICT":
            stack.append({})
        elif name == "EMPTY_LIST":
            stack.append([])
        elif name == "APPEND":
            self.append(self.pop(1))
        elif name == "APPENDS":
            self.append(self.pop_to_mark())
        elif name in TUPLES:
            stack.append(tuple(self.pop(int(name[-1]))))
        elif name == "TUPLE":
            stack.append(tuple(self.pop_to_mark()))
        elif name == "SETITEM":
            self.set_items(self.pop(2))
        elif name == "SETITEMS":
            self.set_items(self.pop_to_mark())
        elif name in NAMING:
            stack.append(self.name(argument))
        elif name == "STACK_GLOBAL":
            stack.append(self.name(".".join(str(part) for part in self.pop(2))))
        elif name == "REDUCE":
            stack.append(self.reduce(*self.pop(2)))
        elif name == "BINPERSID":
            stack.append(self.persistent(*self.storage_of(stack.pop())))
        elif name == "BUILD":
            self.pop(1)  # The `_metadata` of a state dict: versions of modules, of no use here.

    def name(self, path: str) -> Name:
        if path not in GLOBALS:
            raise InputError(
                self.path,
                got=f"a pickle that names {path}",
                expected="only what a file of tensors needs",
                hint="nothing of it was executed; do not trust where this file came from",
            )
        return Name(path)

    def reduce(self, function: object, arguments: object) -> object:
        if function == Name(ORDERED_DICT) and arguments == ():
            return {}
        if isinstance(arguments, tuple) and isinstance(function, Name):
            if function.path in REBUILDERS and len(arguments) >= 4:
                return self.rebuild(*arguments[:4])
            if function.path == REBUILD_PARAMETER and arguments:
                return arguments[0]
        raise self.error("a call of something else than the builders", "a file of tensors")

    def storage_of(self, identifier: object) -> tuple[str, str, int]:
        """The dtype, entry and element count of `('storage', type, key, location, count)`, behind
        which older files have a view of the storage: none."""
        match identifier:
            case ("storage", Name(path), str(key), _, int(count), *view) if path in STORAGES:
                if view in ([], [None]):
                    return STORAGES[path], key, count
        raise self.error("an unknown kind of storage", f"one of {', '.join(STORAGES)}")

    def set_items(self, items: list) -> None:
        target = self.stack[-1]
        if not isinstance(target, dict) or len(items) % 2:
            raise self.error("an item for something else than a dictionary", "a file of tensors")
        for key, value in zip(items[::2], items[1::2]):
            if not isinstance(key, (str, int)):
                raise self.error("a dictionary key that is no text", "names of tensors")
            target[key] = value

    def append(self, items: list) -> None:
        if not self.stack or not isinstance(self.stack[-1], list):
            raise self.error("an item for something else than a list", "a file of tensors")
        self.stack[-1].extend(items)

    def pop(self, count: int) -> list:
        if len(self.stack) < count:
            raise self.error("an empty stack", "a whole pickle")
        items = self.stack[-count:]
        del self.stack[-count:]
        return items

    def pop_to_mark(self) -> list:
        items = []
        while (item := self.stack.pop()) is not MARK:
            items.append(item)
        return items[::-1]

    def error(self, got: str, expected: str) -> InputError:
        return InputError(self.path, got=got, expected=expected)


def _argument(opcode: pickletools.OpcodeInfo, stream: io.BytesIO) -> object:
    if opcode.name in NAMING:  # Two lines; pickletools' reader would undo escapes in them.
        return ".".join(stream.readline().decode().removesuffix("\n") for _ in range(2))
    return opcode.arg.reader(stream) if opcode.arg else None
