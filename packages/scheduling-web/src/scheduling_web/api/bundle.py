"""The pages for people, built from `ui`: read into memory once, and served under the strictest policy."""

import gzip
import hashlib
import importlib.resources
import re
from collections.abc import Iterator, Mapping
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath
from typing import Any

import attrs
from litestar import Request, Response, Router, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from scheduling_web.api.authentication import PUBLIC

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What a page may load and send: only what is ours, and nothing that stands in the page itself."""

MEDIA_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
"""Of all that the build makes. What the machine thinks of these names does not matter."""

# The name of an asset changes with what is in it.
_FOR_GOOD = "public, max-age=31536000, immutable"
_ASK_EACH_TIME = "no-cache"

_START = "/index.html"
_TAKEN = ("/api", "/assets", "/health", "/metrics", "/problems", "/programs", "/schema")
"""What does not lead to a page, whatever follows."""

_ADDRESS = re.compile(r"[\w/~-]*", re.ASCII)
"""What the address of a page is made of. A dot would name a file."""

_CODING = re.compile(
    r"(?P<name>\*|[\w-]+)(?:\s*;\s*q=(?P<weight>0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?", re.ASCII
)
"""One of the codings that a client takes."""


@attrs.frozen
class File:
    """A file of the pages, ready to be sent."""

    body: bytes
    compressed: bytes
    media_type: str
    tag: str
    caching: str


@attrs.frozen
class Bundle:
    """The pages: their files, by address."""

    files: Mapping[str, File]

    def find(self, address: str, *, accepts_page: bool) -> File | None:
        """Return the file at an address; whatever may be the address of a page has the same first file."""
        if address in self.files:
            return self.files[address]
        is_taken = address.startswith(tuple(f"{each}/" for each in _TAKEN)) or address in _TAKEN
        is_page = accepts_page and not is_taken and _ADDRESS.fullmatch(address)
        return self.files[_START] if is_page else None


def find_bundle() -> Bundle | None:
    """Return the pages that this installation has, if any."""
    return read_bundle(importlib.resources.files("scheduling_web") / "static")


def read_bundle(folder: Traversable) -> Bundle | None:
    """Return the pages in a folder, or None where it does not hold any."""
    if not (folder / _START.lstrip("/")).is_file():
        return None
    return Bundle({address: _read(address, file) for address, file in _walk(folder, "")})


def prefers_gzip(accepted: str) -> bool:
    """Say whether who sends this `Accept-Encoding` takes gzip, and does not like the plain form better.

    Each coding has a weight, of which none is a no (RFC 9110, 12.5.3); the star stands for what is not named.
    """
    found = (_CODING.fullmatch(part.strip()) for part in accepted.lower().split(","))
    weights = {coding["name"]: float(coding["weight"] or 1) for coding in found if coding}
    gzip_weight = weights.get("gzip", weights.get("*", 0))
    return gzip_weight > 0 and gzip_weight >= weights.get("identity", 0)


def serve_bundle(bundle: Bundle) -> Router:
    """Return the routes of the pages."""

    @get(["/", "/{address:path}"], sync_to_thread=False)
    def get_page(request: Request[Any, Any, Any], address: FromPath[str] = "/") -> Response[bytes]:
        """Answer with a file of the pages."""
        accepted = request.headers.get("accept", "*/*")
        file = bundle.find(address, accepts_page="text/html" in accepted or "*/*" in accepted)
        if file is None:
            raise NotFoundException
        return _answer(request, file)

    return Router("/", route_handlers=[get_page], opt=PUBLIC, include_in_schema=False)


def _answer(request: Request[Any, Any, Any], file: File) -> Response[bytes]:
    headers = {"Cache-Control": file.caching, "ETag": file.tag, "Vary": "Accept-Encoding"}
    if file.media_type == "text/html":
        headers["Content-Security-Policy"] = POLICY
    if request.headers.get("if-none-match") == file.tag:
        return Response(b"", status_code=304, headers=headers)
    if prefers_gzip(", ".join(request.headers.getall("accept-encoding", []))):
        headers["Content-Encoding"] = "gzip"
        return Response(file.compressed, headers=headers, media_type=file.media_type)
    return Response(file.body, headers=headers, media_type=file.media_type)


def _walk(folder: Traversable, address: str) -> Iterator[tuple[str, Traversable]]:
    for each in folder.iterdir():
        if each.is_dir():
            yield from _walk(each, f"{address}/{each.name}")
        elif not each.name.startswith("."):
            yield f"{address}/{each.name}", each


def _read(address: str, file: Traversable) -> File:
    body = file.read_bytes()
    return File(
        body,
        gzip.compress(body, mtime=0),
        MEDIA_TYPES[PurePosixPath(address).suffix],
        # Weak, because one tag stands for the compressed and the plain form.
        f'W/"{hashlib.sha256(body).hexdigest()[:32]}"',
        _FOR_GOOD if address.startswith("/assets/") else _ASK_EACH_TIME,
    )
