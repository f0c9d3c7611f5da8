"""Everything that delivery touches, on local servers with one clock: GitHub with its workflows, two Google projects,
the registry, the people who write to the bot in production, and the chat that is told.
"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

from infra.deploy.__main__ import main
from infra.deploy.context import Context
from tests.cloud.artifact_registry import ArtifactRegistry
from tests.cloud.attestations import Attestations
from tests.cloud.clock import FakeClock
from tests.cloud.cloud_run import CloudRun
from tests.cloud.errors import ApiError
from tests.cloud.faults import Faults
from tests.cloud.github import ACTORS, DELIVERY_APP_ID, GitHub
from tests.cloud.github.git import Commit, Files, Git
from tests.cloud.logging import Logging
from tests.cloud.monitoring import Monitoring
from tests.cloud.releases import Job, Releases
from tests.cloud.serving import Cut, Serving, route
from tests.cloud.sigstore import Built, Sigstore
from tests.cloud.telegram import NoticeChat
from tests.infra.deploy.actions import Actions
from tests.infra.deploy.test_build_image import DOCKER
from tests.infra.deploy.town import STAFF_CHAT, Town, fill_secrets, read_deployment

STAGING, PRODUCTION = "nanobanana-staging", "nanobanana-production"
NUMBERS = {STAGING: "698544456536", PRODUCTION: "111222333444"}
JOBS_PER_BEAT = 400
"""Enough for a verdict as early as each stage allows one, but for staff's."""


WATCH_SECONDS = 10.0


class Bucket(Serving):
    """Each project's delivery bucket, with what Terraform wrote: `deployments` are project → deployment.json.

    And the buckets of logs, where nothing is written over: `logs` are bucket/name → text.
    """

    def __init__(self) -> None:
        self.deployments: dict[str, dict[str, object]] = {}
        self.logs: dict[str, str] = {}
        self.faults = Faults()

    def make_app(self, cut: Cut) -> ASGIApp:
        return Starlette(
            routes=[
                route("/storage/v1/b/{bucket}/o/deployment.json", "GET", self._get, cut),
                route("/upload/storage/v1/b/{bucket}/o", "POST", self._keep, cut),
            ]
        )

    async def _keep(self, request: Request) -> Response:
        """Who may only create objects may not write over one: with this condition the answer says why."""
        self.faults.meet_call(request.method)
        name = f"{request.path_params['bucket']}/{request.query_params['name']}"
        if name in self.logs:
            raise ApiError(412 if request.query_params.get("ifGenerationMatch") == "0" else 403, "it is there")
        self.logs[name] = (await request.body()).decode()
        return JSONResponse({"name": request.query_params["name"]})

    async def _get(self, request: Request) -> Response:
        self.faults.meet_call(request.method)
        project = request.path_params["bucket"].removesuffix("-delivery")
        if project not in self.deployments or request.query_params.get("alt") != "media":
            raise ApiError(404, "No such object")
        return JSONResponse(self.deployments[project])


class TrueCommit(Commit):
    """Its tree has the very hash that git gives these files: what is checked out is compared with it."""

    @property
    def tree(self) -> str:
        return hash_tree(self.files).hexdigest()


class TrueGit(Git):
    def add(self, files: Files, parents: tuple[str, ...], message: str, author: str = "Ada") -> Commit:
        made = super().add(files, parents, message, author)
        true = TrueCommit(made.sha, made.files, made.parents, made.message, made.at, made.author)
        self.commits[made.sha] = true
        return true


def hash_tree(files: Mapping[str, str]) -> "hashlib._Hash":
    """A folder of files and folders: sorted by name, as if a folder's name ended with a slash."""
    entries: dict[str, tuple[str, str, bytes]] = {}
    for name, text in files.items():
        first, slash, _ = name.partition("/")
        if slash and f"{first}/" not in entries:
            inside = {each.removeprefix(f"{first}/"): files[each] for each in files if each.startswith(f"{first}/")}
            entries[f"{first}/"] = ("40000", first, hash_tree(inside).digest())
        elif not slash:
            entries[first] = ("100644", first, hash_object("blob", text.encode()).digest())
    lines = (f"{mode} {name}".encode() + b"\0" + digest for _, (mode, name, digest) in sorted(entries.items()))
    return hash_object("tree", b"".join(lines))


