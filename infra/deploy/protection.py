"""GitHub's rules by the table in `branches`, and the steps to bring the repository in line with them.

Rulesets are used instead of the older branch protection: one API for branches and tags, with exceptions for an App.
https://docs.github.com/en/rest/repos/rules and …/rest/deployments/environments. Needs an administrator's token.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from infra.deploy.branches import ACTIONS_APP_ID, BRANCHES, ENVIRONMENTS, Branch, Environment
from infra.deploy.errors import RefusedError
from infra.deploy.github import GitHub

Json = dict[str, Any]
REVIEWERS_MAX = 6
"""GitHub's maximum."""
SETTINGS: Json = {
    "allow_auto_merge": True,
    "allow_squash_merge": True,
    "allow_merge_commit": True,
    "allow_rebase_merge": False,
    "delete_branch_on_merge": True,
    "squash_merge_commit_title": "PR_TITLE",
    "squash_merge_commit_message": "BLANK",
}
JOBS: Json = {"default_workflow_permissions": "read", "can_approve_pull_request_reviews": False}
TAGS: Json = {"target": "tag", "enforcement": "active"}
TAG_NAMES: Json = {"conditions": {"ref_name": {"include": ["refs/tags/v*"], "exclude": []}}}
KEPT_TAGS: Json = {
    "name": "release tags",
    **TAGS,
    "bypass_actors": [],
    **TAG_NAMES,
    "rules": [{"type": "deletion"}, {"type": "non_fast_forward"}, {"type": "update"}],
}
"""A tag of a release stays what it is, for everybody."""


@dataclass(frozen=True)
class Step:
    """One change of the repository, with the problem that it solves."""

    what: str
    method: str
    path: str
    body: Json | None = None


def plan_protection(github: GitHub, app_id: int, reviewers: Sequence[str]) -> Iterator[Step]:
    """The necessary changes; none if the repository matches the table.

    Raises RefusedError if an environment would have no reviewers, because it would protect nothing.
    """
    found_reviewers = [find_reviewer(github, name) for name in reviewers]
    yield from plan_values("settings", SETTINGS, github.get(github.repository_url), "PATCH", github.repository_url)
    jobs = "/actions/permissions/workflow"
    yield from plan_values("job permissions", JOBS, github.get(jobs), "PUT", jobs)
    existing = {ruleset["name"]: ruleset["id"] for ruleset in github.pages("/rulesets", includes_parents="false")}
    for wanted in (*(make_ruleset(branch, app_id) for branch in BRANCHES), KEPT_TAGS, make_tag_ruleset(app_id)):
        yield from plan_ruleset(github, wanted, existing.get(wanted["name"]))
    for environment in ENVIRONMENTS:
        yield from plan_environment(github, environment, found_reviewers)


def find_rule_drift(github: GitHub) -> list[str]:
    """What differs in the rules for branches and tags, as far as anybody who reads the repository sees them.

    Who may pass by a rule is shown to administrators alone: `protect-branches --dry-run` tells them.
    """
    existing = {ruleset["name"]: ruleset["id"] for ruleset in github.pages("/rulesets", includes_parents="false")}
    found = []
    for ruleset in (*(make_ruleset(branch, 0) for branch in BRANCHES), KEPT_TAGS, make_tag_ruleset(0)):
        wanted = {name: value for name, value in ruleset.items() if name != "bypass_actors"}
        found += [step.what for step in plan_ruleset(github, wanted, existing.get(wanted["name"]))]
    return found


def plan_values(name: str, wanted: Json, found: Json, method: str, path: str) -> Iterator[Step]:
    """A step for one object that is replaced as a whole."""
    apart = find_drift(wanted, found)
    if apart:
        yield Step(f"{name}: {'; '.join(apart)}", method, path, wanted)


def plan_ruleset(github: GitHub, wanted: Json, number: int | None) -> Iterator[Step]:
    name = f"ruleset {wanted['name']}"
    if number is None:
        yield Step(f"{name}: missing", "POST", "/rulesets", wanted)
    else:
        yield from plan_values(name, wanted, github.get(f"/rulesets/{number}"), "PUT", f"/rulesets/{number}")


def make_ruleset(branch: Branch, app_id: int) -> Json:
    """The ruleset of a protected branch."""
    return {
        "name": branch.name,
        "target": "branch",
        "enforcement": "active",
        "bypass_actors": [make_bypass(app_id)] if branch.lets_app_push else [],
        "conditions": {"ref_name": {"include": [f"refs/heads/{branch.name}"], "exclude": []}},
        "rules": [
            {"type": "deletion"},
            {"type": "non_fast_forward"},
            {"type": "pull_request", "parameters": make_review_rule(branch)},
            {"type": "required_status_checks", "parameters": make_check_rule(branch)},
        ],
    }


