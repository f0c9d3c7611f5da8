"""Names of releases: services, versions, images, states."""

import pytest

from shared.releases.release import (
    Status,
    is_digest,
    is_service_name,
    is_tag,
    name_release,
    read_status,
)
from tests.unit.releases.releasing import BASE, DIGEST


@pytest.mark.parametrize(
    "tag", ["v1.2.3", "1.2.3", "v0.0.0", "v2026.11.30", "v2026.11.30.1", "v1.0.0-rc.1", "1.0.0-0a.b-c+build.007"]
)
def test_versions(tag: str) -> None:
    """What Semantic Versioning allows, with and without a v, and our versions by day."""
    assert is_tag(tag)


@pytest.mark.parametrize(
    "tag",
    ["", "v1", "v1.2", "v1.2.3.4", "v01.2.3", "v1.2.3-", "v1.2.3-01", "v1.2.3+", "latest", "v1.2.3\n", "v1.2.3;id"],
)
def test_no_versions(tag: str) -> None:
    """Anything else is refused: a tag becomes part of an id, of links and of commands."""
    assert not is_tag(tag)
    assert not is_tag("v1.2.3-" + "a" * 130)


def test_other_names() -> None:
    """Services as Cloud Run names them, images by their digest, and old names of states."""
    assert is_service_name("nanobanana")
    assert not any(is_service_name(each) for each in ("", "Nano", "a/b", "1a", "a" * 64))
    assert is_digest(DIGEST)
    assert not is_digest("nanobanana:latest")
    assert read_status("production_rollback") is Status.ROLLBACK
    assert read_status("stage_building") is Status.BUILDING
    assert read_status("deployed") is Status.DEPLOYED
    assert read_status("DEPLOYED") is None
    assert BASE.id == "nanobanana_v1.1.0"


@pytest.mark.parametrize(
    "described", ["v2026.11.30.1", "v2026.11.30.1-4-g1a2b3c4", "v1.4.0-rc.3-12-g1a2b3c4", "1a2b3c4"]
)
def test_a_release_that_nobody_has_tagged(described: str) -> None:
    """Whatever Git says of a commit, also before the first tag, its release has a version, and always the same."""
    made = name_release(described, "0" * 40)
    assert is_tag(made)
    assert made == (described if described.startswith("v") else f"v0.0.0-g{'0' * 40}")
