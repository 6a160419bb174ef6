"""What the service is installed with is not older than the repair of a known weakness."""

from importlib.metadata import requires, version

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

SAFE_SINCE = {
    "httpx": "0.23",  # CVE-2021-41945, addresses that were read as others.
    "litestar": "2.22",  # CVE-2026-48060 and 48061, 25478 to 25480, 2025-59152, 2024-52581.
    "pyjwt": "2.13",  # CVE-2026-48522 to 48526, 2026-32597, 2022-29217.
    "uvicorn": "0.11.7",  # CVE-2020-7694 and 7695, logs and headers that were split.
}
"""By package, the first version without what is known."""


@pytest.mark.parametrize(("name", "safe"), SAFE_SINCE.items())
def test_s08_no_version_is_allowed_that_is_known_to_be_weak(name: str, safe: str) -> None:
    """What is installed, and all that the packages allow to be installed, is new enough."""
    assert Version(version(name)) >= Version(safe)
    packages = ("scheduling-web", "scheduling-calcom", "scheduling-core")
    wanted = [Requirement(text) for package in packages for text in requires(package) or ()]
    allowed = [requirement.specifier for requirement in wanted if requirement.name == name]
    assert allowed
    below = f"{safe}.dev0"
    assert not any(specifier.contains(below, prereleases=True) for specifier in allowed)
