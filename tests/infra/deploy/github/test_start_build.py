"""A tag asks for a release of what staging has, and of nothing else."""

import pytest

from tests.infra.deploy.github.conftest import Desk


def started(desk: Desk) -> list[tuple[str, str]]:
    events = desk.github.state.events
    return [(each.name, each.subject) for each in events if each.name.startswith("workflow_dispatch")]


@pytest.mark.parametrize("kind", ["light", "annotated"])
def test_a_tag_on_what_staging_has_starts_its_build(desk: Desk, kind: str) -> None:
    """The branch is built, never the tag: its files get no identity."""
    git = desk.github.state.git
    head = git.refs["heads/staging"]
    git.refs["tags/v1.2.3"] = git.add_tag("v1.2.3", "words", head).sha if kind == "annotated" else head
    assert desk.run("start-build", "--tag", "v1.2.3") == 0
    assert started(desk) == [("workflow_dispatch.build-release.yml", "staging")]


def test_a_tag_on_other_files_starts_nothing(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """Work that nobody merged, or that staging has gone on from."""
    desk.github.commit("feature/mine", "Mine", {"mine.py": "1"})
    desk.github.state.git.refs["tags/v1.2.3"] = desk.github.state.git.refs["heads/feature/mine"]
    assert desk.run("start-build", "--tag", "v1.2.3") == 1
    assert "tag its newest commit" in capsys.readouterr().err
    assert desk.run("start-build", "--tag", "v9.9.9") == 1
    assert started(desk) == []
