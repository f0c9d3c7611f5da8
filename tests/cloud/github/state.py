"""One repository on the local GitHub: its code, pull requests, checks, rules, tokens, and what happened."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from tests.cloud.github.errors import Json, Refusal, missing
from tests.cloud.github.git import Git, stamp

OWNER, NAME = "acme", "nanobanana"
REPOSITORY = f"{OWNER}/{NAME}"
REPOSITORY_ID, OWNER_ID = 100000001, 200000002
ACTIONS_APP_ID = 15368
DELIVERY_APP_ID = 4242


@dataclass(frozen=True)
class Actor:
    """Who a token belongs to, what it may do (`read` or `write` per permission) and what that sets off."""

    login: str
    permissions: dict[str, str]
    app_id: int | None = None
    starts_workflows: bool = True
    """False for the token Actions makes for a job: what it does starts no workflow."""


APP_PERMISSIONS = dict.fromkeys(("actions", "contents", "pull_requests", "issues", "workflows"), "write") | {
    "checks": "read"
}
READ, WRITE = "read", "write"
# What the workflows ask for, verb by verb.
ACTORS = {
    "app-TEST-token": Actor("delivery[bot]", APP_PERMISSIONS, DELIVERY_APP_ID),
    "opener-TEST-token": Actor("delivery[bot]", {"contents": READ, "pull_requests": WRITE}, DELIVERY_APP_ID),
    "writer-TEST-token": Actor("delivery[bot]", {"contents": WRITE, "pull_requests": WRITE}, DELIVERY_APP_ID),
    "merger-TEST-token": Actor(
        "delivery[bot]", {"contents": WRITE, "pull_requests": WRITE, "checks": READ}, DELIVERY_APP_ID
    ),
    "job-TEST-token": Actor("github-actions[bot]", APP_PERMISSIONS, ACTIONS_APP_ID, starts_workflows=False),
    "signer-TEST-token": Actor(
        "github-actions[bot]", {"contents": READ, "pull_requests": READ, "attestations": WRITE}, ACTIONS_APP_ID
    ),
    "tagger-TEST-token": Actor("delivery[bot]", {"contents": WRITE, "pull_requests": READ}, DELIVERY_APP_ID),
    "read-TEST-token": Actor("github-actions[bot]", {"contents": READ, "pull_requests": READ}, ACTIONS_APP_ID),
    "starter-TEST-token": Actor("delivery[bot]", {"contents": READ, "actions": WRITE}, DELIVERY_APP_ID),
    "logger-TEST-token": Actor("github-actions[bot]", {"contents": READ, "actions": READ}, ACTIONS_APP_ID),
    "watcher-TEST-token": Actor("delivery[bot]", {"issues": WRITE}, DELIVERY_APP_ID),
    "admin-TEST-token": Actor("ada", APP_PERMISSIONS | {"administration": WRITE, "actions": WRITE}),
}


@dataclass(frozen=True)
class Event:
    """What workflows may start on."""

    name: str
    """`push`, `pull_request.opened`, `pull_request.closed`, `release.published` …"""
    subject: str
    """The branch that was pushed, or the number of the pull request."""
    actor: str
    starts_workflows: bool


@dataclass
class Check:
    name: str
    conclusion: str | None
    app_id: int = ACTIONS_APP_ID


@dataclass
class Pull:
    """A pull request of this repository, or of a fork of it."""

    number: int
    head: str
    base: str
    title: str
    body: str
    author: str
    created_at: datetime
    updated_at: datetime
    head_sha: str
    draft: bool = False
    fork: str | None = None
    state: str = "open"
    merged_at: datetime | None = None
    merge_commit_sha: str | None = None
    auto_merge: tuple[Actor, str] | None = None
    """Who armed it, and the method."""
    approvals: set[str] = field(default_factory=set)
    pusher: str = ""
    """Who pushed its newest commit."""
    unjudged_reads: int = 1
    """How often it is still shown with `mergeable` null."""


def default_settings() -> Json:
    return {
        "allow_auto_merge": False,
        "allow_squash_merge": True,
        "allow_merge_commit": True,
        "allow_rebase_merge": True,
        "delete_branch_on_merge": False,
        "squash_merge_commit_title": "COMMIT_OR_PR_TITLE",
        "squash_merge_commit_message": "COMMIT_MESSAGES",
    }


@dataclass
class State:
    """All the server knows."""

    now: Callable[[], datetime]
    git: Git
    pulls: dict[int, Pull] = field(default_factory=dict)
    comments: dict[int, list[Json]] = field(default_factory=dict)
    issues: dict[int, Json] = field(default_factory=dict)
    checks: dict[str, list[Check]] = field(default_factory=dict)
    """By commit."""
    releases: dict[str, Json] = field(default_factory=dict)
    """What was published, by its tag."""
    drafts: dict[int, Json] = field(default_factory=dict)
    files: dict[int, bytes] = field(default_factory=dict)
    """The contents of releases' files."""
    attestations: dict[str, list[Json]] = field(default_factory=dict)
    """Digest → Sigstore's bundles."""
    rulesets: dict[int, Json] = field(default_factory=dict)
    environments: dict[str, Json] = field(default_factory=dict)
    policies: dict[str, dict[int, Json]] = field(default_factory=dict)
    settings: Json = field(default_factory=default_settings)
    job_permissions: Json = field(
        default_factory=lambda: {"default_workflow_permissions": "write", "can_approve_pull_request_reviews": True}
    )
    variables: dict[str, dict[str, str]] = field(default_factory=dict)
    """Environment, or `""` for the repository → variable → value."""
    secrets: dict[str, set[str]] = field(default_factory=dict)
    """The same for secrets, whose values nobody is shown."""
    default_branch: str = "main"
    is_private_and_free: bool = False
    """A private repository of a free plan: it has no rules for branches, no environments and no auto-merge."""
    pushers: dict[str, str] = field(default_factory=dict)
    """Commit → who pushed it."""
    events: list[Event] = field(default_factory=list)
    jobs: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    """(Run, attempt) → its jobs."""
    logs: dict[int, str] = field(default_factory=dict)
    """Job → what it has said."""
    unjudged_reads: int = 1
    ids: int = 100

    def next_id(self) -> int:
        self.ids += 1
        return self.ids

    def next_number(self) -> int:
        """Issues and pull requests are counted together."""
        return max(*self.pulls, *self.issues, 0, 0) + 1

    def note(self, name: str, subject: object, actor: Actor) -> None:
        self.events.append(Event(name, str(subject), actor.login, actor.starts_workflows))

    def find_pull(self, number: object) -> Pull:
        found = self.pulls.get(int(str(number)))
        if found is None:
            raise missing()
        return found

    def rules_for(self, ref: str, actor: Actor | None = None) -> dict[str, Json]:
        """The rules in force on a ref, `refs/heads/main`, by type; without those this actor passes by."""
        rules: dict[str, Json] = {}
        for ruleset in self.rulesets.values():
            patterns = ruleset["conditions"]["ref_name"]["include"]
            bypass = [each["actor_id"] for each in ruleset.get("bypass_actors", []) if each["bypass_mode"] == "always"]
            passes = actor is not None and actor.app_id in bypass and actor.app_id is not None
            if ruleset["enforcement"] == "active" and any(fits(ref, each) for each in patterns) and not passes:
                rules |= {rule["type"]: rule.get("parameters", {}) for rule in ruleset["rules"]}
        return rules

    def move(self, ref: str, sha: str, actor: Actor, *, force: bool = False) -> None:
        """Point a branch or tag elsewhere, as far as the rules and history allow. Raises Refusal."""
        old = self.git.refs.get(ref)
        rules = self.rules_for(f"refs/{ref}", actor)
        is_forward = old is None or (sha in self.git.commits and self.git.contains(sha, old))
        if "update" in rules or "pull_request" in rules or ("non_fast_forward" in rules and not is_forward):
            raise Refusal(422, "Repository rule violations found\n\nChanges must be made through a pull request.")
        if not (is_forward or force):
            raise Refusal(422, "Update is not a fast forward")
        self.set_branch(ref, sha, actor)

    def set_branch(self, ref: str, sha: str, actor: Actor) -> None:
        """Point a ref elsewhere and tell everybody; pull requests from and to it are judged anew."""
        if ref not in self.git.refs and "creation" in self.rules_for(f"refs/{ref}", actor):
            reason = "Cannot create ref due to creations being restricted."
            raise Refusal(422, f"Repository rule violations found\n\n{reason}")
        self.git.refs[ref] = sha
        self.pushers[sha] = actor.login
        name = ref.removeprefix("heads/")
        self.note("push", name, actor)
        for pull in self.pulls.values():
            if pull.state != "open" or name not in {pull.head, pull.base}:
                continue
            pull.unjudged_reads = self.unjudged_reads
            if pull.head == name and not pull.fork:
                pull.head_sha, pull.updated_at, pull.pusher = sha, self.now(), actor.login
                review = self.rules_for(f"refs/heads/{pull.base}").get("pull_request", {})
                if review.get("dismiss_stale_reviews_on_push"):
                    pull.approvals.clear()
                self.note("pull_request.synchronize", pull.number, actor)

    def add_issue(self, title: str, body: str | None, actor: Actor) -> Json:
        number = self.next_number()
        issue = {"number": number, "title": title, "body": body, "state": "open", "user": {"login": actor.login}}
        self.issues[number] = issue
        return issue

    def add_comment(self, number: int, body: str, actor: Actor) -> Json:
        comment = {"id": self.next_id(), "body": body, "user": {"login": actor.login}, "created_at": stamp(self.now())}
        self.comments.setdefault(number, []).append(comment)
        return comment


def fits(ref: str, pattern: str) -> bool:
    """Whether a ref is meant by a pattern; only `*` is known here, which stops at a slash."""
    return re.fullmatch("[^/]*".join(map(re.escape, pattern.split("*"))), ref) is not None
