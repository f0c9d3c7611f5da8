"""What a repository lacks on GitHub before it can deliver, each with what mends it. It only reads.

docs/delivery.md, “Setting up GitHub, once”, has the steps; a test compares its table of settings with `SETTINGS`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.deploy.branches import ENVIRONMENTS as GITHUB_ENVIRONMENTS
from infra.deploy.branches import FREE_PATHS, MAIN, OWNED_PATHS, STAGING
from infra.deploy.environments import ENVIRONMENTS, find_root, read_value
from infra.deploy.errors import RefusedError
from infra.deploy.github import GitHub
from infra.deploy.protection import plan_protection
from infra.deploy.pulls import find_head

REPOSITORY = ""
"""The place of settings that every job may read."""
PROTECTED = "production-infrastructure"
CODE_OWNERS = ".github/CODEOWNERS"
IN_TURN = "the loop in docs/delivery.md, step 1"
NEWEST = "attester"
"""The account that came last into Terraform's output `pipeline`."""
PLAN_CURE = "docs/delivery.md, “What a free plan cannot do”"


@dataclass(frozen=True)
class Fault:
    """What is missing or wrong, and the command or the page that mends it."""

    what: str
    cure: str

    def __str__(self) -> str:
        return f"✗ {self.what}\n    {self.cure}"


@dataclass(frozen=True)
class Setting:
    """A variable or secret without which workflows fail."""

    name: str
    kind: str
    places: tuple[str, ...] = (REPOSITORY,)
    cure: str = ""

    def find_cure(self, place: str) -> str:
        of_place = f" --env {place}" if place else ""
        return self.cure or f"gh {self.kind} set {self.name}{of_place}"


SETTINGS = (
    Setting("PIPELINE", "variable", tuple(each.name for each in GITHUB_ENVIRONMENTS), IN_TURN),
    *(Setting(f"PIPELINE_{environment.upper()}", "variable", cure=IN_TURN) for environment in ENVIRONMENTS),
    Setting("DELIVERY_APP_ID", "variable", (PROTECTED,)),
    Setting("PRODUCTION_REVIEWERS", "variable", (PROTECTED,)),
    Setting("DELIVERY_APP_PRIVATE_KEY", "secret"),
    Setting("NOTIFY_BOT_TOKEN", "secret"),
    Setting("NOTIFY_CHAT_ID", "variable"),
    Setting("DELIVERY_APP_CLIENT_ID", "variable"),
)
Values = Mapping[str, Mapping[str, str]]
"""Place → name of a variable or secret → its value, empty for a secret."""


def find_setup_faults(github: GitHub, root: Path) -> Iterator[Fault]:
    """Everything that is missing, in the order in which it is mended. Raises DeployError if GitHub does not answer."""
    repository = github.get(github.repository_url)
    yield from find_repository_faults(github, repository)
    yield from find_number_faults(repository, root)
    yield from find_owner_faults(root)
    if not has_rules(github):
        yield Fault("this plan has no rules for branches: a private repository of a free account", PLAN_CURE)
        return
    values = read_values(github)
    yield from find_setting_faults(values)
    yield from find_rule_faults(github, values.get(PROTECTED, {}))


def find_repository_faults(github: GitHub, repository: Mapping[str, Any]) -> Iterator[Fault]:
    """The two long-lived branches, of which `main` is the default (schedules run from there), and signatures."""
    if repository.get("private"):
        yield Fault("the repository is private: its build cannot verify what GitHub signs there", PLAN_CURE)
    if repository["default_branch"] != MAIN:
        command = f"gh api --method PATCH repos/{github.repository} -f default_branch={MAIN}"
        yield Fault(f"the default branch is {repository['default_branch']}, not {MAIN}", command)
    if find_head(github, STAGING) is None:
        yield Fault(f"there is no branch {STAGING}", f"git push origin {MAIN}:refs/heads/{STAGING}")


def find_number_faults(repository: Mapping[str, Any], root: Path) -> Iterator[Fault]:
    """Terraform's federation trusts this repository, by its numbers."""
    wanted = {"repository_id": str(repository["id"]), "owner_id": str(repository["owner"]["id"])}
    for environment in ENVIRONMENTS:
        path = find_root(environment)
        for name, number in wanted.items():
            if (found := read_value(root / path, name)) != number:
                cure = f'write {name} = "{number}" there, and make apply ENV={environment}'
                yield Fault(f"{path}: {name} is {found or 'missing'}, not {number}", cure)


def find_owner_faults(root: Path) -> Iterator[Fault]:
    """Who has to approve what builds and deploys; GitHub asks nobody where nobody is named."""
    path = root / CODE_OWNERS
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    owners = {words[0]: words[1:] for words in map(str.split, text.splitlines()) if words and words[0] != "#"}
    for pattern in OWNED_PATHS:
        if not owners.get(pattern):
            yield Fault(f"{CODE_OWNERS}: {pattern} has no owner", "name two people or a team there, and merge that")
    for pattern in FREE_PATHS:
        if owners.get("/*") and owners.get(pattern) != []:
            yield Fault(f"{CODE_OWNERS}: work that changes {pattern} waits for an owner", f"add the line {pattern}")


def has_rules(github: GitHub) -> bool:
    """Whether the account's plan has rulesets, and with them environments, for this repository."""
    try:
        github.get("/rulesets")
    except RefusedError as error:
        if "Upgrade to" in str(error):
            return False
        raise
    return True


def read_values(github: GitHub) -> Values:
    """The settings of the repository and of each environment that exists."""
    places = {REPOSITORY: "/actions", **{each.name: f"/environments/{each.name}" for each in GITHUB_ENVIRONMENTS}}
    return {
        place: {
            **{each["name"]: each["value"] for each in github.pages(f"{path}/variables", "variables")},
            **{each["name"]: "" for each in github.pages(f"{path}/secrets", "secrets")},
        }
        for place, path in places.items()
        if not place or github.find(path)
    }


def find_setting_faults(values: Values) -> Iterator[Fault]:
    for setting in SETTINGS:
        for place in setting.places:
            if place not in values:
                yield Fault(f"there is no environment {place}", IN_TURN)
                continue
            where = f"environment {place}" if place else "repository"
            if setting.name not in values[place]:
                yield Fault(f"{where}: no {setting.kind} {setting.name}", setting.find_cure(place))
            elif setting.cure == IN_TURN and NEWEST not in values[place][setting.name]:
                yield Fault(f"{where}: {setting.name} is older than Terraform's output: it has no {NEWEST}", IN_TURN)


def find_rule_faults(github: GitHub, values: Mapping[str, str]) -> Iterator[Fault]:
    """GitHub enforces the rules; looked at only when it is known for which App and reviewers."""
    app_id, reviewers = values.get("DELIVERY_APP_ID", ""), values.get("PRODUCTION_REVIEWERS", "")
    if not app_id.isdigit() or not reviewers:
        return
    try:
        steps = list(plan_protection(github, int(app_id), reviewers.replace(",", " ").split()))
    except RefusedError as error:
        yield Fault(str(error), f"gh variable set PRODUCTION_REVIEWERS --env {PROTECTED}")
        return
    yield from (Fault(step.what, "gh workflow run setup-branch-protection") for step in steps)
