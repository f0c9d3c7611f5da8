"""As much of GitHub Actions as our workflows need: it reads the files in `.github/workflows` and runs their verbs.

What starts on which event, which job waits for which, conditions, outputs, environments, tokens and their permissions
come from the files. A step that calls a verb runs `infra.deploy`'s `main` in this process; other commands (`.ci/run`)
succeed unless a test says otherwise. What runs at the same time on GitHub runs one after the other here.
"""

import contextlib
import fnmatch
import io
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from infra.checks.findings import ROOT
from infra.checks.workflows.files import Job, Workflow, read_workflows
from infra.deploy.__main__ import main
from infra.deploy.context import Context
from infra.deploy.verbs.rollout import HURRY
from tests.cloud.clock import FakeClock
from tests.cloud.github import ACTORS, DELIVERY_APP_ID, REPOSITORY, Actor, Event, GitHub
from tests.cloud.github.git import stamp
from tests.cloud.github.state import ACTIONS_APP_ID, APP_PERMISSIONS
from tests.cloud.sigstore import Built
from tests.infra.deploy.expressions import Scope, fill, fill_all, is_met

CALLED = "$/.github/workflows/"
PULL_TYPES = ("opened", "synchronize", "reopened")
VERB = [".venv/bin/python", "-m", "infra.deploy"]
LEFT_OUT = {"deploy-dev"}
"""Another Google project with a registry of its own: nothing of it goes any further."""


class Machine(Protocol):
    """What a job runs on, and who it can become."""

    settings: Mapping[str, str]
    """GitHub's variables and secrets, of the repository."""

    def variables(self, environment: str) -> Mapping[str, str]:
        """GitHub's variables of one environment."""

    def log_in(self, account: str) -> Mapping[str, str]:
        """What a job knows when it has become a Google account."""

    def introduce(self, workflow: str, environment: str, run_id: str, github: Mapping[str, Any]) -> Mapping[str, str]:
        """What a job knows that may ask GitHub for a token of its own."""

    def check_out(self, sha: str) -> Path:
        """A folder with a commit's files, in git."""

    def sign(self, digest: str, built: Built) -> None:
        """Attach a job's signature to an image."""

    def sign_files(self, folder: Path, built: Built) -> Path:
        """A job's signature over the files of a folder; where it lies."""

    @property
    def signing_keys(self) -> Path:
        """The public keys for that."""


@dataclass(frozen=True)
class Ran:
    """One verb that was run."""

    workflow: str
    job: str
    verb: str
    code: int
    said: str


@dataclass
class Ended:
    """How a job, or a workflow that was called, ended, and what it hands on."""

    result: str
    outputs: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Start:
    """Why a workflow runs: GitHub's `github` context, `inputs`, and what whoever calls it may do."""

    github: Mapping[str, Any]
    inputs: Mapping[str, str] = field(default_factory=dict)
    permissions: Mapping[str, str] | None = None


