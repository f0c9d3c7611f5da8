"""A local GitHub, and a verb run against it as a workflow would run it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from infra.deploy.__main__ import main
from infra.deploy.context import Context
from tests.cloud.clock import FakeClock
from tests.cloud.github import DELIVERY_APP_ID, GitHub

PROTECT = ("protect-branches", "--app-id", str(DELIVERY_APP_ID), "--reviewers", "grace")
# What each workflow hands its verb: no more than that has to do.
TOKENS = {
    "open-pr": "opener-TEST-token",
    "create-release-pr": "opener-TEST-token",
    "enable-auto-merge": "merger-TEST-token",
    "sync-back": "merger-TEST-token",
    "propose-lock": "writer-TEST-token",
    "check-release-tree": "read-TEST-token",
    "tag-release": "tagger-TEST-token",
    "write-release": "signer-TEST-token",
    "check-release": "signer-TEST-token",
    "protect-branches": "admin-TEST-token",
    "start-build": "starter-TEST-token",
    "keep-log": "logger-TEST-token",
    "remove-previews": "read-TEST-token",
    "watch-models": "watcher-TEST-token",
    "watch-alarms": "watcher-TEST-token",
    "watch-packages": "watcher-TEST-token",
}


@dataclass
class Desk:
    """A workflow's job: runs verbs, keeps what they say and hand on."""

    github: GitHub
    clock: FakeClock
    output_path: Path
    said: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    signing_keys: Path | None = None

    def run(self, *arguments: str, token: str = "", **environment: str) -> int:
        """The exit code of a verb, run with a token; what it says and hands on is kept."""
        self.said.clear()
        self.output_path.write_text("")
        token = token or TOKENS.get(arguments[0], "")
        known = self.github.environment | {"GITHUB_TOKEN": token, "GITHUB_OUTPUT": str(self.output_path)}
        given = known | self.environment | environment
        keys, is_dry = self.signing_keys, "--dry-run" in arguments
        return main(arguments, Context(given, is_dry, self.clock, self.said.append, signing_keys=keys))

    @property
    def outputs(self) -> dict[str, str]:
        lines = self.output_path.read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    @property
    def words(self) -> str:
        return "\n".join(self.said)

    def protect(self) -> None:
        """Put the real rules in force."""
        assert self.run(*PROTECT) == 0
        self.github.calls.clear()

    def open_pull(self, branch: str, files: dict[str, str] | None = None, message: str = "", base: str = "") -> int:
        """Push to a branch and open its pull request; gives the number."""
        self.github.commit(branch, message or f"Work on {branch}", files or {f"{branch}.py": "1"})
        assert self.run("open-pr", "--branch", branch, *(["--base", base] if base else [])) == 0
        return int(self.outputs["number"])

    def land(self, branch: str, files: dict[str, str] | None = None, message: str = "") -> int:
        """Bring work to staging the whole way; gives the number of the pull request."""
        number = self.open_pull(branch, files, message)
        assert self.run("enable-auto-merge", "--pull", str(number)) == 0
        self.github.check(branch, "light check")
        assert self.github.pull(number).merged_at, json.dumps(self.said)
        return number


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def github(clock: FakeClock) -> Iterator[GitHub]:
    with GitHub(clock) as running:
        yield running


@pytest.fixture
def desk(github: GitHub, clock: FakeClock, tmp_path: Path) -> Desk:
    return Desk(github, clock, tmp_path / "outputs")


@pytest.fixture
def guarded(desk: Desk) -> Desk:
    """The same, with the real rules in force."""
    desk.protect()
    return desk
