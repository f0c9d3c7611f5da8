"""Previews: one address for each author and branch, which goes with the branch."""

from pathlib import Path

import pytest

from infra.deploy.errors import RefusedError
from infra.deploy.previews import LENGTH_MAX, mark_branch, name_preview
from tests.cloud.clock import FakeClock
from tests.cloud.github import GitHub
from tests.infra.deploy.town import ONE, TWO, build_town


def test_each_author_and_branch_has_a_name_of_its_own() -> None:
    """Names that look alike, and those that are cut, differ by the branch's mark; all fit into an address."""
    long = "feature/" + "very-" * 30
    branches = ("feature/voice", "feature-voice", "Feature/Voice", "bugfix/voice", long + "a", long + "b", "релиз/1")
    names = {name_preview(author, branch) for author in ("ada", "grace", "x[bot]") for branch in branches}
    assert len(names) == 3 * len(branches)
    assert all(len(name) <= LENGTH_MAX and name.replace("-", "").isalnum() and name.isascii() for name in names)
    assert all(name.strip("-") == name for name in names)
    assert name_preview("ada", "feature/voice").startswith(mark_branch("feature/voice"))
    with pytest.raises(RefusedError):
        name_preview("ada", "///")


def test_a_branch_that_is_gone_takes_its_previews_along(tmp_path: Path) -> None:
    """Those of other branches stay, and so does what serves; if GitHub does not answer, all stay."""
    with build_town(tmp_path, "dev") as town, GitHub(FakeClock()) as github:
        file = ("--deployment", str(town.deployment_file))
        assert town.release("deploy", ONE) == 0
        for author, branch in (("ada", "feature/a"), ("grace", "feature/a"), ("ada", "bugfix/b")):
            assert town.run("preview", *file, "--image", TWO, "--name", branch, "--author", author) == 0
        github.commit("bugfix/b", "Work", {"b.py": "1"})
        town.environment.update(github.environment, GITHUB_TOKEN="read-TEST-token")
        github.faults.fail(times=10)
        assert town.run("remove-previews", *file) == 1
        github.faults.clear()
        assert town.run("remove-previews", *file) == 0
        for service in ("bot", "webhook"):
            left = {tag for tag in town.cloud_run.tags(service) if tag.startswith("p-")}
            assert left == {name_preview("ada", "bugfix/b")}
        assert town.serving() == {ONE}