class Actions:
    """Runs the workflows of one local GitHub."""

    def __init__(self, github: GitHub, clock: FakeClock, machine: Machine, folder: Path) -> None:
        self._github = github
        self._clock = clock
        self._machine = machine
        self.folder = folder
        self._output_path = folder / "output"
        self._workflows = {each.name: each for each in read_workflows(ROOT) if each.name not in LEFT_OUT}
        self._runs = 0
        self.ran: list[Ran] = []
        self.started: list[str] = []
        """Names of the workflows that an event or a person started."""
        self.failing: set[str] = set()
        """Commands other than verbs that fail."""

    # --- what starts ----------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Run all that starts on what happened, and on what comes of it, until nothing more happens."""
        while events := self._github.take_events():
            for event in events:
                for workflow in self._workflows.values():
                    if describes(workflow, event, self._find_base(event)):
                        self._run_for(workflow, event)

    def dispatch(self, name: str, ref: str = "main", actor: str = "ada", **inputs: str) -> str:
        """A person starts a workflow; how it ended. What follows from it runs as well."""
        github = self._describe("workflow_dispatch", ref, self._github.branch(ref).sha, actor)
        defaults = {key: each.get("default", "") for key, each in _list_inputs(self._workflows[name]).items()}
        ended = self._start(self._workflows[name], Start(github, defaults | inputs))
        self.settle()
        return ended.result

    def rerun(self, name: str, branch: str) -> None:
        """A person starts again what a push to a branch had started."""
        self._run_for(self._workflows[name], Event("push", branch, "ada", starts_workflows=True))
        self.settle()

    def _run_for(self, workflow: Workflow, event: Event) -> None:
        if event.name == "push":
            sha = self._github.branch(event.subject).sha
            pushed = {"deleted": False, "head_commit": {"timestamp": stamp(self._github.branch(sha).at)}}
            started = self._describe("push", event.subject, sha, event.actor, event=pushed)
        else:
            pull = self._github.pull(int(event.subject))
            sha = pull.head_sha
            shown = {"number": pull.number, "head": {"repo": {"full_name": pull.fork or REPOSITORY}}}
            named = {"pull_request": {**shown, "user": {"login": pull.author}}}
            started = self._describe("pull_request", pull.head, sha, event.actor, base_ref=pull.base, event=named)
        self._start(workflow, Start(started), checks_of=sha)

    def _describe(self, event_name: str, branch: str, sha: str, actor: str, **more: Any) -> dict[str, Any]:
        facts = {
            "event_name": event_name,
            "ref": f"refs/heads/{branch}",
            "ref_name": branch,
            "ref_type": "branch",
            "sha": sha,
        }
        return {"event": {}, **facts, "actor": actor, "repository": REPOSITORY, **more}

    def _find_base(self, event: Event) -> str:
        return self._github.pull(int(event.subject)).base if event.name.startswith("pull_request.") else ""

    def _start(self, workflow: Workflow, start: Start, checks_of: str = "") -> Ended:
        self._runs += 1
        self.started.append(workflow.name)
        return self._run_workflow(workflow, start, checks_of)

    # --- jobs -----------------------------------------------------------------------------------------------

    def _run_workflow(self, workflow: Workflow, start: Start, checks_of: str = "") -> Ended:
        ended: dict[str, Ended] = {}
        jobs = {job.id: job for job in workflow.jobs()}
        for job in sort_jobs(jobs):
            scope = self._make_scope(job, jobs, ended, start)
            ended[job.id] = self._run_job(workflow, job, start, scope)
            if checks_of:  # each job is a check of the commit, also a skipped one
                self._github.check(checks_of, job.name, conclusion=ended[job.id].result)
        results = {each.result for each in ended.values()}
        known = {name: {"outputs": each.outputs} for name, each in ended.items()}
        wanted = workflow.events.get("workflow_call", {}).get("outputs", {})
        outputs = {name: fill(each["value"], Scope({"jobs": known})) for name, each in wanted.items()}
        return Ended("failure" if "failure" in results else "success", outputs)

    def _make_scope(self, job: Job, jobs: Mapping[str, Job], ended: Mapping[str, Ended], start: Start) -> Scope:
        needs = {name: {"result": ended[name].result, "outputs": ended[name].outputs} for name in job.needs}
        environment = fill(job.environment, Scope({"inputs": start.inputs}))
        settings = {**self._machine.settings, **self._machine.variables(environment)}
        names = {"github": start.github, "inputs": start.inputs, "needs": needs, "vars": settings, "secrets": settings}
        before = [ended[name].result for name in list_before(job, jobs)]
        succeeded = all(each == "success" for each in before)
        return Scope(names, succeeded, "failure" in before)

    def _run_job(self, workflow: Workflow, job: Job, start: Start, scope: Scope) -> Ended:
        if not is_met(job.data.get("if", "success()"), scope):
            return Ended("skipped")
        permissions = dict(job.data["permissions"])
        refuse_more(permissions, start.permissions, job.where)
        self._refuse_branch(fill(job.environment, scope), start.github["ref_name"])
        if job.uses:
            called = self._workflows[job.uses.removeprefix(CALLED).removesuffix(".yml")]
            defaults = {key: each.get("default", "") for key, each in _list_inputs(called).items()}
            inputs = defaults | fill_all(job.data.get("with", {}), scope)
            return self._run_workflow(called, Start(start.github, inputs, permissions))
        token = issue_token(Actor("github-actions[bot]", permissions, ACTIONS_APP_ID, starts_workflows=False))
        scope = scope.with_names(github={**start.github, "token": token})
        return _Run(self, workflow, job, scope).run()

    def _refuse_branch(self, environment: str, branch: str) -> None:
        """GitHub runs no job of an environment for a branch that may not deploy there."""
        policies = self._github.state.policies.get(environment, {}).values()
        patterns = [each["name"] for each in policies]
        if patterns and not any(fnmatch.fnmatchcase(branch, each) for each in patterns):
            raise AssertionError(f"{branch} may not deploy to {environment}")

    # --- commands -------------------------------------------------------------------------------------------

    def run_command(self, place: tuple[Workflow, Job], words: list[str], environment: Mapping[str, str]) -> bool:
        """Whether a command succeeds."""
        if words[:1] == ["test"]:
            return words[1] == words[3]
        if words[:3] != VERB:
            return " ".join(words) not in self.failing
        said: list[str] = []
        context = Context(environment, clock=self._clock, say=said.append, signing_keys=self._machine.signing_keys)
        with contextlib.redirect_stderr(io.StringIO()) as complaint:
            code = run_verb(hasten(words[3:]), context)
        self.ran.append(Ran(place[0].name, place[1].id, words[3], code, "\n".join([*said, complaint.getvalue()])))
        return code == 0

    def check_out(self, sha: str) -> Path:
        return self._machine.check_out(self._github.branch(sha).sha)

    def log_in(self, account: str) -> Mapping[str, str]:
        return self._machine.log_in(account)

    def sign(self, digest: str, built: Built) -> None:
        self._machine.sign(digest, built)

    def introduce(self, place: tuple[Workflow, Job], github: Mapping[str, Any], scope: Scope) -> Mapping[str, str]:
        """The variables of a job that may ask for a token."""
        workflow, job = place
        if job.data["permissions"].get("id-token") != "write":
            return {}
        return self._machine.introduce(workflow.name, fill(job.environment, scope), str(self._runs), github)

    def sign_files(self, folder: Path, built: Built) -> Path:
        return self._machine.sign_files(folder, built)

    def describe_machine(self, github: Mapping[str, Any]) -> dict[str, str]:
        """The variables every job has."""
        self._output_path.write_text("")
        return {
            **self._machine.log_in(""),
            "GITHUB_API_URL": self._github.url,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_SHA": github["sha"],
            "GITHUB_REF": github["ref"],
            "GITHUB_REF_NAME": github["ref_name"],
            "GITHUB_ACTOR": github["actor"],
            "GITHUB_RUN_ID": str(self._runs),
            "GITHUB_OUTPUT": str(self._output_path),
        }

    def read_outputs(self) -> dict[str, str]:
        """What the last step put out."""
        return dict(line.split("=", 1) for line in self._output_path.read_text().splitlines())


