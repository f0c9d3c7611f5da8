"""An environment on local servers, and people in it: their jobs go where the webhook that serves really leads them."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from infra.deploy.__main__ import main
from infra.deploy.cloud_run import CloudRun as CloudRunClient
from infra.deploy.context import Context
from infra.deploy.deployment import Deployment
from infra.deploy.desk import ANNOTATION, RECORD_SERVICE, Desk
from infra.deploy.prerequisites import list_indexes
from infra.deploy.record import Record
from infra.deploy.terraform_sources import hash_sources
from infra.functions import FUNCTIONS, QUEUE_NAMES
from shared.telegram.rollout import is_candidate_chat
from tests.cloud.attestations import Attestations
from tests.cloud.clock import FakeClock
from tests.cloud.cloud_run import CloudRun
from tests.cloud.logging import Logging
from tests.cloud.monitoring import Monitoring
from tests.cloud.secret_manager import SecretManager
from tests.cloud.serving import Cut, Serving, route

DEPLOYMENT = Path(__file__).with_name("deployment.json")
SECRETS = ("telegram_bot_token", "telegram_webhook_secret")
ONE, TWO, THREE = (f"sha256:{number * 64}" for number in "123")
CHATS = 400
BEAT_SECONDS = 30.0
STAFF_CHAT = 77_000_001


@dataclass
class Town:
    """The servers, and how the images behave."""

    clock: FakeClock
    cloud_run: CloudRun
    monitoring: Monitoring
    logging: Logging
    secrets: SecretManager
    name: str
    deployment_file: Path
    environment: dict[str, str]
    lines: list[str] = field(default_factory=list)
    failing: dict[str, float] = field(default_factory=dict)
    """Digest → which part of its jobs fails."""
    failing_then: Callable[[datetime], float] = lambda now: 0.0
    """Which part of all jobs fails at a time."""
    idle: set[str] = field(default_factory=set)
    """Digests whose bots answer and make no jobs."""
    jobs_per_beat: int = 100
    outcomes: list[int] = field(default_factory=list)
    signing_keys: Path | None = None
    """Those of the local Sigstore, where images are signed."""
    attestations: Attestations | None = None
    """Binary Authorization, where it is set up."""
    served: list[tuple[int, str]] = field(default_factory=list)
    """(chat, digest of the bot that served it), the oldest first."""

    def run(self, verb: str, *arguments: str) -> int:
        """A verb, in the environment; its exit code."""
        return main([verb, "--environment", self.name, *arguments], self.context())

    def release(self, verb: str, digest: str, *more: str) -> int:
        return self.run(verb, "--image", digest, "--version", digest[7], *more)

    def open_desk(self, holder: str) -> Desk:
        """The record as another deployer sees it."""
        place = self.deployment()
        return Desk(CloudRunClient(place.project, place.region, self.context()), "webhook", holder, self.context())

    def context(self) -> Context:
        return Context(self.environment, clock=self.clock, say=self.lines.append, signing_keys=self.signing_keys)

    def record(self) -> Record:
        return Record.parse(self.cloud_run.annotation(RECORD_SERVICE, ANNOTATION))

    def deployment(self) -> Deployment:
        return Deployment.parse(self.deployment_file.read_text())

    def serving(self) -> set[str]:
        """The digests that the services serve to everybody."""
        return {self.cloud_run.digest(name) for name in FUNCTIONS}

    def live(self) -> None:
        """Every half minute people write: to whichever release the webhook leads them."""
        chats = [number * 7919 % CHATS + 1 for number in range(self.jobs_per_beat)]
        candidate_tag, takes_candidate = self._read_routing()
        groups = {tag: [chat for chat in chats if takes_candidate(chat) == bool(tag)] for tag in ("", candidate_tag)}
        if self.jobs_per_beat:
            groups[candidate_tag if takes_candidate(STAFF_CHAT) else ""].append(STAFF_CHAT)
        for tag, members in groups.items():
            if members:
                self._work(tag, members)
        self.clock.schedule(BEAT_SECONDS, self.live)

    def _read_routing(self) -> tuple[str, Callable[[int], bool]]:
        """The candidate's tag, and whether a chat goes there, as the serving webhook's variables say."""
        variables = self.cloud_run.variables("webhook")
        url = variables.get("CANDIDATE_BOT_URL", "")
        if not url:
            return "", lambda chat: False
        percent = int(variables["CANDIDATE_PERCENT"])
        staff = {int(each) for each in variables["STAFF_CHAT_IDS"].split(",") if each}
        return read_tag(url), lambda chat: is_candidate_chat(chat, percent, staff)

    def _work(self, tag: str, chats: list[int]) -> None:
        """What these chats ask for is done by the release behind the tag; a bot's own variables lead to its image."""
        bot = self._find("bot", tag)
        image = self._find("image", read_tag(self.cloud_run.variables("bot", bot)["IMAGE_TASK_URL"]))
        digest = self.cloud_run.digest("bot", bot)
        self.served += [(chat, digest) for chat in chats]
        share = max(self.failing.get(self.cloud_run.digest("image", image), 0.0), self.failing_then(self.clock.now()))
        failed = round(len(chats) * share)
        self.monitoring.add_requests(bot, "bot", count=len(chats), ms=40)
        if digest in self.idle:
            return
        self.monitoring.add_requests(image, "image", count=len(chats), ms=9000)
        self.monitoring.add_jobs(image, "delivered", len(chats) - failed)
        self.monitoring.add_jobs(image, "failed", failed)

    def _find(self, service: str, tag: str) -> str:
        """The revision behind a tag; without one, what serves everybody."""
        if tag:
            return self.cloud_run.tags(service)[tag]
        (revision,) = self.cloud_run.traffic(service)
        return revision


