"""Waiting for conditions instead of sleeping."""

import os
import time

# Programs under a sanitizer are several times slower; tests/run says so.
SLOWNESS = float(os.environ.get("CASEPOST_TEST_SLOWNESS", "1"))


class NeverCame(AssertionError):
    """A condition did not come true before its deadline."""


def seconds(count):
    """A time span, stretched for slow builds."""
    return count * SLOWNESS


def wait_for(condition, deadline=20, what="the condition", every=0.02):
    """Calls `condition` until it gives something true, and returns that.

    An exception that the last call raised becomes the cause of NeverCame, so that the reason is
    in the report.
    """
    until = time.monotonic() + seconds(deadline)
    while True:
        problem = None
        try:
            result = condition()
            if result:
                return result
        except (OSError, AssertionError, LookupError, ValueError) as error:
            result, problem = None, error
        if time.monotonic() > until:
            raise NeverCame(f"{what} did not come within {seconds(deadline):g} s; "
                            f"last seen: {problem or result!r}") from problem
        time.sleep(every)
