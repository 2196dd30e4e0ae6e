"""How the Python process of a Pulumi program is set up; one place for every stack."""

import gc

YOUNG_OBJECTS = 200_000
"""Allocations between two collections of the young generation. The SDK keeps a task and several outputs
alive for every resource, so the default of 700 walks the same living objects over and over: half of a
large program's time. `make bench` measures the effect, and the memory it costs."""


def collect_garbage_rarely() -> None:
    """Leave what is imported out of garbage collection for good, and collect the rest rarely.

    For a program that runs once and ends; call it after the imports.
    """
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 100, 100)