def read_deployment(environment: str = "staging") -> dict[str, Any]:
    """What Terraform writes when it was applied with the files of this checkout: nothing is missing."""
    found: dict[str, Any] = json.loads(DEPLOYMENT.read_text())
    for name, function in FUNCTIONS.items():
        env = found["functions"][name]["env"]
        found["functions"][name]["env"] = dict.fromkeys(function.env, "") | env
    names = {queue: name for name, queues in QUEUE_NAMES.items() for queue in queues}
    found["queues"] = {queue: {"name": queue, "function": name} for queue, name in names.items()}
    return found | {"indexes": list_indexes(), "sources": hash_sources(environment)}


def fill_secrets() -> SecretManager:
    """Where each secret has a value."""
    return SecretManager(**dict.fromkeys(SECRETS, "TEST-value"))


def write_veo(switch: str) -> str:
    """What Terraform writes where Veo is `on` or `off`."""
    found = read_deployment()
    for name in ("bot", "image", "chat", "video"):
        found["functions"][name]["env"]["VEO_OFFERS"] = switch
    return json.dumps(found)


def read_tag(url: str) -> str:
    return url.partition("://")[2].partition("---")[0]


class DeliveryBucket(Serving):
    """Where the verbs find what Terraform wrote: the file as it is now."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def make_app(self, cut: Cut) -> ASGIApp:
        return Starlette(routes=[route("/storage/v1/b/{bucket}/o/deployment.json", "GET", self._get, cut)])

    async def _get(self, _request: Request) -> Response:
        return Response(self._file.read_text(), media_type="application/json")


@contextmanager
def build_town(folder: Path, name: str = "production") -> Iterator[Town]:
    """An environment that Terraform has just set up: nothing was released yet."""
    clock = FakeClock()
    text = json.dumps(read_deployment(name)).replace("nanobanana-staging", f"nanobanana-{name}")
    found = json.loads(text) | {"environment": name, "staff_chat_ids": [STAFF_CHAT]}
    file = folder / "deployment.json"
    file.write_text(json.dumps(found))
    project = found["project"]
    with (
        CloudRun(clock) as cloud_run,
        Monitoring(clock, project) as monitoring,
        Logging(clock, project) as logging,
        fill_secrets() as secrets,
        DeliveryBucket(file) as bucket,
    ):
        cloud_run.seed(found)
        environment = {
            "GOOGLE_CLOUD_PROJECT": project,
            "GOOGLE_CLOUD_REGION": found["region"],
            "CLOUD_RUN_API_URL": cloud_run.url,
            "PROBE_BASE_URL": cloud_run.url,
            "MONITORING_API_URL": monitoring.url,
            "LOGGING_API_URL": logging.url,
            "SECRET_MANAGER_API_URL": secrets.url,
            "STORAGE_EMULATOR_HOST": bucket.url,
        }
        yield Town(clock, cloud_run, monitoring, logging, secrets, name, file, environment)
