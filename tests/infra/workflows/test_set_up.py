"""Which jobs take packages that an earlier run has kept, and which secrets of GitHub there are."""

import re
from typing import Any

from infra.checks.findings import ROOT
from infra.checks.workflows.files import read_workflows

SETUP = "$/.github/actions/setup"
SECRET = re.compile(r"secrets\.([A-Z_]+)")


def list_jobs(*, with_login: bool) -> list[tuple[str, str]]:
    """(workflow, job) of those that take kept packages, and log in at Google or do not."""
    found = []
    for workflow in read_workflows(ROOT):
        for job, step in workflow.steps():
            given: Any = step.data.get("with", {})
            if step.uses == SETUP and given.get("cache") == "true" and bool(given.get("account")) == with_login:
                found.append((workflow.name, job.id))
    return found


def test_going_back_needs_no_package_index() -> None:
    """It takes the packages that the night keeps on main, and is the only job with rights at Google that does."""
    assert list_jobs(with_login=True) == [("rollback", "rollback")]


def test_the_night_keeps_them() -> None:
    """GitHub forgets what nobody took for a week, so each night takes them; `ci` keeps its own for pull requests."""
    assert list_jobs(with_login=False) == [("ci", "light"), ("nightly", "alarms")]


def test_the_security_page_names_githubs_secrets() -> None:
    """What workflows read of GitHub's secrets stands in docs/security.md, and nothing else does."""
    read = {name for path in (ROOT / ".github").rglob("*.yml") for name in SECRET.findall(path.read_text())}
    sentence = (ROOT / "docs/security.md").read_text().partition("GitHub's secrets hold")[2].partition(".\n")[0]
    assert set(re.findall(r"`([A-Z_]+)`", sentence)) == read
