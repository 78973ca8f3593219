"""What the tests of damaged files share: a limit of memory and time, and what may be said."""

import contextlib
import io
import pathlib
import resource
import sys
import time
import unittest
from collections.abc import Iterator

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from import_support import at_most  # noqa: E402

from errors import InputError  # noqa: E402

MOST_SECONDS = 5.0
MOST_BYTES = 1 << 30  # Of address space, beside what the interpreter has.


class DamageCase(unittest.TestCase):
    """Counts the cases that were taken and those that were refused."""

    def setUp(self) -> None:
        self.refused = self.taken = 0
        limits = resource.getrlimit(resource.RLIMIT_AS)
        self.addCleanup(resource.setrlimit, resource.RLIMIT_AS, limits)
        pages = int(pathlib.Path("/proc/self/statm").read_text().split()[0])
        most = pages * resource.getpagesize() + MOST_BYTES
        resource.setrlimit(resource.RLIMIT_AS, (most, limits[1]))

    @contextlib.contextmanager
    def survives(self, case: object) -> Iterator[None]:
        """The block ends soon, in little memory, well or with an InputError of one line."""
        start = time.monotonic()
        try:
            with contextlib.redirect_stderr(io.StringIO()) as noise, at_most(2 * MOST_SECONDS):
                yield
            self.taken += 1
        except InputError as error:
            self.refused += 1
            self.assertNotIn("\n", str(error), case)
            self.assertNotIn("memory", str(error), case)
            self.assertLess(len(str(error)), 1000, case)
        except Exception as error:  # Any other exception is the bug that these tests look for.
            self.fail(f"{case}: {type(error).__name__}: {error}")
        self.assertEqual(noise.getvalue(), "", case)
        self.assertLess(time.monotonic() - start, MOST_SECONDS, case)
