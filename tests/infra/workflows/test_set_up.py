"""Which jobs take packages that an earlier run has kept, and which secrets of GitHub there are."""

import re
from typing import Any

from infra.checks.findings import ROOT
from infra.checks.workflows.files import read_workflows

SETUP = "$/.github/actions/setup"
SECRET = re.compile(r"secrets\.([A-Z_]+)")


def list_jobs() -> list[tuple[str, str]]:
    """(workflow, job) of those that take packages that an earlier run has kept."""
    found = []
    for workflow in read_workflows(ROOT):
        for job, step in workflow.steps():
            given: Any = step.data.get("with", {})
            if step.uses == SETUP and given.get("cache") == "true":
                found.append((workflow.name, job.id))
    return found


def test_kept_packages_run_without_rights() -> None:
    """A cache that somebody has poisoned is unpacked wherever it likes: only the checks of a pull request take one,
    which have no secret and no login. Going back takes none.
    """
    assert list_jobs() == [("ci", "light")]
    light = next(job for each in read_workflows(ROOT) if each.name == "ci" for job in each.jobs() if job.id == "light")
    assert "secrets" not in str(light.data)
    assert "id-token" not in str(light.data)


def test_the_security_page_names_githubs_secrets() -> None:
    """What workflows read of GitHub's secrets stands in docs/security.md, and nothing else does."""
    read = {name for path in (ROOT / ".github").rglob("*.yml") for name in SECRET.findall(path.read_text())}
    sentence = (ROOT / "docs/security.md").read_text().partition("GitHub's secrets hold")[2].partition(".\n")[0]
    assert set(re.findall(r"`([A-Z_]+)`", sentence)) == read
