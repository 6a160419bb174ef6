"""The pages for people, as files: which address gives which, and with which headers."""

import contextlib
import gzip
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from scheduling_core import MemoryStorage
from scheduling_core.sql import SqlStorage
from scheduling_web.accounts import Accounts, PasswordHasher
from scheduling_web.api.bundle import read_bundle
from scheduling_web.app import create_app
from scheduling_web.settings import read_settings

INDEX = "<!doctype html><title>The pages</title>"
SCRIPT = "console.log('the pages')"

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


Open = Callable[[dict[str, str]], contextlib.AbstractContextManager[TestClient[Litestar]]]


@pytest.fixture(scope="module")
def opened(
    tmp_path_factory: pytest.TempPathFactory, empty_database: Path, hasher: PasswordHasher
) -> Iterator[Open]:
    """Open a service with small pages, under some settings."""
    folder = tmp_path_factory.mktemp("pages")
    (folder / "assets").mkdir()
    (folder / "index.html").write_text(INDEX, encoding="utf-8")
    (folder / "assets/index-Ab12.js").write_text(SCRIPT, encoding="utf-8")
    (folder / "icon.svg").write_text("<svg/>", encoding="utf-8")
    (folder / ".built-from").write_text("a digest", encoding="utf-8")
    (folder.parent / "secret").write_text("a secret", encoding="utf-8")
    database = SqlStorage.from_url(f"sqlite:///{shutil.copy(empty_database, folder.parent)}")

    @contextlib.contextmanager
    def open_with(settings: dict[str, str]) -> Iterator[TestClient[Litestar]]:
        app = create_app(
            read_settings({"SCHEDULING_SECRET": "k" * 32, "SCHEDULING_THREADS": "2", **settings}),
            storage=MemoryStorage(),
            accounts=Accounts(database.engine, hasher),
            bundle=read_bundle(folder),
        )
        with TestClient(app) as client:
            yield client

    with contextlib.closing(database):
        yield open_with


@pytest.fixture(scope="module")
def client(opened: Open) -> Iterator[TestClient[Litestar]]:
    """The way into that service."""
    with opened({}) as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/calendar", "/appointments/0198-a", "/a/b/c/", "/index.html"])
def test_every_address_of_a_page_gives_the_first_file(client: TestClient[Litestar], path: str) -> None:
    """Whatever a person typed, followed or reloaded; it is asked for each time, and bound by the policy."""
    answer = client.get(path, headers={"Accept": "text/html,*/*;q=0.8"})
    assert (answer.status_code, answer.text) == (200, INDEX)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_assets_are_kept_for_good(client: TestClient[Litestar]) -> None:
    """Their names change with what is in them."""
    answer = client.get("/assets/index-Ab12.js")
    assert (answer.status_code, answer.text) == (200, SCRIPT)
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; base-uri")


@pytest.mark.parametrize(
    "path",
    [
        "/assets/index-old.js",
        "/assets",
        "/api",
        "/api/nowhere",
        "/schema/nowhere",
        "/problems/nowhere",
        "/health/nowhere",
        "/health",
        "/metrics",
        "/favicon.ico",
        "/.built-from",
        "/.env",
        "/secret.txt",
        "/%2e%2e/secret",
        "/..%2fsecret",
        "/%2e%2e%2fsecret",
        "/assets/..%2f..%2fsecret",
        "/assets/%2e%2e/%2e%2e/secret",
        "/..%5csecret",
        "/%00",
        "/a%0d%0ab",
        "/%ff",
    ],
)
def test_other_addresses_give_nothing(client: TestClient[Litestar], path: str) -> None:
    """No file is read to answer a request, so that no address can lead out of the folder."""
    request = client.build_request("GET", "http://testserver.local")
    request.url = request.url.copy_with(raw_path=path.encode())
    answer = client.send(request)
    assert answer.status_code == 404
    assert answer.json()["type"] == "/problems/not-found"
    assert answer.headers["Cache-Control"] == "no-store"


def test_programs_are_told_that_nothing_is_there(client: TestClient[Litestar]) -> None:
    """Who asks for data at a wrong address gets no page."""
    answer = client.get("/appointment", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


@pytest.mark.parametrize("path", ["/", "/calendar", "/assets/index-Ab12.js"])
def test_head_says_what_get_would(client: TestClient[Litestar], path: str) -> None:
    """The same headers, and no body."""
    got, head = client.get(path), client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    of_the_request = {"x-request-id"}
    assert {name: head.headers[name] for name in head.headers if name not in of_the_request} == {
        name: got.headers[name] for name in got.headers if name not in of_the_request
    }


def test_only_reading_is_possible(client: TestClient[Litestar]) -> None:
    """Nothing can be sent to a page."""
    answer = client.post("/calendar")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize("path", ["/", "/assets/index-Ab12.js"])
def test_what_a_browser_has_is_not_sent_again(client: TestClient[Litestar], path: str) -> None:
    """The tag changes with the content, and is enough to be told that nothing changed."""
    tag = client.get(path).headers["ETag"]
    again = client.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert client.get(path, headers={"If-None-Match": 'W/"another"'}).status_code == 200


def test_files_are_compressed_for_those_who_can_read_it(client: TestClient[Litestar]) -> None:
    """Caches are told that there are two forms."""
    with client.stream("GET", "/", headers={"Accept-Encoding": "br, gzip"}) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(b"".join(answer.iter_raw())).decode() == INDEX
    plain = client.get("/", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert plain.text == INDEX
    assert plain.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    ("accepted", "compressed"),
    [
        ("gzip", True),
        ("br;q=1.0, GZIP; q=0.5", True),
        ("deflate, *;q=0.1", True),
        ("gzip;q=1, *;q=0", True),
        ("gzip;q=0, identity", False),
        ("gzip;q=0.000", False),
        ("gzip; q=0, *", False),
        ("*;q=0, identity", False),
        ("identity;q=1, gzip;q=0.5", False),
        ("x-gzipped", False),
        ("gzip;q=nonsense", False),
        ("gzip;q=nan", False),
        ("", False),
    ],
)
def test_who_does_not_want_files_compressed_gets_them_as_they_are(
    client: TestClient[Litestar], accepted: str, *, compressed: bool
) -> None:
    """Weights are read: one of nothing is a no, and what is not named goes by the star."""
    with client.stream("GET", "/", headers={"Accept-Encoding": accepted}) as answer:
        assert ("Content-Encoding" in answer.headers) is compressed


def test_caches_are_told_of_other_origins_and_of_compression(opened: Open) -> None:
    """Where pages of other sites may use the interface, a file depends on both."""
    with opened({"SCHEDULING_CORS_ORIGINS": "https://a.example"}) as client:
        for path in ("/", "/assets/index-Ab12.js"):
            answer = client.get(path, headers={"Origin": "https://a.example"})
            assert answer.headers.get_list("Vary") == ["Accept-Encoding, Origin"]


def test_a_folder_without_pages_is_no_bundle(tmp_path: Path) -> None:
    """The service does without."""
    assert read_bundle(tmp_path / "missing") is None
    assert read_bundle(tmp_path) is None
