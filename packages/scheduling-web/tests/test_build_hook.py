"""Building the package builds the pages: with a stand-in for Node, on a copy of what the build reads."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import attrs
import hatch_build
import pytest

PACKAGE = Path(hatch_build.__file__).parent

# In the place of npm: writes down how it was called, and fails or does as a build would.
NPM = """#!/bin/sh
echo "$*" >> "{log}"
pages=../src/scheduling_web/static
case "$*" in
ci*) mkdir -p node_modules ;;
"run build"*) mkdir -p $pages; cp src/main.tsx $pages/index.html ;;
esac
exit {outcome}
"""


@attrs.frozen
class Workshop:
    """A copy of the package, and a PATH that begins with stand-ins for node and npm."""

    root: Path

    @property
    def package(self) -> Path:
        """The copy."""
        return self.root / "package"

    @property
    def calls(self) -> list[str]:
        """How npm was called, in order."""
        log = self.root / "calls"
        return log.read_text(encoding="utf-8").splitlines() if log.exists() else []

    def put_node(self, version: str = "24.1.0", outcome: int = 0) -> None:
        """Put a node of some version on PATH, and an npm that ends with the outcome."""
        node = f"#!/bin/sh\necho v{version}\n"
        npm = NPM.format(log=self.root / "calls", outcome=outcome)
        for name, text in {"node": node, "npm": npm}.items():
            program = self.root / "path" / name
            program.parent.mkdir(exist_ok=True)
            program.write_text(text, encoding="utf-8")
            program.chmod(0o755)

    def build(
        self, what: str, *, folder: Path | None = None, **environ: str
    ) -> subprocess.CompletedProcess[str]:
        """Build a wheel, an sdist or an editable into `dist`, as an installer would."""
        path = f"{self.root / 'path'}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            [sys.executable, "-c", f"from hatchling.build import build_{what} as build; build('dist')"],
            cwd=folder or self.package,
            env={**os.environ, "PATH": path, **environ},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    """A workshop with a Node that works, where nothing was built yet."""
    unwanted = shutil.ignore_patterns("node_modules", "static", "tests", "__pycache__")
    shutil.copytree(PACKAGE, tmp_path / "package", ignore=unwanted)
    workshop = Workshop(tmp_path)
    workshop.put_node()
    return workshop


def pages_in_wheel(folder: Path) -> dict[str, str]:
    """Return the pages in the one wheel of a folder."""
    [path] = folder.glob("dist/*.whl")
    with zipfile.ZipFile(path) as wheel:
        names = [name for name in wheel.namelist() if "/static/" in name and "/.built" not in name]
        return {name: wheel.read(name).decode() for name in names}


def test_a_wheel_carries_the_pages(workshop: Workshop) -> None:
    """They are built from their sources on the way, and whoever installs the wheel needs no Node."""
    assert workshop.build("wheel").returncode == 0
    source = (workshop.package / "ui/src/main.tsx").read_text(encoding="utf-8")
    assert pages_in_wheel(workshop.package) == {"scheduling_web/static/index.html": source}


def test_unchanged_sources_are_built_once(workshop: Workshop) -> None:
    """The second build asks nothing of npm; after an edit a build is due, and no installation."""
    workshop.build("wheel")
    once = workshop.calls
    workshop.build("wheel")
    assert workshop.calls == once
    assert [call.split()[0] for call in once] == ["ci", "run"]
    (workshop.package / "ui/src/main.tsx").write_text("edited", encoding="utf-8")
    workshop.build("wheel")
    assert workshop.calls == [*once, once[1]]
    assert pages_in_wheel(workshop.package) == {"scheduling_web/static/index.html": "edited"}


def test_a_source_distribution_carries_the_pages_in_place_of_their_sources(workshop: Workshop) -> None:
    """A wheel is built from it with no working Node at all."""
    assert workshop.build("sdist").returncode == 0
    [path] = workshop.package.glob("dist/*.tar.gz")
    with tarfile.open(path) as archive:
        archive.extractall(workshop.root / "unpacked", filter="data")
    [unpacked] = (workshop.root / "unpacked").iterdir()
    assert not (unpacked / "ui").exists()
    workshop.put_node(outcome=1)
    assert workshop.build("wheel", folder=unpacked).returncode == 0
    assert list(pages_in_wheel(unpacked)) == ["scheduling_web/static/index.html"]


def test_a_wheel_without_pages_is_not_built(workshop: Workshop) -> None:
    """Where npm fails the build fails, and says in what."""
    workshop.put_node(outcome=1)
    run = workshop.build("wheel")
    assert run.returncode != 0
    assert "the pages could not be built" in run.stderr
    assert list(workshop.package.glob("dist/*.whl")) == []


def test_an_installation_for_development_does_without(workshop: Workshop) -> None:
    """The rest of the service works on a machine that reaches no registry."""
    workshop.put_node(outcome=1)
    assert workshop.build("editable").returncode == 0
    assert not (workshop.package / "src/scheduling_web/static").exists()


def test_the_pages_can_be_left_alone(workshop: Workshop) -> None:
    """With `SCHEDULING_WEB_UI=skip` npm is not called, and the wheel holds what was there."""
    assert workshop.build("wheel", SCHEDULING_WEB_UI="skip").returncode == 0
    assert workshop.calls == []
    assert pages_in_wheel(workshop.package) == {}


@pytest.mark.parametrize(
    ("version", "is_new_enough"),
    [("22.22.2", True), ("24.0.0", True), ("22.22.1", False), ("20.20.2", False), ("", False)],
)
def test_a_node_on_path_is_taken_if_it_is_new_enough(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, version: str, *, is_new_enough: bool
) -> None:
    """Otherwise the build asks for one of its own."""
    workshop.put_node(version)
    monkeypatch.setenv("PATH", f"{workshop.root / 'path'}{os.pathsep}{os.environ['PATH']}")
    found = hatch_build.find_node_on_path()
    expected = (str(workshop.root / "path/npm"),) if is_new_enough else None
    assert (found and found.npm) == expected


def test_a_machine_without_node_has_one_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its npm runs with nothing on PATH."""
    monkeypatch.setenv("PATH", os.devnull)
    run = hatch_build.find_node().run("--version", capture=True)
    assert int(run.stdout.split(".")[0]) >= 10
