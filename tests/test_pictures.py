"""The pictures of the documentation are what their script draws from the code as it is now."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"

# Drawn by the benchmarks, from times that were measured.
MEASURED = {"growth.svg"}

TITLE = "{http://www.w3.org/2000/svg}title"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pictures, drawn again."""
    folder = tmp_path_factory.mktemp("pictures")
    subprocess.run([sys.executable, str(ROOT / "tools" / "pictures.py"), str(folder)], check=True)
    return folder


def test_they_show_the_code_as_it_is(drawn: Path) -> None:
    """Drawn again they are the same; if not: python3 dev.py python tools/pictures.py."""
    names = {path.name for path in drawn.iterdir()}
    assert names == {path.name for path in PICTURES.iterdir()} - MEASURED
    outdated = {name for name in names if (drawn / name).read_bytes() != (PICTURES / name).read_bytes()}
    assert outdated == set()


def test_each_is_on_a_page_and_says_what_it_shows(drawn: Path) -> None:
    """A picture that nobody sees is missed by nobody, and one without words is lost on some."""
    pages = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs").rglob("*.md"))
    for path in drawn.iterdir():
        assert f"](../pictures/{path.name})" in pages
        title = ET.parse(path).getroot().findtext(TITLE)  # noqa: S314  It is ours.
        assert title