def hash_object(kind: str, content: bytes) -> "hashlib._Hash":
    return hashlib.sha1(f"{kind} {len(content)}\0".encode() + content)  # noqa: S324 — git's own


@dataclass
class Country:
    """The servers, and what a test does and sees with them. It is the machine that workflows run on."""

    folder: Path
    clock: FakeClock
    github: GitHub
    staging: Town
    production: Town
    registry: ArtifactRegistry
    bucket: Bucket
    chat: NoticeChat
    settings: Mapping[str, str] = field(default_factory=dict)
    releases: Releases | None = None
    """The API of releases, where there is one."""
    outsiders: dict[str, str] = field(default_factory=dict)
    """Files that get into every checkout from elsewhere."""
    first: str = field(default_factory=lambda: make_digest("the first"))
    """What served everywhere before anything was delivered."""

    def __post_init__(self) -> None:
        self.sigstore = Sigstore()
        self.signing_keys = self.sigstore.write_keys(self.folder / "signing-keys.json")
        for town in (self.staging, self.production):
            town.signing_keys = self.signing_keys
        self.actions = Actions(self.github, self.clock, self, self.folder)
        notices = self.chat.environment()
        self._telegram = {"TELEGRAM_API_BASE_URL": notices.pop("TELEGRAM_API_BASE_URL")}
        self.settings = {
            **notices,
            "ADMINISTRATION_TOKEN": "admin-TEST-token",
            "DELIVERY_APP_CLIENT_ID": "Iv1.test",
            "DELIVERY_APP_ID": str(DELIVERY_APP_ID),
            "PIPELINE_PRODUCTION": describe_pipeline(PRODUCTION),
            "PIPELINE_STAGING": describe_pipeline(STAGING),
            "PRODUCTION_REVIEWERS": "grace",
        }
        facts, programs = self.folder / "facts", self.folder / "bin"
        for path in (facts, programs):
            path.mkdir()
        docker = programs / "docker"
        docker.write_text(DOCKER.format(python=sys.executable))
        docker.chmod(0o755)
        self._facts = facts
        self._plain = {"PATH": f"{programs}:{os.environ['PATH']}", "FAKE_DOCKER": str(facts)}

    # --- the machine ----------------------------------------------------------------------------------------

    def variables(self, environment: str) -> Mapping[str, str]:
        project = f"nanobanana-{environment.removesuffix('-infrastructure')}"
        return {"PIPELINE": describe_pipeline(project)}

    def log_in(self, account: str) -> Mapping[str, str]:
        """The variables of the account's project; without an account those of every machine."""
        if not account:
            return {**self._plain, **self._telegram}
        town = {STAGING: self.staging, PRODUCTION: self.production}[account.partition("@")[2].partition(".")[0]]
        return town.environment

    def introduce(self, workflow: str, environment: str, run_id: str, github: Mapping[str, Any]) -> Mapping[str, str]:
        if self.releases is None:
            return {}
        job = Job(f"{workflow}.yml", environment, github["ref"], run_id, github["actor"])
        return {**self.releases.introduce(job), "RELEASES_API_URL": self.releases.url}

    def check_out(self, sha: str) -> Path:
        """A checkout in real git; the next build of anything makes another digest, as real builds do."""
        folder = self.folder / f"checkout-{sha}"
        if not folder.exists():
            folder.mkdir()
            for name, text in {**self.github.state.git.commits[sha].files, **self.outsiders}.items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_text(text)
            who = ("-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false")
            for words in (("init", "--quiet", "--template="), ("add", "--all"), (*who, "commit", "--quiet", "-mIt")):
                subprocess.run(["git", *words], cwd=folder, check=True)  # noqa: S603, S607
        (self._facts / "digest").write_text(make_digest(f"build {len(self.builds())}"))
        return folder

    def sign(self, digest: str, built: Built) -> None:
        bundle = self.sigstore.sign(digest, built)
        self.registry.attach(digest, bundle)
        self.github.state.attestations.setdefault(digest, []).append(json.loads(bundle))

    def sign_files(self, folder: Path, built: Built) -> Path:
        digests = {each.name: f"sha256:{hashlib.sha256(each.read_bytes()).hexdigest()}" for each in folder.iterdir()}
        path = self.folder / "attestation.json"
        path.write_text(self.sigstore.sign_all(digests, built))
        return path

    def attest(self, town: Town, digest: str) -> None:
        """Let an image run, as whoever may use the environment's key can."""
        assert town.attestations is not None
        town.attestations.attest(f"{town.deployment().registry}/nanobanana@{digest}")

    # --- what a test does -----------------------------------------------------------------------------------

    def begin(self) -> None:
        """The first commit serves in both environments, and people write."""
        assert self.actions.dispatch("setup-branch-protection") == "success"
        self.registry.tags[f"tree-{self.github.branch('main').tree}"] = self.first
        for town in (self.staging, self.production):
            assert town.run("deploy", "--image", self.first, "--version", "first") == 0
        # From now on images have to be signed: the first one is from before that. A person has attested it.
        for town in (self.staging, self.production):
            assert town.attestations is not None
            found = self.bucket.deployments[town.attestations.project]
            found |= {"proven_images": True, "attestor": town.attestations.attestor}
            self.attest(town, self.first)
            town.cloud_run.ask(town.attestations.admit)
        self.production.live()

    def run_with(self, token: str, *arguments: str) -> int:
        """A verb of GitHub's, with this token; its exit code."""
        environment = {**self.github.environment, "GITHUB_TOKEN": token}
        return main(arguments, Context(environment, clock=self.clock, say=self.production.lines.append))

    def land(self, branch: str, message: str, files: Files) -> str:
        """Push work; what staging serves when nothing more happens."""
        self.github.commit(branch, message, files)
        self.actions.settle()
        (digest,) = self.staging.serving()
        return digest

    def request_release(self) -> int:
        """A person asks for a release; the number of its pull request."""
        assert self.actions.dispatch("create-release-pr") == "success"
        (pull,) = (each for each in self.github.open_pulls() if each.base == "main")
        return pull.number

    def merge(self, number: int) -> Commit:
        """Somebody agrees and a person merges; all that follows from it has happened."""
        self.github.approve(number)
        merged = self.github.merge(number, login="ada")
        self.actions.settle()
        return merged

    def release(self) -> Commit:
        """What staging serves goes to production as far as it may."""
        return self.merge(self.request_release())

    def when_serving(self, digest: str, act: Callable[[], object]) -> None:
        """Do something once, as soon as production serves a digest to everybody."""

        def look() -> None:
            if self.production.serving() == {digest}:
                act()
            else:
                self.clock.schedule(WATCH_SECONDS, look)

        self.clock.schedule(WATCH_SECONDS, look)

    # --- what a test sees -----------------------------------------------------------------------------------

    def builds(self) -> list[str]:
        """The names under which images were pushed, the oldest first."""
        path = self._facts / "calls"
        calls = [json.loads(line)[0] for line in path.read_text().splitlines()] if path.exists() else []
        return [word.rpartition(":")[2] for words in calls for word in words if word.startswith("--tag=")]

    def verbs(self, since: int = 0) -> list[str]:
        """`workflow: verb` of all that ran, and `!` after what failed."""
        ran = self.actions.ran[since:]
        return [f"{each.workflow}: {each.verb}{'!' if each.code else ''}" for each in ran]

    def tags(self) -> dict[str, str]:
        """Name → the commit it names."""
        git = self.github.state.git
        names = [ref.removeprefix("tags/") for ref in git.refs if ref.startswith("tags/")]
        return {name: git.resolve(name).sha for name in names}


