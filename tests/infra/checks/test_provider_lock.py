"""The lock file of Terraform's provider: where it is missing, and what it lacks."""

from pathlib import Path

from infra.checks.provider_lock import LOCK, find_lock_faults, find_unlocked

PROVIDER = """\
provider "registry.terraform.io/hashicorp/google" {{
  version     = "8.7.0"
  constraints = "~> 8.7"
  hashes = [
{hashes}
    "zh:00",
  ]
}}
"""


def write_lock(folder: Path, platforms: int) -> None:
    hashes = "\n".join(f'    "h1:{number}=",' for number in range(platforms))
    (folder / LOCK).write_text(PROVIDER.format(hashes=hashes), encoding="utf-8")


def test_an_environment_without_a_lock_is_named(tmp_path: Path) -> None:
    """Only the one whose folder has no file."""
    locked, bare = tmp_path / "dev", tmp_path / "production"
    locked.mkdir()
    bare.mkdir()
    write_lock(locked, 4)
    assert find_unlocked([locked, bare]) == [f"{tmp_path.name}/production"]


def test_a_lock_of_one_platform_is_a_fault(tmp_path: Path) -> None:
    """`terraform init` on one machine writes one hash: others could not use it."""
    assert list(find_lock_faults(tmp_path)) == []
    write_lock(tmp_path, 1)
    [fault] = find_lock_faults(tmp_path)
    assert "registry.terraform.io/hashicorp/google has hashes for 1 of 4 platforms" in fault
    write_lock(tmp_path, 4)
    assert list(find_lock_faults(tmp_path)) == []


def test_an_empty_lock_is_a_fault(tmp_path: Path) -> None:
    """A file that locks nothing is not taken for a lock."""
    (tmp_path / LOCK).write_text("# made by hand\n", encoding="utf-8")
    [fault] = find_lock_faults(tmp_path)
    assert "locks no provider" in fault
