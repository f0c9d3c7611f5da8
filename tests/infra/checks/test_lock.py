"""The lock holds pins and hashes, and tells nothing about the machine that compiled it."""

from pathlib import Path

import pytest

from infra.checks.findings import ROOT
from infra.checks.lock import find_all_faults, find_all_gaps, find_gaps, find_lock_faults

PIN = "anyio==4.16.0 \\\n    --hash=sha256:" + "0" * 64 + "\n    # via\n    #   -c requirements.txt\n    #   httpx\n"


def test_pinned_and_hashed_passes() -> None:
    """The shape that `make lock` writes is no finding."""
    marked = 'colorama==0.4.6 ; sys_platform == "win32" \\\n    --hash=sha256:' + "a" * 64 + "\n"
    assert list(find_lock_faults("requirements.txt", "#    make lock\n" + PIN + marked)) == []


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://packages.example/simple",
        "--extra-index-url http://packages.example/simple",
        "--find-links /srv/wheels",
        "-f wheels",
        "thing @ file:///srv/wheels/thing.whl",
        "thing @ git+https://example.org/thing",
        "-r /srv/requirements.txt",
        "#    uv pip compile /home/someone/project/requirements.in",
        "-e ./thing",
        "# from C:\\wheels",
    ],
)
def test_address_or_path_is_found(line: str) -> None:
    """An address or a path says where a machine fetches its packages: refused, in comments too."""
    [finding] = find_lock_faults("requirements.txt", PIN + line + "\n")
    assert finding == "requirements.txt:6: an address or a path does not belong in a lock"


@pytest.mark.parametrize("line", ["anyio>=4", "anyio==4.16.0", "anyio", "    --hash=md5:00"])
def test_loose_line_is_found(line: str) -> None:
    """Whatever is not pinned and hashed is refused."""
    assert list(find_lock_faults("requirements.txt", line + "\n"))


def test_locks_that_disagree_are_found(tmp_path: Path) -> None:
    """What is tested must be what runs."""
    (tmp_path / "requirements.txt").write_text(PIN, encoding="utf-8")
    (tmp_path / "requirements-dev.txt").write_text(PIN.replace("4.16.0", "4.17.0"), encoding="utf-8")
    [finding] = find_all_faults(tmp_path)
    assert "anyio==4.16.0" in finding


def lock(*pins: str) -> str:
    """The text of a lock with these pins."""
    return "".join(f"{pin} \\\n    --hash=sha256:{'0' * 64}\n" for pin in pins)


NEEDS = {
    "painter": ["login[web]>=2", "windows-paint; sys_platform == 'win32'"],
    "login": ["carrier>=1; extra == 'web'", "keys; extra == 'local'"],
    "carrier": [],
}


@pytest.mark.parametrize(
    ("pins", "gaps"),
    [
        (("painter==1", "login==2", "carrier==1"), []),
        (("painter==1", "login==2"), ['x: login needs carrier>=1; extra == "web", and nothing is locked']),
        (("painter==1", "login==1", "carrier==1"), ["x: painter needs login[web]>=2, and 1 is locked"]),
        (("login==2",), ["x: its source needs painter>=1, and nothing is locked"]),
    ],
)
def test_what_a_lock_lacks_is_found(pins: tuple[str, ...], gaps: list[str]) -> None:
    """Requirements are followed into the extras that are asked for, and into no others."""
    assert list(find_gaps("x", lock(*pins), "# a comment\npainter>=1\n", NEEDS.__getitem__)) == gaps


def test_this_repository_passes() -> None:
    """The project's locks are clean."""
    assert [*find_all_faults(ROOT), *find_all_gaps(ROOT)] == []