def describe_pipeline(project: str) -> str:
    """Terraform's output of this name."""
    names = ("applier", "attester", "builder", "deployer")
    accounts = {each: f"{each}@{project}.iam.gserviceaccount.com" for each in names}
    return json.dumps({"accounts": accounts, "providers": {"builds": "its-builds", "environments": "a-provider"}})


def make_digest(words: str) -> str:
    return f"sha256:{hashlib.sha256(words.encode()).hexdigest()}"


def write_deployment(project: str) -> dict[str, Any]:
    """deployment.json of a project; the images are staging's everywhere."""
    found = read_deployment(project.removeprefix("nanobanana-"))
    text = json.dumps(found).replace(STAGING, project).replace(NUMBERS[STAGING], NUMBERS[project])
    staff = [STAFF_CHAT] if project == PRODUCTION else []
    own = {"environment": project.removeprefix("nanobanana-"), "registry": found["registry"], "staff_chat_ids": staff}
    return {**json.loads(text), **own}


def build_project(project: str, folder: Path, clock: FakeClock, shared: Mapping[str, str], stack: ExitStack) -> Town:
    """A Google project that Terraform has just set up; a login there leads to its own servers and nobody else's."""
    cloud_run = stack.enter_context(CloudRun(clock))
    monitoring = stack.enter_context(Monitoring(clock, project))
    logging = stack.enter_context(Logging(clock, project))
    secrets = stack.enter_context(fill_secrets())
    attestations = stack.enter_context(Attestations(project))
    found = write_deployment(project)
    cloud_run.seed(found)
    file = folder / f"{project}.json"
    file.write_text(json.dumps(found))
    environment = {
        **shared,
        **attestations.environment,
        "GOOGLE_CLOUD_PROJECT": project,
        "CLOUD_RUN_API_URL": cloud_run.url,
        "PROBE_BASE_URL": cloud_run.url,
        "MONITORING_API_URL": monitoring.url,
        "LOGGING_API_URL": logging.url,
        "SECRET_MANAGER_API_URL": secrets.url,
    }
    name = str(found["environment"])
    town = Town(clock, cloud_run, monitoring, logging, secrets, name, file, environment, jobs_per_beat=JOBS_PER_BEAT)
    town.attestations = attestations
    return town