class _Run:
    """One job's run, step by step."""

    def __init__(self, actions: Actions, workflow: Workflow, job: Job, scope: Scope) -> None:
        self._actions = actions
        self._place = (workflow, job)
        self._scope = scope
        self._steps: dict[str, Any] = {}
        self._login: Mapping[str, str] = {}
        self._folder = ""

    def run(self) -> Ended:
        failed = False
        for step in self._place[1].steps():
            scope = Scope({**self._scope.names, "steps": self._steps}, succeeded=not failed, failed=failed)
            if not is_met(step.data.get("if", "success()"), scope):
                continue
            outputs, worked = self._use(step.data, scope) if step.uses else self._call(step.data, scope)
            named = {"outputs": outputs, "outcome": "success" if worked else "failure"}
            self._steps[step.data.get("id", "")] = named
            failed = failed or not (worked or step.data.get("continue-on-error"))
        outputs = fill_all(self._place[1].data.get("outputs", {}), self._scope.with_names(steps=self._steps))
        return Ended("failure" if failed else "success", outputs)

    def _use(self, step: Mapping[str, Any], scope: Scope) -> tuple[dict[str, str], bool]:
        """Somebody's action: checking out, logging in and the App's token are the ones that matter."""
        given = fill_all(step.get("with", {}), scope)
        if step["uses"].startswith("actions/checkout@"):
            self._folder = given.get("ref") or self._scope.names["github"]["sha"]
        if step["uses"].startswith("actions/attest@"):
            github = self._scope.names["github"]
            workflow = f".github/workflows/{self._place[0].name}.yml"
            built = Built(github["sha"], github["ref"], workflow)
            built = replace(built, predicate="https://cyclonedx.org/bom") if "sbom-path" in given else built
            if "subject-path" in given:
                folder = self._actions.folder / given["subject-path"].removesuffix("/*")
                return {"bundle-path": str(self._actions.sign_files(folder, built))}, True
            self._actions.sign(given["subject-digest"], built)
        if given.get("account"):
            self._login = self._actions.log_in(given["account"])
        if not step["uses"].startswith("actions/create-github-app-token@"):
            return {}, True
        asked = {key.removeprefix("permission-"): each for key, each in given.items() if key.startswith("permission-")}
        refuse_more(asked, {key.replace("_", "-"): each for key, each in APP_PERMISSIONS.items()}, "the App's token")
        return {"token": issue_token(Actor("delivery[bot]", asked, DELIVERY_APP_ID))}, True

    def _call(self, step: Mapping[str, Any], scope: Scope) -> tuple[dict[str, str], bool]:
        """A command, with exactly the variables the files give it."""
        workflow, job = self._place
        github = scope.names["github"]
        own = self._actions.introduce(self._place, github, scope)
        environment = {**self._actions.describe_machine(github), **self._login, **own}
        for level in (workflow.data, job.data, step):
            environment |= fill_all(level.get("env", {}), scope)
        run = re.sub(
            r'(?<!")\$(\w+)', lambda found: environment[found[1]], step["run"]
        )  # unquoted: none, one or more words
        words = [re.sub(r"\$(\w+)", lambda found: environment[found[1]], word) for word in shlex.split(run)]
        if "write-sbom" in words:
            words[-1] = str(self._actions.folder / words[-1])
        words = [str(self._actions.folder / word) if word == "release" else word for word in words]
        if "write-release" in words:
            words.append(f"--checkout={ROOT}")
        if {"build-image", "begin-release"} & set(words):
            words.append(f"--folder={self._actions.check_out(self._folder)}")  # on GitHub the checkout is where we are
        worked = self._actions.run_command(self._place, words, environment)
        return self._actions.read_outputs(), worked


