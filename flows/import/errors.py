"""The one exception for bad input, what raises it, and the line and exit status it becomes."""

import argparse
import contextlib
import pathlib
import sys
from collections.abc import Callable, Iterator
from typing import NoReturn

BAD_INPUT = 2
INTERRUPTED = 130


class InputError(Exception):
    """Bad input: `where` (file or file:line), `key`, what was found, what was expected, what next.

    Its text is `where: key: got X, expected Y; hint`, with absent parts left out: the form of the
    C++ programs. `message` takes the place of `got X, expected Y` where that form does not fit.
    """

    def __init__(
        self,
        where: str | pathlib.Path,
        key: str = "",
        got: object = "",
        expected: str = "",
        hint: str = "",
        message: str = "",
    ):
        found = [f"got {got}" if str(got) else "", f"expected {expected}" if expected else ""]
        text = ": ".join(
            part for part in (str(where), key, message or ", ".join(filter(None, found))) if part
        )
        super().__init__(one_line(text + (f"; {hint}" if hint else "")))


def one_line(text: str, most: int = 600) -> str:
    """`text` with control characters escaped (a file may hold anything), cut to `most`."""
    shown = text if len(text) <= most else text[: most - 3] + "..."
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in shown)


@contextlib.contextmanager
def reading(path: str | pathlib.Path, key: str = "") -> Iterator[None]:
    """Turns whatever a malformed file makes a reader raise into an InputError about `path`."""
    try:
        yield
    except InputError:
        raise
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(path, key, got=reason, expected="a readable file") from error
    except MemoryError as error:
        raise InputError(path, key, message="needs more memory than there is") from error
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise InputError(
            path, key, message=f"is damaged or not of this format: {reason}"
        ) from error


def expect_file(path: pathlib.Path, expected: str) -> None:
    """Refuses what never ends or cannot be read; a missing file is an OSError, as elsewhere."""
    path.stat()
    if not path.is_file():
        found = "a directory" if path.is_dir() else "no regular file"
        raise InputError(path, got=found, expected=expected)


class ArgumentParser(argparse.ArgumentParser):
    """Reports a mistake on the command line as any other bad input, in one line."""

    def error(self, message: str) -> NoReturn:
        raise InputError("", message=message, hint="--help lists what there is")


def exit_status(main: Callable[[], None]) -> int:
    """Runs a program: 0, or 2 with one line on stderr for bad input, or 130 when interrupted."""
    try:
        main()
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0