def build_github(clock: FakeClock, stack: ExitStack) -> GitHub:
    """One whose trees are git's; tokens that workflows ask for are forgotten at the end."""
    github = stack.enter_context(GitHub(clock))
    github.state.git = git = TrueGit(clock.now)
    first = git.add({"README.md": "NanoBanana"}, (), "First")
    git.refs |= {"heads/main": first.sha, "heads/staging": first.sha}
    known = dict(ACTORS)
    stack.callback(lambda: [ACTORS.pop(token) for token in set(ACTORS) - set(known)])
    return github


@contextmanager
def build_country(folder: Path) -> Iterator[Country]:
    clock = FakeClock()
    with ExitStack() as stack:
        repository = f"projects/{STAGING}/locations/europe-west1/repositories/nanobanana"
        registry = stack.enter_context(ArtifactRegistry(repository))
        bucket = stack.enter_context(Bucket())
        bucket.deployments = {project: write_deployment(project) for project in NUMBERS}
        shared = {"STORAGE_EMULATOR_HOST": bucket.url, "ARTIFACT_REGISTRY_API_URL": registry.url}
        staging, production = (build_project(project, folder, clock, shared, stack) for project in NUMBERS)
        chat = stack.enter_context(NoticeChat())
        github = build_github(clock, stack)
        yield Country(folder, clock, github, staging, production, registry, bucket, chat)