def make_tag_ruleset(app_id: int) -> Json:
    """Only the App makes a release's tag. Apart from KEPT_TAGS, because who may pass by one rule passes by its set.

    A tag of three numbers is a person's wish for a release of what staging has; it releases nothing by itself.
    """
    rules = [{"type": "creation"}]
    names = {"conditions": {"ref_name": {"include": ["refs/tags/v*.*.*.*"], "exclude": []}}}
    return {"name": "new release tags", **TAGS, "bypass_actors": [make_bypass(app_id)], **names, "rules": rules}


def make_bypass(app_id: int) -> Json:
    return {"actor_id": app_id, "actor_type": "Integration", "bypass_mode": "always"}


def make_review_rule(branch: Branch) -> Json:
    return {
        "required_approving_review_count": branch.approvals,
        "dismiss_stale_reviews_on_push": branch.approvals > 0,
        "require_code_owner_review": True,
        "require_last_push_approval": branch.approvals > 0,
        "required_review_thread_resolution": False,
        "allowed_merge_methods": list(branch.merge_methods),
    }


def make_check_rule(branch: Branch) -> Json:
    checks = [{"context": name, "integration_id": ACTIONS_APP_ID} for name in branch.checks]
    return {
        "required_status_checks": checks,
        "strict_required_status_checks_policy": branch.is_strict,
        "do_not_enforce_on_create": False,
    }


def plan_environment(github: GitHub, environment: Environment, reviewers: list[Json]) -> Iterator[Step]:
    path = f"/environments/{environment.name}"
    wanted = make_environment(environment, reviewers)
    found = github.find(path)
    shown = read_environment(found) if found else {}
    yield from plan_values(f"environment {environment.name}", wanted, shown, "PUT", path)
    policies = f"{path}/deployment-branch-policies"
    present = {each["name"]: each["id"] for each in github.pages(policies, "branch_policies")} if found else {}
    for name in environment.branches:
        if name not in present:
            yield Step(f"environment {environment.name}: {name} may not deploy", "POST", policies, {"name": name})
    for name, number in present.items():
        if name not in environment.branches:
            yield Step(f"environment {environment.name}: {name} may deploy", "DELETE", f"{policies}/{number}")


def make_environment(environment: Environment, reviewers: list[Json]) -> Json:
    if environment.needs_reviewer and not 0 < len(reviewers) <= REVIEWERS_MAX:
        raise RefusedError(f"{environment.name} needs one to {REVIEWERS_MAX} reviewers: name them with --reviewers")
    return {
        "wait_timer": 0,
        # A team of one person would be locked out.
        "prevent_self_review": False,
        "reviewers": reviewers if environment.needs_reviewer else [],
        "deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": True},
    }


def read_environment(found: Json) -> Json:
    """An environment in the format for writing, which differs from GitHub's format for reading."""
    rules = {rule["type"]: rule for rule in found.get("protection_rules", [])}
    review = rules.get("required_reviewers", {})
    return {
        "wait_timer": rules.get("wait_timer", {}).get("wait_timer", 0),
        "prevent_self_review": review.get("prevent_self_review", False),
        "reviewers": [{"type": each["type"], "id": each["reviewer"]["id"]} for each in review.get("reviewers", [])],
        "deployment_branch_policy": found.get("deployment_branch_policy"),
    }


def find_reviewer(github: GitHub, name: str) -> Json:
    """A person by login, or a team as `organisation/team`."""
    owner, _, team = name.rpartition("/")
    path = f"/orgs/{owner}/teams/{team}" if owner else f"/users/{team}"
    return {"type": "Team" if owner else "User", "id": github.get(f"{github.api_url}{path}")["id"]}


def find_drift(wanted: Any, found: Any, at: str = "") -> list[str]:
    """Descriptions of the differences between `found` and `wanted`; additional fields of GitHub are ignored."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        apart = [find_drift(value, found.get(key), f"{at}.{key}".strip(".")) for key, value in wanted.items()]
        return [line for lines in apart for line in lines]
    if isinstance(wanted, list) and isinstance(found, list):
        return find_list_drift(sorted(wanted, key=name_of), sorted(found, key=name_of), at)
    return [] if wanted == found else [f"{at} is {found!r}, not {wanted!r}"]


def find_list_drift(wanted: list[Any], found: list[Any], at: str) -> list[str]:
    """Compare lists as sets, by the names of their entries."""
    names, found_names = list(map(name_of, wanted)), list(map(name_of, found))
    if names != found_names:
        return [f"{at} is {', '.join(found_names) or 'empty'}, not {', '.join(names) or 'empty'}"]
    pairs = zip(names, wanted, found, strict=True)
    apart = [find_drift(want, have, f"{at}.{name}") for name, want, have in pairs]
    return [line for lines in apart for line in lines]


def name_of(entry: Any) -> str:
    """The identifying value of an entry."""
    if isinstance(entry, dict):
        return str(next((entry[key] for key in ("context", "actor_id", "id", "type") if key in entry), entry))
    return str(entry)
