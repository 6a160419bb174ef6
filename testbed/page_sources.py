"""The sources of the pages with all that their tests need, whoever of several workers asks first."""

import sys

import hatch_build
from hatch_build import Node

if sys.platform != "win32":
    import fcntl


def prepare_sources() -> Node:
    """Return a Node, once the packages of the pages and of their tests are there.

    Two installations at a time would take the files from under each other, so the others wait.
    """
    node = hatch_build.find_node()
    with (hatch_build.SOURCES / "package.json").open(encoding="utf-8") as lock:
        if sys.platform != "win32":
            fcntl.flock(lock, fcntl.LOCK_EX)
        hatch_build.install_packages(node, for_tests=True)
    return node
