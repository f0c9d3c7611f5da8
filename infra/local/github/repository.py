"""The repository: the versions that were pushed, and the runs of its workflows."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]
OWNER_AND_NAME = "local/nanobanana"
REPOSITORY_ID = "8700001"
PERMISSIONS = {"actions": "write", "contents": "read", "pull_requests": "read", "metadata": "read"}
"""The App's."""
SERVICE = "nanobanana"
FLAWS = {"": "it is good", "canary": "it fails on a quarter of the chats", "later": "it fails when everybody has it"}
BUILD, DEPLOY, ROLLBACK = "build-release.yml", "deploy-production.yml", "rollback.yml"


@dataclass(frozen=True)
class Person:
    """A GitHub account."""

    id: int
    login: str


DEVELOPER = Person(8701, "local-developer")
"""Who pushes. The page's people have other accounts, so that they may approve what this one began."""
APP = Person(8700, "local-release-app[bot]")


@dataclass(frozen=True)
class Workflow:
    """What a file says of its runs that were started by an API call."""

    inputs: tuple[str, ...] = ()
    title: str = ""
    """Its `run-name`, with inputs in braces."""
    ref: str = "refs/heads/main"
    environment: str = "production"


WORKFLOWS = {
    DEPLOY: Workflow(("release", "unproven", "request"), "deploy-production {request}"),
    ROLLBACK: Workflow(("environment", "release", "to", "request"), "rollback {request}"),
}
"""Those that may be started from outside."""


@dataclass(frozen=True)
class Version:
    """What a pushed tag stands for."""

    tag: str
    flaw: str = ""
    """One of FLAWS."""

    @property
    def commit(self) -> str:
        return hashlib.sha1(f"commit {self.tag}".encode(), usedforsecurity=False).hexdigest()

    @property
    def tree(self) -> str:
        return hashlib.sha1(f"tree {self.tag}".encode(), usedforsecurity=False).hexdigest()

    @property
    def digest(self) -> str:
        return f"sha256:{hashlib.sha256(self.tag.encode()).hexdigest()}"


@dataclass
class Run:
    """One run of a workflow."""

    id: int
    file: str
    title: str
    ref: str
    actor: Person
    inputs: Mapping[str, str] = field(default_factory=dict)
    event: str = "workflow_dispatch"
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    steps: list[str] = field(default_factory=list)
    conclusion: str = ""
    """Empty while it runs; then success, failure or cancelled."""

    @property
    def is_over(self) -> bool:
        return bool(self.conclusion)

    def to_json(self, base_url: str) -> Json:
        """As GitHub's API shows it."""
        api = f"{base_url}/repos/{OWNER_AND_NAME}/actions/runs/{self.id}"
        return {
            "id": self.id,
            "name": self.file.removesuffix(".yml"),
            "display_title": self.title,
            "path": f".github/workflows/{self.file}",
            "event": self.event,
            "head_branch": self.ref.rpartition("/")[2],
            "status": "completed" if self.is_over else "in_progress",
            "conclusion": self.conclusion or None,
            "created_at": self.created_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
            "url": api,
            "html_url": f"{base_url}/#run-{self.id}",
            "actor": {"id": self.actor.id, "login": self.actor.login},
        }


@dataclass
class Behaviour:
    """What goes wrong on purpose, and how long a step takes."""

    status: int = 0
    """What the REST API answers instead of doing anything; 0: it works."""
    lose: bool = False
    """The next workflow is started, and the answer is lost."""
    pace_seconds: float = 0.0


class Repository:
    """Everything that is kept; in memory."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.versions: dict[str, Version] = {}
        self.runs: list[Run] = []

    def add_version(self, tag: str, flaw: str) -> Version:
        """A tag is pushed. Raises ValueError for a tag that is there, and for an unknown flaw."""
        if not tag or tag in self.versions or flaw not in FLAWS:
            raise ValueError("a version needs a new tag, and a flaw that there is")
        self.versions[tag] = Version(tag, flaw)
        return self.versions[tag]

    def add_run(self, file: str, title: str, ref: str, actor: Person, **more: Any) -> Run:
        """A run begins."""
        run = Run(len(self.runs) + 1001, file, title, ref, actor, **more)
        self.runs.append(run)
        return run

    def find_run(self, id_: int) -> Run | None:
        """The run with this id."""
        return next((run for run in self.runs if run.id == id_), None)

    def list_runs(self, file: str) -> list[Run]:
        """The runs of a workflow, or all, the newest first."""
        return [run for run in reversed(self.runs) if file in {"", run.file}]

    def name_next(self) -> str:
        """The tag that the page offers: the next minor version."""
        minors = (re.fullmatch(r"v1\.([0-9]{1,6})\.0", tag) for tag in self.versions)
        return f"v1.{max((int(found[1]) for found in minors if found), default=0) + 1}.0"