def describes(workflow: Workflow, event: Event, base: str) -> bool:
    """Whether the workflow starts on the event."""
    name, _, kind = event.name.partition(".")
    wanted = workflow.events.get(name)
    if wanted is None or "paths" in wanted:  # no test here changes files that have a workflow of their own
        return False
    branch = base if name == "pull_request" else event.subject
    is_kind = name != "pull_request" or kind in wanted.get("types", PULL_TYPES)
    return is_kind and any(fnmatch.fnmatchcase(branch, pattern) for pattern in wanted["branches"])


def sort_jobs(jobs: Mapping[str, Job]) -> Iterator[Job]:
    """Each after those it needs, else in the file's order."""
    waiting, done = list(jobs.values()), set[str]()
    while waiting:
        job = next(each for each in waiting if done.issuperset(each.needs))
        waiting.remove(job)
        done.add(job.id)
        yield job


def list_before(job: Job, jobs: Mapping[str, Job]) -> set[str]:
    """The jobs it needs, and those they need."""
    return set(job.needs).union(*(list_before(jobs[name], jobs) for name in job.needs))


def refuse_more(asked: Mapping[str, str], granted: Mapping[str, str] | None, where: str) -> None:
    """GitHub starts nothing that asks for more than whoever calls it may do."""
    levels = ("none", "read", "write")
    for name, level in asked.items():
        if granted is not None and levels.index(level) > levels.index(granted.get(name, "none")):
            raise AssertionError(f"{where}: {name}: {level} is more than was granted")


def issue_token(actor: Actor) -> str:
    """A token of the local GitHub for exactly these permissions."""
    permissions = {name.replace("-", "_"): level for name, level in sorted(actor.permissions.items())}
    token = f"{actor.login}-{'-'.join(f'{name}.{level}' for name, level in permissions.items())}-TEST-token"
    ACTORS[token] = Actor(actor.login, permissions, actor.app_id, actor.starts_workflows)
    return token


def run_verb(arguments: list[str], context: Context) -> int:
    """The exit code, also of a verb that is called wrongly."""
    try:
        return main(arguments, context)
    except SystemExit as ending:
        return int(ending.code or 0)


def hasten(arguments: list[str]) -> list[str]:
    """The same stages and looks in a fifth of the time, so that the tests do not last."""
    if arguments[0] == "rollout":
        return [*arguments, "--hurry"]
    if arguments[0] == "monitor":
        minutes = float(arguments[arguments.index("--minutes") + 1])
        return [*arguments, "--minutes", str(minutes / HURRY)]
    return arguments


def _list_inputs(workflow: Workflow) -> dict[str, Any]:
    found = {**workflow.events.get("workflow_dispatch", {}), **workflow.events.get("workflow_call", {})}
    return dict(found.get("inputs", {}))
