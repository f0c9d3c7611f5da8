"""Version numbers and titles."""

from datetime import date

import pytest

from infra.deploy.digests import read_digest
from infra.deploy.versions import next_version, read_version, version_key, write_title

DIGEST = "sha256:" + "0f" * 32


@pytest.mark.parametrize(
    ("taken", "following"),
    [
        ([], "v2026.11.5.1"),
        (["v2026.11.4.7", "v2025.11.5.3"], "v2026.11.5.1"),
        (["v2026.11.5.1", "v2026.11.5.9", "v2026.11.5.10"], "v2026.11.5.11"),
        (["v1", "nightly", "v2026.11.5.1-rc"], "v2026.11.5.1"),
    ],
)
def test_the_next_version_is_the_days_next_number(taken: list[str], following: str) -> None:
    """Numbers count, they are not sorted as words; other tags do not disturb."""
    assert next_version(taken, date(2026, 11, 5)) == following


def test_versions_are_ordered_by_time() -> None:
    """The newer one is greater, over days, months and years."""
    ordered = ["v2025.12.31.2", "v2026.2.9.1", "v2026.2.10.1", "v2026.11.1.9", "v2026.11.1.10"]
    assert sorted({*ordered}, key=version_key) == ordered


def test_a_title_carries_its_version_and_nothing_like_it() -> None:
    """A person's edit of the title makes it no version, not a wrong one."""
    assert read_version(write_title("v2026.11.5.1")) == "v2026.11.5.1"
    assert read_version("Release v2026.11.5.1 and more") is None
    assert read_version("Release v2026.11") is None


def test_a_digest_is_taken_out_of_an_images_name() -> None:
    """A tag, a short or an upper-case digest is none."""
    assert read_digest(f"registry/nanobanana@{DIGEST}") == DIGEST
    for wrong in ("registry/nanobanana:latest", DIGEST[:-1], DIGEST.upper(), ""):
        with pytest.raises(ValueError, match="no digest"):
            read_digest(wrong)
