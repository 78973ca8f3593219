"""What the tests of both importers share: paths, the programs' outcome, damaged files."""

import contextlib
import io
import pathlib
import random
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator

ROOT = pathlib.Path(__file__).resolve().parents[4]
IMPORT = ROOT / "flows/import"
sys.dont_write_bytecode = True
sys.path.insert(0, str(IMPORT))

from errors import exit_status  # noqa: E402  (found through the path above)


def fixtures(tool: str) -> pathlib.Path:
    """The folder of a tool's fixtures, whose scripts can be imported from now on."""
    folder = ROOT / "tests/fixtures" / tool
    sys.path.insert(1, str(folder))
    return folder


def temporary_directory() -> tempfile.TemporaryDirectory:
    return tempfile.TemporaryDirectory(prefix="systole-test-")


def caught(action: Callable[[], object]) -> tuple[int, str]:
    """Exit status and stderr of a program that consists of `action`."""
    messages = io.StringIO()
    with contextlib.redirect_stderr(messages):
        status = exit_status(action)
    return status, messages.getvalue()


def mutated(data: bytes, rng: random.Random) -> bytes:
    """Up to eight random injuries: flipped bits, overwritten, swapped, lost and added bytes."""
    result = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8))):
        at = rng.randrange(len(result))
        match rng.randrange(8):
            case 0 | 1:
                result[at] ^= 1 << rng.randrange(8)
            case 2:
                other = rng.randrange(len(result))
                result[at], result[other] = result[other], result[at]
            case 3:
                numbers = (0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, rng.randrange(1 << 32))
                result[at : at + 4] = rng.choice(numbers).to_bytes(4, "little")
            case 4:
                size = rng.choice((1, 2, 8))
                result[at : at + size] = rng.choice((b"\0", b"\xff", b"\x7f")) * size
            case 5:
                del result[at : at + rng.choice((1, 4, len(result)))]
            case 6:
                result[at:at] = rng.randbytes(rng.choice((1, 4, 64)))
            case 7:
                result += rng.randbytes(rng.choice((1, 1000)))
        if not result:
            break
    return bytes(result)


class TookTooLong(BaseException):
    """Not an Exception, so that no reader can take it for damage in a file."""


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TookTooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
