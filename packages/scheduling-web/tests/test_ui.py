"""The sources of the pages: their own tests, types and style, and what the build makes of them."""

import json
import re
import subprocess
from pathlib import Path

import hatch_build
import pytest
from hatch_build import Node
from litestar import Litestar
from litestar.testing import TestClient

from page_sources import prepare_sources
from scheduling_web.api.bundle import Bundle, find_bundle

FIRST_LOAD = 200_000
"""Bytes, compressed, that the first page may need before it is there."""


@pytest.fixture(scope="module")
def node() -> Node:
    """A Node, and the packages of the pages and of their tests."""
    return prepare_sources()


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    """The pages as they were built when this environment was made."""
    assert hatch_build.are_current(), "run `python3 dev.py pages build` to see why they were not built"
    found = find_bundle()
    assert found is not None
    return found


def run(node: Node, *words: str) -> None:
    """Run a script of the pages; where it fails its output is what the test says."""
    try:
        node.run("run", "--silent", *words, capture=True)
    except subprocess.CalledProcessError as error:
        pytest.fail(f"{error.stdout}\n{error.stderr}", pytrace=False)


@pytest.mark.parametrize("script", ["lint", "types", "test"])
def test_the_pages_are_in_order(node: Node, script: str) -> None:
    """Their style, their types and their own tests: `python3 dev.py pages` followed by the word."""
    run(node, script)


def test_the_types_of_the_interface_are_current(
    node: Node, client: TestClient[Litestar], tmp_path: Path
) -> None:
    """What the pages believe of the service is what it says of itself: `python3 dev.py pages interface`."""
    document, types = tmp_path / "openapi.json", tmp_path / "schema.d.ts"
    described = client.get("/schema/openapi.json").json()
    document.write_text(json.dumps(described, sort_keys=True), encoding="utf-8")
    run(node, "interface", "--", str(document), "--output", str(types))
    kept = (hatch_build.SOURCES / "src/api/schema.d.ts").read_text(encoding="utf-8")
    assert types.read_text(encoding="utf-8") == kept, "run `python3 dev.py pages interface`"


def test_the_first_page_is_light(bundle: Bundle) -> None:
    """The calendar, which is the heaviest part, is fetched when it is wanted and not before."""
    page = bundle.files["/index.html"].body.decode()
    needed = ["/index.html", *re.findall(r'<(?:link|script)[^>]*(?:href|src)="([^"]+)"', page)]
    assert len(needed) > 2
    assert sum(len(bundle.files[address].compressed) for address in needed) < FIRST_LOAD
    with_calendar = {address for address, file in bundle.files.items() if b"dayGridMonth" in file.body}
    assert with_calendar.isdisjoint(needed)


def test_a_page_holds_nothing_that_the_policy_forbids(bundle: Bundle) -> None:
    """Every script and style is a file, and nothing is taken from another machine."""
    page = bundle.files["/index.html"].body.decode()
    assert re.findall(r"<script(?![^>]*\ssrc=)", page) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=|https?:", page) == []
    for address, file in bundle.files.items():
        if address.endswith(".css"):
            assert re.findall(rb"url\(\s*[\"']?(?:data:|https?:|//)|@import", file.body) == []
