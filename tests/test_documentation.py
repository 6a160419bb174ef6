"""The documentation: it builds without a warning, and a reader's browser asks nobody but its own server."""

import html
import posixpath
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import get_args

import attrs
import pytest
from sphinx.util.inventory import InventoryFile

import scheduling_calcom
import scheduling_calcom.testing
import scheduling_core
from scheduling_core import sql, testing
from scheduling_core.testing import contracts, strategies
from scheduling_web.api.problem_types import problem_types
from scheduling_web.settings import Settings

ROOT = Path(__file__).parents[1]

# What makes a browser load something, and not only lead to it.
LOADING = {
    ("audio", "src"),
    ("embed", "src"),
    ("form", "action"),
    ("iframe", "src"),
    ("image", "href"),
    ("img", "src"),
    ("link", "href"),
    ("object", "data"),
    ("script", "src"),
    ("source", "src"),
    ("use", "href"),
    ("video", "src"),
}
ELSEWHERE = re.compile(r"\s*([a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
IN_STYLES = re.compile(r"""(?:url\(\s*|@import\s+)["']?((?:[a-z][a-z0-9+.-]*:)?//[^"')]+)""", re.IGNORECASE)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documentation, as `python3 dev.py docs` builds it."""
    folder = tmp_path_factory.mktemp("documentation")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", str(ROOT / "docs"), str(folder)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    return folder


class Loads(HTMLParser):
    """The addresses from which a page makes a browser load something."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the attributes of a tag load."""
        for name, value in attrs:
            if (tag, name) in LOADING and value is not None:
                self.addresses.append(value)


def foreign(page: str) -> list[str]:
    """Return the addresses at other hosts that a page loads from."""
    loaded = [address for address in Loads(page).addresses if ELSEWHERE.match(address)]
    return loaded + IN_STYLES.findall(page)


def test_pages_load_nothing_from_elsewhere(built: Path) -> None:
    """Styles, fonts, scripts and pictures come from the folder itself."""
    pages = [*built.rglob("*.html"), *built.rglob("*.css"), *built.rglob("*.svg")]
    found = {path.name: foreign(path.read_text(encoding="utf-8")) for path in pages}
    assert len(found) > 10
    assert {name: addresses for name, addresses in found.items() if addresses} == {}


@pytest.mark.parametrize(
    "page",
    [
        '<script src="https://cdn.example/x.js"></script>',
        '<link rel="stylesheet" href="//fonts.example/x.css">',
        "<style>@font-face { src: url('https://fonts.example/x.woff2') }</style>",
        "<style>@import 'https://fonts.example/x.css';</style>",
    ],
)
def test_what_loads_from_elsewhere_is_found(page: str) -> None:
    """Each way in which a page could ask another host is noticed."""
    assert len(foreign(page)) == 1
    assert foreign(page.replace("https:", "").replace("//", "_static/")) == []


def test_every_page_is_one_of_the_four_kinds(built: Path) -> None:
    """What is in the folders is in the table of contents, and nothing else is."""
    pages = {str(path.relative_to(ROOT / "docs").with_suffix("")) for path in (ROOT / "docs").rglob("*.md")}
    pages = {page for page in pages if not page.startswith("_build")}
    assert all((built / f"{page}.html").exists() for page in pages)
    assert {page.partition("/")[0] for page in pages} <= {
        "index",
        "tutorial",
        "how-to",
        "explanation",
        "reference",
    }


def test_the_first_page_lists_pages_and_not_what_is_in_them(built: Path) -> None:
    """A reader finds the way at a glance."""
    page = (built / "index.html").read_text(encoding="utf-8")
    article = page[page.index("<article") : page.index("</article>")]
    links = re.findall(r'<li class="toctree-l(\d)">', article)
    assert len(links) > 20
    assert set(links) == {"1"}


@pytest.fixture(scope="session")
def described(built: Path) -> set[str]:
    """Every class, function and constant that has an entry in the reference, with its module."""
    with (built / "objects.inv").open("rb") as file:
        inventory = InventoryFile.load(file, "", posixpath.join)
    domain = {kind: set(names) for kind, names in inventory.items() if kind.startswith("py:")}
    return set().union(*domain.values()) - domain["py:module"]


@pytest.mark.parametrize(
    "module",
    [scheduling_core, sql, testing, strategies, contracts, scheduling_calcom, scheduling_calcom.testing],
    ids=lambda module: module.__name__,
)
def test_the_reference_has_the_public_names_and_no_others(described: set[str], module: ModuleType) -> None:
    """Whatever can be imported from a package is described under the name by which it is imported."""
    public = {name for name in module.__all__ if not isinstance(getattr(module, name), ModuleType)}
    prefix = f"{module.__name__}."
    assert {prefix + name for name in public} == {
        name for name in described if name.rpartition(".")[0] == module.__name__
    }


def test_the_reference_of_the_service_is_complete(built: Path) -> None:
    """Every setting, problem, reason, command and route has its entry."""
    pages = {
        path.stem: strip_tags(path.read_text(encoding="utf-8")) for path in built.glob("reference/*.html")
    }
    for field in attrs.fields(Settings):  # type: ignore[arg-type]  # It is made an attrs class by environ.
        assert f"SCHEDULING_{field.name.upper()}" in pages["settings"]
    for kind in problem_types():
        assert kind.name in pages["problems"]
        assert kind.title in pages["problems"]
    for reason in get_args(scheduling_core.Reason):
        assert reason.code in pages["rules"]
    for word in ("db doctor", "sync requeue", "user add", "serve"):
        assert f"scheduling-web {word}" in pages["commands"]
    assert "Where one of the ids is unknown, nothing is erased." in pages["commands"]  # The end of its help.
    assert 'href="problems.html#booking-refused"' in (built / "reference" / "routes.html").read_text("utf-8")
    for route in ("POST /api/appointments", "GET /api/slots/explain", "PUT /api/availability"):
        assert route in pages["routes"]


def strip_tags(page: str) -> str:
    """Return the text of a page."""
    return html.unescape(re.sub(r"<[^>]+>", "", page))
