"""Which branches there are, what leads from one to the next, and what GitHub has to insist on.

    feature/*, fix/* ──squash──▶ staging ──merge──▶ main ──fast-forward──▶ staging
                                                     ▲
                                     hotfix/* ───────┘ merge

`main` takes merge commits only: a squashed release would leave `staging` diverged for ever. For the same reason
what comes back from `main` is merged into `staging`, never squashed.
"""

from dataclasses import dataclass

from infra.deploy.errors import RefusedError

STAGING = "staging"
MAIN = "main"
SYNC = "sync/main-to-staging"
"""Where `main` waits to be merged back when `staging` cannot simply follow it."""

LIGHT_CHECK = "light check"
FULL_CHECK = "full check"
ACTIONS_APP_ID = 15368
"""GitHub Actions itself: a check of that name from anybody else does not count."""

WORK_PREFIXES = {"feature/": STAGING, "fix/": STAGING, "hotfix/": MAIN}
"""A push to such a branch opens a pull request to that base."""


@dataclass(frozen=True)
class Branch:
    """A branch that changes through pull requests only."""

    name: str
    checks: tuple[str, ...]
    """Names of the jobs that must be green: as they stand in the workflows (a contract test compares)."""
    approvals: int
    is_strict: bool
    """Whether a pull request must contain the newest base: then the merged tree is the tested tree."""
    merge_methods: tuple[str, ...]
    lets_app_push: bool
    """Whether the delivery App may move it without a pull request: only ever forward, to what `main` has."""


@dataclass(frozen=True)
class Environment:
    """A deployment environment of GitHub: which branches may deploy to it, and whether a person must agree."""

    name: str
    branches: tuple[str, ...]
    """Patterns; `*` stops at a slash, `**/` does not."""
    needs_reviewer: bool = False


BRANCHES = (
    Branch(STAGING, (LIGHT_CHECK,), 0, is_strict=False, merge_methods=("squash", "merge"), lets_app_push=True),
    Branch(MAIN, (LIGHT_CHECK, FULL_CHECK), 1, is_strict=True, merge_methods=("merge",), lets_app_push=False),
)
# Deploying asks nobody: the merge to `main`, which took an approval, was the agreement, and a monitor or a way back
# that waits for a person is none. Who may set rights in production, Terraform or these very rules, asks somebody.
ENVIRONMENTS = (
    Environment("dev", ("feature/**/*", "fix/**/*", "hotfix/**/*", STAGING, MAIN)),
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


def choose_base(branch: str) -> str:
    """Where work on this branch goes. Raises RefusedError for a name that says nothing."""
    for prefix, base in WORK_PREFIXES.items():
        if branch.startswith(prefix):
            return base
    raise RefusedError(f"{branch}: only {', '.join(WORK_PREFIXES)} lead somewhere")


def choose_merge_method(base: str, head: str) -> str:
    """`squash` for work, `merge` for whatever must stay an ancestor."""
    is_work = base == STAGING and head not in {MAIN, SYNC}
    return "squash" if is_work else "merge"
