"""check-setup: one look says what a repository lacks before it can deliver."""

import re
from pathlib import Path

import pytest

from infra.checks.findings import ROOT
from infra.deploy.branches import ENVIRONMENTS, OWNED_PATHS
from infra.deploy.environments import ENVIRONMENTS as PLACES
from infra.deploy.environments import find_root
from infra.deploy.setup_faults import CODE_OWNERS, REPOSITORY, SETTINGS
from tests.cloud.github import DELIVERY_APP_ID
from tests.infra.deploy.github.conftest import Desk

TOKEN = "admin-TEST-token"
ROW = re.compile(r"^\| `([A-Z][A-Z0-9_]*)` \| (variable|secret) \| ([^|]+?) \| ([^|]+?) \|$", re.MULTILINE)
WHERE = {"repository": (REPOSITORY,), "environment: each of the six": tuple(each.name for each in ENVIRONMENTS)}
OPTIONAL = {"FIRESTORE_DATABASE", "ADMINISTRATION_TOKEN", "FAL_KEY", "GEMINI_API_KEY", "REHEARSAL", "RELEASES_URL"}
"""Only after a restore, only for a day, only for lists that the night can do without, only with a copy outside, only
with the function `releases`."""


def check(desk: Desk, owner: str = "@acme/keepers") -> int:
    """The verb, on this repository's Terraform and CODEOWNERS with an owner."""
    folder = desk.output_path.with_name("checkout")
    for path in (Path(CODE_OWNERS), *(find_root(each) for each in PLACES)):
        copy = folder / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text((ROOT / path).read_text(encoding="utf-8"), encoding="utf-8")
    if owner:
        owners = folder / CODE_OWNERS
        text = re.sub(r"^# (?=[/*])", "", owners.read_text(encoding="utf-8"), flags=re.MULTILINE)
        owners.write_text(text.replace("@OWNER", owner))
    return desk.run("check-setup", "--folder", str(folder), token=TOKEN)


def set_up(desk: Desk) -> None:
    """All that docs/delivery.md asks for."""
    desk.protect()
    state = desk.github.state
    for setting in SETTINGS:
        for place in setting.places:
            if setting.kind == "secret":
                state.secrets.setdefault(place, set()).add(setting.name)
            else:
                state.variables.setdefault(place, {})[setting.name] = "a value with an attester"
    state.variables["production-infrastructure"] |= {
        "DELIVERY_APP_ID": str(DELIVERY_APP_ID),
        "PRODUCTION_REVIEWERS": "grace",
    }


def test_a_repository_that_is_set_up_lacks_nothing(desk: Desk) -> None:
    """Exit code 0, and nothing was changed."""
    set_up(desk)
    assert check(desk) == 0, desk.words
    assert "all is there" in desk.words
    assert desk.github.changes() == []


def test_a_new_repository_hears_everything_at_once(desk: Desk) -> None:
    """Each setting and environment, with its command, in one run."""
    assert check(desk) == 1
    assert "there is no environment production\n    the loop in docs/delivery.md" in desk.words
    assert "repository: no variable PIPELINE_STAGING" in desk.words
    assert "repository: no secret NOTIFY_BOT_TOKEN\n    gh secret set NOTIFY_BOT_TOKEN" in desk.words
    assert desk.words.count("there is no environment production-infrastructure") == 1


@pytest.mark.parametrize(
    ("place", "name"), [(place, each.name) for each in SETTINGS for place in each.places if each.kind == "variable"]
)
def test_a_variable_that_is_missing_is_named(desk: Desk, place: str, name: str) -> None:
    """Whichever it is, it is the only one."""
    set_up(desk)
    del desk.github.state.variables[place][name]
    assert check(desk) == 1
    assert f"{f'environment {place}' if place else 'repository'}: no variable {name}" in desk.words
    assert "1 to mend" in desk.words


def test_settings_from_before_terraform_made_an_account_are_named(desk: Desk) -> None:
    """Without the attester in them its jobs would be skipped in silence."""
    set_up(desk)
    desk.github.state.variables["staging"]["PIPELINE"] = "the accounts of last year"
    assert check(desk) == 1
    assert "environment staging: PIPELINE is older than Terraform's output: it has no attester" in desk.words
    assert "1 to mend" in desk.words


def test_rules_that_differ_are_named(desk: Desk) -> None:
    """A ruleset that somebody loosened by hand."""
    set_up(desk)
    main = next(each for each in desk.github.state.rulesets.values() if each["name"] == "main")
    main["enforcement"] = "disabled"
    assert check(desk) == 1
    assert "ruleset main: enforcement is 'disabled', not 'active'\n    gh workflow run setup-branch" in desk.words


def test_branches_are_where_workflows_look_for_them(desk: Desk) -> None:
    """The default branch has the schedules; without staging nothing merges."""
    set_up(desk)
    desk.github.state.default_branch = "trunk"
    del desk.github.state.git.refs["heads/staging"]
    assert check(desk) == 1
    assert "the default branch is trunk, not main" in desk.words
    assert "there is no branch staging\n    git push origin main:refs/heads/staging" in desk.words


def test_a_federation_with_strangers_is_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Terraform's numbers are those of another repository: its jobs could deploy, ours could not."""
    set_up(desk)
    monkeypatch.setattr("tests.cloud.github.settings_api.REPOSITORY_ID", 5)
    assert check(desk) == 1
    assert "terraform/environments/production/main.tf: repository_id is 100000001, not 5" in desk.words
    assert "3 to mend" in desk.words


def test_paths_without_an_owner_are_named(desk: Desk) -> None:
    """As the file comes, it names nobody, and GitHub would ask nobody for a change of the pipeline."""
    set_up(desk)
    assert check(desk, owner="") == 1
    assert all(f".github/CODEOWNERS: {each} has no owner" in desk.words for each in OWNED_PATHS)
    assert f"{len(OWNED_PATHS)} to mend" in desk.words


def test_a_free_plan_is_told_what_it_cannot_do(desk: Desk) -> None:
    """GitHub refuses rules to a private repository of a free account: that is said, with the page."""
    desk.github.state.is_private_and_free = True
    assert check(desk) == 1
    assert "this plan has no rules for branches" in desk.words
    assert "the repository is private: its build cannot verify what GitHub signs there" in desk.words
    assert "What a free plan cannot do" in desk.words
    assert "### What a free plan cannot do" in (ROOT / "docs/delivery.md").read_text(encoding="utf-8")


def test_the_settings_are_those_of_the_document() -> None:
    """Every row that is not optional is looked for, at its place, and no other."""
    rows = ROW.findall((ROOT / "docs/delivery.md").read_text(encoding="utf-8"))
    documented = {
        (name, kind, WHERE.get(where) or (where.removeprefix("environment: "),))
        for name, kind, where, _ in rows
        if name not in OPTIONAL
    }
    assert {(each.name, each.kind, each.places) for each in SETTINGS} == documented
    assert {row[0] for row in rows} >= OPTIONAL
