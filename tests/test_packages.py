"""What users get: the packages as they are built, installed in empty environments, far from the sources."""

import json
import os
import re
import signal
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("scheduling-core", "scheduling-calcom", "scheduling-web")

pytestmark = pytest.mark.packages

# What decides where Python finds things, and would lead back to the sources.
LEADING_BACK = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}
ENVIRON = {name: value for name, value in os.environ.items() if name not in LEADING_BACK}


def run(command: list[str], cwd: Path) -> str:
    """Run a command away from the checkout and return what it prints; show everything if it fails."""
    environ = {**ENVIRON, "HYPOTHESIS_PROFILE": "few"}
    answer = subprocess.run(command, cwd=cwd, env=environ, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, f"{' '.join(command)}\n{answer.stdout}{answer.stderr}"
    return answer.stdout


def uv(*words: str, cwd: Path) -> str:
    """Run the uv that runs the tests."""
    return run([os.environ["UV"], *words, "--quiet", "--no-python-downloads"], cwd)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source distribution of each package, and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("built")
    uv("build", "--all-packages", "--out-dir", str(folder), cwd=ROOT)
    return folder


def find(built: Path, package: str, kind: str) -> Path:
    """Return the file of a package."""
    [found] = built.glob(f"{package.replace('-', '_')}-*{kind}")
    return found


class Environment:
    """An environment of its own, with Python and what is installed into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.programs = folder / "bin"
        self.python = str(self.programs / "python")
        uv("venv", "--python", sys.executable, str(folder), cwd=folder.parent)

    def install(self, *words: str) -> None:
        """Install packages; without `uv.toml` and the like, which say where ours come from in a checkout."""
        uv("pip", "install", "--no-config", "--python", self.python, *words, cwd=self.folder)

    def installed(self) -> set[str]:
        """Return the names of all that is installed."""
        listing = uv("pip", "list", "--python", self.python, "--format", "json", cwd=self.folder)
        return {package["name"] for package in json.loads(listing)}

    def run(self, *words: str) -> str:
        """Run Python, and let it see nothing but this environment."""
        return run([self.python, "-I", *words], self.folder)


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """An empty environment."""
    return Environment(tmp_path / "environment")


@pytest.fixture(scope="module")
def pins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The versions that everything else is tested with, as a file of constraints."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    file = tmp_path_factory.mktemp("pins") / "constraints.txt"
    file.write_text("\n".join(settings["tool"]["uv"]["constraint-dependencies"]), encoding="utf-8")
    return file


def install(environment: Environment, built: Path, pins: Path, package: str, extras: str = "") -> None:
    """Install a built package, and ask the index for everything else."""
    wheel = f"{package}{extras} @ {find(built, package, '.whl').as_uri()}"
    environment.install("--find-links", str(built), "--constraint", str(pins), wheel)
    where = f"import {package.replace('-', '_')} as it; print(it.__file__)"
    assert Path(environment.run("-c", where).strip()).is_relative_to(environment.folder)


class TestFiles:
    """What is in the files."""

    @pytest.mark.parametrize("package", PACKAGES)
    def test_a_wheel_has_the_package_and_nothing_beside_it(self, built: Path, package: str) -> None:
        """With its types and its licence, and without tests."""
        module = package.replace("-", "_")
        with zipfile.ZipFile(find(built, package, ".whl")) as wheel:
            names = set(wheel.namelist())
        folders = {name.split("/")[0] for name in names}
        assert f"{module}/py.typed" in names
        assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
        assert {re.sub(r"-[\d.]+\.dist-info$", "", folder) for folder in folders} == {module}

    @pytest.mark.parametrize("package", PACKAGES)
    def test_a_source_distribution_has_its_tests_and_nothing_that_was_installed(
        self, built: Path, package: str
    ) -> None:
        """What npm fetches to build the pages stays where it is."""
        with tarfile.open(find(built, package, ".tar.gz")) as archive:
            names = archive.getnames()
        assert any("/tests/test_" in name for name in names)
        assert not any("node_modules" in name for name in names)

    def test_the_pages_are_in_both(self, built: Path) -> None:
        """Users never meet Node: the wheel was built from the source distribution, and has the pages."""
        pages = re.compile(r"scheduling_web/static/(index\.html|assets/.*\.js)$")
        with zipfile.ZipFile(find(built, "scheduling-web", ".whl")) as wheel:
            assert len([name for name in wheel.namelist() if pages.search(name)]) > 1
        with tarfile.open(find(built, "scheduling-web", ".tar.gz")) as archive:
            assert len([name for name in archive.getnames() if pages.search(name)]) > 1


class TestInstalled:
    """What can be done with them."""

    def test_the_core_alone_brings_attrs_and_books(
        self, environment: Environment, built: Path, pins: Path
    ) -> None:
        """Without extras there are two packages, and ten lines run."""
        install(environment, built, pins, "scheduling-core")
        assert environment.installed() == {"attrs", "scheduling-core"}
        assert "refused: overlap" in environment.run(str(ROOT / "examples" / "in_memory.py"))

    def test_the_core_with_sql_keeps_its_books(
        self, environment: Environment, built: Path, pins: Path
    ) -> None:
        """The extra is enough for the barber shop, migrations included."""
        install(environment, built, pins, "scheduling-core", "[sql]")
        shop = str(ROOT / "examples" / "barber_shop.py")
        for _ in range(2):
            assert "moved" in environment.run(shop, "shop.db")

    def test_the_core_with_async_is_awaited(self, environment: Environment, built: Path, pins: Path) -> None:
        """The extra is enough for twenty customers at once."""
        install(environment, built, pins, "scheduling-core", "[async]")
        printed = environment.run(str(ROOT / "examples" / "async_app.py"), "sqlite:///shop.db")
        assert len(printed.splitlines()) == 20

    def test_the_adapter_keeps_cal_com_in_step(
        self, environment: Environment, built: Path, pins: Path
    ) -> None:
        """It brings the core along, and its fake."""
        install(environment, built, pins, "scheduling-calcom")
        assert "moved here" in environment.run(str(ROOT / "examples" / "cal_com.py"))

    def test_the_service_serves_its_demo(self, environment: Environment, built: Path, pins: Path) -> None:
        """Pages, sign-in and free slots are there, and it stops when it is asked to."""
        install(environment, built, pins, "scheduling-web")
        program = str(environment.programs / "scheduling-web")
        command = [program, "demo", "--json", "--port", "0", "--data", "data"]
        demo = subprocess.Popen(
            command, cwd=environment.folder, env=ENVIRON, stdout=subprocess.PIPE, text=True
        )
        try:
            assert demo.stdout is not None
            told = json.loads(demo.stdout.readline())
            sign_in = {"username": told["username"], "password": told["password"]}
            with httpx.Client(base_url=told["url"], timeout=30) as client:
                assert "<script" in client.get("/", headers={"Accept": "text/html"}).text
                token = client.post("/api/auth/login", json=sign_in).json()["access_token"]
                client.headers["Authorization"] = f"Bearer {token}"
                assert client.get("/api/appointments/upcoming").json()["items"] == []
            demo.send_signal(signal.SIGTERM)
            assert demo.wait(30) == 0
        finally:
            demo.kill()
            demo.communicate()


# Of the service, the tests that ask much of other packages.
OF_THE_SERVICE = (
    "accounts",
    "appointments",
    "availability",
    "cli",
    "config",
    "db_commands",
    "demo",
    "logs",
    "metrics",
    "problems",
    "sessions",
    "settings",
    "signing_in",
    "slots",
    "tokens",
    "types",
)

CHOSEN = {
    "scheduling-core": ["tests", "--ignore-glob=*/test_broken_storages.py"],
    "scheduling-calcom": ["tests", "--ignore-glob=*/test_simulation.py"],
    "scheduling-web": [f"tests/test_{name}.py" for name in OF_THE_SERVICE],
}

# What the tests need beside the extra `testing`, in the versions that everybody tests with.
TOOLS = ("jsonschema", "playwright", "pytest-xdist", "sybil")


@pytest.mark.parametrize("package", PACKAGES)
def test_the_oldest_versions_that_are_allowed_will_do(
    environment: Environment, built: Path, pins: Path, package: str
) -> None:
    """With every direct requirement at its lower bound, the tests pass."""
    folder = ROOT / "packages" / package
    core = find(built, "scheduling-core", ".whl").as_uri()
    pinned = pins.read_text(encoding="utf-8").splitlines()
    environment.install(
        *("--resolution", "lowest-direct", "--no-sources", "--find-links", str(built)),
        *("--requirements", str(folder / "pyproject.toml"), "--all-extras"),
        f"{package} @ {find(built, package, '.whl').as_uri()}",
        f"scheduling-core[postgres,testing] @ {core}",
        *(pin for pin in pinned if pin.split("==")[0] in TOOLS),
    )
    command = [environment.python, "-I", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    command += [
        "-n",
        "auto",
        "--dist",
        "loadfile",
        "-m",
        "not crash and not packages and not postgres and not soak",
    ]
    run([*command, *(word if word.startswith("-") else str(folder / word) for word in CHOSEN[package])], ROOT)
