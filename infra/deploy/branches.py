"""The branches, the merges between them, and the rules that GitHub has to enforce.

    feature/*, fix/* ──squash──▶ staging ──merge──▶ main ──fast-forward──▶ staging
                                                     ▲
                                     hotfix/* ───────┘ merge

`main` accepts merge commits only: a squashed release would leave `staging` diverged for ever. For the same reason
`main` is merged back into `staging`, never squashed.
"""

import re
from dataclasses import dataclass

from infra.deploy.errors import RefusedError

STAGING = "staging"
MAIN = "main"
SYNC = "sync/main-to-staging"
"""The branch for merging `main` back if `staging` cannot be fast-forwarded."""

LIGHT_CHECK = "light check"
FULL_CHECK = "full check"
ACTIONS_APP_ID = 15368
"""The App id of GitHub Actions; a check with the same name from another App does not count."""

OWNED_PATHS = (
    # What builds, checks and deploys. A new file at the root counts: `make` would prefer a GNUmakefile to our Makefile.
    *("/*", "/.ci/", "/.github/", "/.venv/", "/infra/", "/terraform/"),
    # Python would run it in place of the source beside it.
    "*.pyc",
    # What the verbs of delivery import (infra/checks/owned_imports.py): it runs with their identities.
    *("/shared/__init__.py", "/shared/codec.py", "/shared/errors.py", "/shared/hash_ids.py", "/shared/logs.py"),
    *("/shared/settings.py", "/shared/task.py", "/shared/texts/__init__.py"),
    *("/shared/adapters/__init__.py", "/shared/adapters/fal_requests.py", "/shared/adapters/veo_location.py"),
    *("/shared/bot/__init__.py", "/shared/bot/commands.py", "/shared/bot/handled_kinds.py"),
    *("/shared/jobs/__init__.py", "/shared/jobs/audit.py", "/shared/jobs/audit_wallets.py"),
    "/shared/jobs/gather_people.py",
    *(
        "/shared/jobs/identity.py",
        "/shared/jobs/job.py",
        "/shared/jobs/rehearse_alarm.py",
        "/shared/jobs/time_limits.py",
    ),
    *("/shared/credits/", "/shared/people/", "/shared/ports/", "/shared/providers/", "/shared/releases/"),
)
"""What has owners, as patterns of CODEOWNERS. A change of these files never merges by itself."""
FREE_PATHS = ("/CHANGELOG.md", "/README.md")
"""Files at the root that have no owners all the same: nothing runs them, and most work changes them."""

WORK_PREFIXES = {"feature/": STAGING, "fix/": STAGING, "hotfix/": MAIN}
"""A push to such a branch opens a pull request to that base."""


@dataclass(frozen=True)
class Branch:
    """A branch that changes through pull requests only."""

    name: str
    checks: tuple[str, ...]
    """The names of the required jobs, as in the workflows (a contract test compares them)."""
    approvals: int
    """How many people have to agree. Two where work goes to production: pull requests are opened by the delivery App,
    so GitHub counts the approval of whoever wrote the change."""
    is_strict: bool
    """Whether a pull request must be up to date with its base, so that the merged tree is the tested tree."""
    merge_methods: tuple[str, ...]
    lets_app_push: bool
    """Whether the delivery App may fast-forward it to `main` without a pull request."""


@dataclass(frozen=True)
class Environment:
    """A deployment environment of GitHub: the branches that may deploy to it, and whether a person must approve."""

    name: str
    branches: tuple[str, ...]
    """Patterns; `*` stops at a slash, `**/` does not."""
    needs_reviewer: bool = False


BRANCHES = (
    Branch(STAGING, (LIGHT_CHECK,), 0, is_strict=False, merge_methods=("squash", "merge"), lets_app_push=True),
    Branch(MAIN, (LIGHT_CHECK, FULL_CHECK), 2, is_strict=True, merge_methods=("merge",), lets_app_push=False),
)
# Deployments need no approval: the merge to `main` had two, and a monitor or a rollback must not wait for a person.
# Jobs that can set rights in production (Terraform, these rules) do need one.
ENVIRONMENTS = (
    Environment("dev", ("*", "**/*")),  # a preview of every branch
    Environment("staging", (STAGING, MAIN)),
    Environment("production", (MAIN,)),
    Environment("dev-infrastructure", (STAGING, MAIN)),
    Environment("staging-infrastructure", (STAGING, MAIN)),
    Environment("production-infrastructure", (MAIN,), needs_reviewer=True),
)


def find_branch(name: str) -> Branch:
    """The row of the table. Raises RefusedError for a branch that is not protected."""
    for branch in BRANCHES:
        if branch.name == name:
            return branch
    raise RefusedError(f"{name} is not one of the protected branches")


def is_owned(path: str) -> bool:
    """Whether a file, named from the repository's root, falls under OWNED_PATHS."""
    return path not in _FREE and any(pattern.fullmatch(f"/{path}") for pattern in _OWNED)


def _compile(pattern: str) -> re.Pattern[str]:
    """A pattern of CODEOWNERS as a regular expression for paths that begin with a slash; `*` stops at a slash.

    A module stands also for what Python would load in its place: a package or a compiled library of that name.
    """
    start = "" if pattern.startswith("/") else ".*/"
    stem = re.escape(pattern.removesuffix("/").removesuffix(".py")).replace(r"\*", "[^/]*")
    end = {"/": "/.*", "y": r"(\..*|/.*)"}.get(pattern[-1], "")
    return re.compile(f"{start}{stem}{end}")


_OWNED = tuple(map(_compile, OWNED_PATHS))
_FREE = frozenset(path.removeprefix("/") for path in FREE_PATHS)


def choose_base(branch: str) -> str:
    """The base of a work branch. Raises RefusedError for an unknown prefix."""
    for prefix, base in WORK_PREFIXES.items():
        if branch.startswith(prefix):
            return base
    raise RefusedError(f"{branch}: only {', '.join(WORK_PREFIXES)} lead somewhere")


def choose_merge_method(base: str, head: str) -> str:
    """`squash` for work branches, `merge` for branches that must stay ancestors."""
    is_work = base == STAGING and head not in {MAIN, SYNC}
    return "squash" if is_work else "merge"
