#!/usr/bin/env python3
"""Gives this machine what Isthmus needs: the Python packages and the Pulumi engine.

Runs with nothing but the standard library, and does nothing where everything is there already.
With --with-browser it sees to a browser too, which the tests need.
"""

import os
import shutil
import sys

OLDEST_PYTHON = (3, 11)
NEWER_PYTHONS = ("python3.14", "python3.13", "python3.12", "python3.11")


def hand_over_to_newer_python() -> None:
    """Start again with a newer Python of this machine, or say how to get one.

    This file alone has to be readable by an old Python 3, so it holds no newer syntax.
    """
    for name in NEWER_PYTHONS:
        path = shutil.which(name)
        if path:
            os.execv(path, [path, *sys.argv])
    sys.exit(
        "Isthmus needs Python 3.11 or newer; this is Python "
        + sys.version.split()[0]
        + " at "
        + sys.executable
        + ".\nInstall one (Debian 12, Ubuntu 24.04: apt install python3 python3-venv) and run"
        + " again, or name it: make up PYTHON=/path/to/python3"
    )


if __name__ == "__main__":
    if sys.version_info < OLDEST_PYTHON:
        hand_over_to_newer_python()
    from isthmus_toolchain.setup import main

    sys.exit(main(sys.argv[1:]))
